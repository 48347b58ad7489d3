"""The journal's own verbs and what a start makes of a damaged one, in real processes."""

import subprocess
import sys

import pytest
from tests.e2e.harness import PACKAGE, Node, Process, VenueSim, running, until
from tests.e2e.oracle import Record, all_pages
from tests.e2e.test_trading import halted, outside, plans

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]


def verb(home, *arguments):
    with running(Process([*arguments, "--home", str(home)], home)) as process:
        return process.ended(60), "\n".join(process.out), "\n".join(process.err)


def lists(node):
    return (
        sorted(all_pages(node, "/api/trading/orders"), key=lambda row: row["orderId"]),
        sorted(all_pages(node, "/api/trading/trades"), key=lambda row: (row["exchange"], row["tradeId"])),
        plans(node),
    )


def test_rebuilt_tables_are_the_tables_there_were(tmp_path):
    with running(Node(tmp_path)) as node:
        node.ready()
        until(lambda: len(node.ended_plans()) >= 4, "four ended plans", 60)
        code, out, _ = verb(tmp_path, "journal", "verify")
        assert (code, out.split(":")[0]) in [(0, "whole"), (0, "torn")], out
        code, _, err = verb(tmp_path, "rebuild")
        assert code == 1
        assert "is in use by process" in err
        halted(node)
        before = lists(node)
        assert node.stop() == 0
    code, out, err = verb(tmp_path, "rebuild")
    assert code == 0, err
    assert int(out.split()[0]) > len(before[0])
    with running(Node(tmp_path)) as node:
        node.ready()
        after = lists(node)
        assert after[:2] == before[:2]
        assert [plan["planId"] for plan in after[2]] == [plan["planId"] for plan in before[2]]


def damage(home):
    """One bit, in the middle of the written part."""
    path = home / "journal" / "00000001.journal"
    content = bytearray(path.read_bytes())
    middle = len(bytes(content).rstrip(b"\0")) // 2
    content[middle] ^= 4
    path.write_bytes(bytes(content))
    return bytes(content)


def test_a_journal_damaged_in_the_middle_is_not_written_and_nothing_is_opened(tmp_path):
    venues = [VenueSim(tmp_path, "binance", "spot"), VenueSim(tmp_path, "bybit", "linear")]
    with running(*venues):
        with running(Node(tmp_path, config=outside(*venues))) as node:
            node.ready()
            until(lambda: len(node.ended_plans()) >= 3, "three plans", 60)
            node.kill()
        broken = damage(tmp_path)
        assert verb(tmp_path, "journal", "verify")[0] == 1
        with running(Node(tmp_path, config=outside(*venues))) as node:
            accepted = sum(Record(*(venue.record for venue in venues)).accepts.values())
            until(lambda: node.log("journal_damaged"), "a loud line")
            until(lambda: node.health()[0] == 503, "unhealthy")
            part = until(lambda: node.health()[1]["components"]["journal"].get("detail"), "the reason")
            assert "damaged at byte" in part
            status, _ = node.call("POST", "/api/arbitrage/execute/btc")
            assert status >= 400
            until(lambda: len(node.log("link_up")) >= 2, "links")
            assert node.alive
            assert sum(Record(*(venue.record for venue in venues)).accepts.values()) == accepted
            assert node.stop() == 0
        assert (tmp_path / "journal" / "00000001.journal").read_bytes() == broken


def test_a_second_process_with_the_same_venue_key_is_refused(tmp_path):
    homes = [tmp_path / "one", tmp_path / "two"]
    for home in homes:
        home.mkdir()
    venues = [VenueSim(tmp_path, "binance", "spot"), VenueSim(tmp_path, "bybit", "linear")]
    with running(*venues), running(Node(homes[0], config=outside(*venues))) as first:
        first.ready()
        with running(Node(homes[1], config=outside(*venues))) as second:
            assert second.ended() == 1
            assert f"binance key is in use by process {first.child.pid}" in "\n".join(second.err)
        assert first.alive


def test_help_names_the_verbs():
    found = subprocess.run(
        [sys.executable, "-m", "tidegate", "journal", "--help"],
        capture_output=True, text=True, env={"PYTHONPATH": PACKAGE}, timeout=30, check=True,
    )  # fmt: skip
    assert {"verify", "show"} <= set(found.stdout.split())
