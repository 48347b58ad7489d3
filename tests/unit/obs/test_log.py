"""Log lines are JSON with fixed names."""

import errno
import io
import json
import logging

import orjson
import pytest
import structlog

from tidegate.obs import log


@pytest.fixture
def sink():
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield io.StringIO()
    structlog.reset_defaults()
    root.handlers[:], level = before
    root.setLevel(level)


def lines(sink):
    log.flush()
    return [orjson.loads(line) for line in sink.getvalue().splitlines()]


def test_a_line_carries_time_level_event_and_the_simulated_mark(sink):
    log.configure("info", simulated=True, stream=sink)
    log.get("engine").info("plan_done", pair_id="a", latency_ms=1.5, success=True)
    (line,) = lines(sink)
    assert line["event"] == "plan_done"
    assert line["simulated"] is True
    assert list(line)[:3] == ["ts", "level", "event"]
    assert (line["room"], line["pair_id"], line["success"]) == ("engine", "a", True)


def test_a_dry_run_says_paper(sink):
    log.configure("info", simulated=False, paper=True, stream=sink)
    log.get("engine").info("plan_done")
    (line,) = lines(sink)
    assert (line["mode"], "simulated" in line) == ("PAPER", False)


def test_lines_below_the_level_are_dropped_and_real_ones_bear_no_mark(sink):
    log.configure("warning", simulated=False, stream=sink)
    logger = log.get("engine")
    logger.info("quiet")
    logger.warning("loud", text="a\nb")
    (line,) = lines(sink)
    assert line["event"] == "loud"
    assert "simulated" not in line


def test_other_libraries_lines_take_the_same_form(sink):
    log.configure("info", simulated=False, stream=sink)
    logging.getLogger("picows.client").warning("odd %s", "frame")
    (line,) = lines(sink)
    assert (line["event"], line["room"], line["level"]) == ("odd frame", "picows.client", "warning")


class FullDisk(io.StringIO):
    def flush(self):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_that_can_not_be_written_is_lost_and_stops_nobody(sink):
    log.configure("info", simulated=False, stream=FullDisk())
    log.get("engine").error("journal_failed", reason="disk full")
    log.flush()
    sink.close()
    log.configure("info", simulated=False, stream=sink)
    log.get("engine").error("journal_failed", reason="disk full")
    log.flush()


@pytest.mark.parametrize("odd", ["\udcff", 2**70], ids=["half a surrogate", "large number"])
def test_a_fact_that_is_no_json_is_still_told(odd, sink):
    log.configure("info", simulated=False, stream=sink)
    log.get("engine").info("odd", fact=odd)
    log.flush()
    assert json.loads(sink.getvalue())["fact"] == odd
