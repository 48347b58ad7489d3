"""The command line's frame: help without loading, one error line, stable exit codes."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
import typer

from tidegate import __version__
from tidegate.cli import main as frame
from tidegate.cli.bridge import BridgeOptions
from tidegate.cli.main import VERBS, Verb, main
from tidegate.cli.runners import Rebuilt, Runners, Started
from tidegate.cli.venue_sim import VenueSimOptions
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.audit import JournalAudit
from tidegate.ports.bench import Figure
from tidegate.ports.settings import Source


def _run(_config: Config, _announce: Callable[[Started], None], _source: Source) -> None:
    raise AssertionError("not in this test")


def _with_control(_config: Config, _act: object, *, action: str = "", target: str = "") -> NoReturn:
    raise AssertionError("not in this test")


def _serve_venue(_options: VenueSimOptions) -> None:
    raise AssertionError("not in this test")


def _serve_bridge(_options: BridgeOptions) -> None:
    raise AssertionError("not in this test")


def _audit_journal(_home: Path) -> JournalAudit:
    raise AssertionError("not in this test")


def _rebuild(_config: Config) -> Rebuilt:
    raise AssertionError("not in this test")


def _bench(_home: Path) -> Iterator[Figure]:
    yield Figure("append", 1.234, "us", "1.8 (a day)")
    yield Figure("group", 2.5, "ms", "2.5 (a day)", "5")


RUNNERS = Runners(
    run=_run,
    with_control=_with_control,
    serve_venue=_serve_venue,
    serve_bridge=_serve_bridge,
    audit_journal=_audit_journal,
    rebuild=_rebuild,
    bench=_bench,
)


def failing(failure: BaseException) -> Runners:
    def run(_config: Config, _announce: Callable[[Started], None], _source: Source) -> None:
        raise failure

    return replace(RUNNERS, run=run)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["run", "--help"], ["users", "--help"]], ids=" ".join)
def test_help_is_printed_and_succeeds(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments, RUNNERS) == 0
    assert "Usage" in capsys.readouterr().out


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"], RUNNERS)
    printed = capsys.readouterr().out
    assert all((verb.group or verb.name) in printed for verb in VERBS)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"], RUNNERS) == 0
    assert capsys.readouterr().out.strip() == __version__


USAGE = {
    "no such verb": ["dance"],
    "no such option": ["run", "--fast"],
    "a port that is no number": ["run", "--port", "many"],
    "an option without its value": ["run", "--port"],
    "no such verb of a group": ["users", "forget"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE.keys())
def test_a_usage_error_is_one_line_and_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments, RUNNERS) == 2
    said = capsys.readouterr().err
    assert said.startswith("tidegate: ")
    assert said.count("\n") == 1


EXITS = [
    (TidegateError(Code.CONFIG_ERROR, "a bad key"), 3),
    (TidegateError(Code.EXCHANGE_UNAVAILABLE, "binance is away"), 4),
    (TidegateError(Code.UPSTREAM_ERROR, "binance refused"), 4),
    (TidegateError(Code.RISK_REJECTED, "a limit is unset"), 5),
    (TidegateError(Code.CONFLICT, "the port is in use"), 1),
    (TidegateError(Code.INTERNAL, "the disk is full"), 1),
]


@pytest.mark.parametrize(("failure", "code"), EXITS, ids=[str(failure.code) for failure, _ in EXITS])
def test_a_failure_is_one_line_and_the_codes_exit_code(
    failure: TidegateError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run"], failing(failure)) == code
    assert capsys.readouterr().err == f"tidegate: {failure.message}\n"


def test_a_bug_is_one_line_and_debug_shows_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"], failing(RuntimeError("odd"))) == 1
    assert capsys.readouterr().err == "tidegate: RuntimeError: odd; this is a bug, --debug shows where\n"
    assert main(["run", "--debug"], failing(RuntimeError("odd"))) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"], failing(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == ""


def test_a_verbs_own_exit_code_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop() -> None:
        raise typer.Exit(4)

    monkeypatch.setattr(frame, "VERBS", (Verb("run", "x", "y"),))
    monkeypatch.setattr(Verb, "load", lambda _verb, _runners: stop)
    assert main(["run"], RUNNERS) == 4


@pytest.mark.parametrize("verb", VERBS, ids=[verb.name for verb in VERBS])
def test_every_verb_of_the_table_can_be_loaded(verb: Verb) -> None:
    assert callable(verb.load(RUNNERS))


def test_help_imports_no_server() -> None:
    script = (
        "import sys; from tidegate.cli.main import main\n"
        "main(['--help'], None)\n"
        "heavy = {'aiohttp', 'sqlalchemy', 'uvloop', 'tidegate._core'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
