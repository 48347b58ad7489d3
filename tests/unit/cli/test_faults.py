"""The simulator's command: what a corpus must have reached, the last line, the exit code."""

import orjson
import pytest
import typer
from typer.testing import CliRunner, Result

from tidegate.cli import faults
from tidegate.cli.main import EXIT_FAILED

DUE = {"fault: flood": 60, "order: SENT -> LIVE": 60, "order: DEAD -> LIVE": 1_000}


def report(seeds: int, probes: dict[str, int], told: list[dict[str, object]]) -> bytes:
    return orjson.dumps(
        {
            "seeds": seeds,
            "events": 10 * seeds,
            "virtual_seconds": seeds,
            "hash": (1 << 64) - 1,
            "violations": len(told),
            "told": told,
            "probes": probes,
            "due": DUE,
            "mutants": [],
            "trace": "",
        }
    )


def run(monkeypatch: pytest.MonkeyPatch, probes: dict[str, int], *args: str, bad: int = -1) -> Result:
    def simulate(request: bytes) -> bytes:
        asked = orjson.loads(request)
        told = [{"seed": bad, "invariant": "22 naked", "text": "one lot"}]
        holds = asked["from"] <= bad < asked["from"] + asked["seeds"]
        return report(asked["seeds"], probes, told if holds else [])

    monkeypatch.setattr(faults, "simulate", simulate)
    app = typer.Typer()
    app.command()(faults.sim)
    return CliRunner().invoke(app, [*args, "--jobs", "1"])


def test_a_corpus_that_reached_everything_due_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two chunks: the last line, and the hash as a sum without a carry.
    result = run(monkeypatch, {"fault: flood": 1, "order: SENT -> LIVE": 2}, "--seeds", "100")
    assert result.exit_code == 0
    told, last = result.stdout.splitlines()
    assert told.startswith("events=1000 ")
    assert told.endswith("hash=fffffffffffffffe")
    assert last.startswith("seeds=100 seconds=")
    assert last.endswith(" violations=0")


def test_what_a_large_corpus_never_reached_is_named_and_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, {"fault: flood": 0, "order: SENT -> LIVE": 3}, "--seeds", "100")
    assert result.exit_code == EXIT_FAILED
    lines = result.stdout.splitlines()
    assert lines[0] == "NEVER fault: flood: due in 60 seeds, did not come up in 100"
    assert lines[-1].endswith(" violations=0")


def test_a_small_corpus_need_not_reach_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, {}, "--seeds", "59")
    assert result.exit_code == 0
    assert "NEVER" not in result.stdout


def test_a_violation_prints_the_command_that_replays_it(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, {}, "--seeds", "20", "--from", "500", bad=507)
    assert result.exit_code == EXIT_FAILED
    lines = result.stdout.splitlines()
    assert lines[:2] == ["VIOLATION seed=507 invariant 22 naked: one lot", "  again: make sim SEED=507 TRACE=1"]
    assert lines[-1].endswith(" violations=1")


def test_what_a_run_was_set_to_is_part_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("--seeds", "1", "--venues", "okx,bitget", "--late", "--mutant", "no_dedupe")
    lines = run(monkeypatch, {}, *args, bad=0).stdout.splitlines()
    assert lines[1] == "  again: make sim SEED=0 TRACE=1 MUTANT=no_dedupe ARGS='--late --venues=okx,bitget'"
