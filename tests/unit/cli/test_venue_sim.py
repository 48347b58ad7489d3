"""Options of `tidegate venue-sim`."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tidegate.cli.venue_sim import VenueSimOptions, command
from tidegate.model.errors import Code, TidegateError


def app(seen: list[VenueSimOptions]) -> typer.Typer:
    program = typer.Typer()
    program.command("venue-sim")(command(seen.append))
    return program


def test_the_options_reach_the_host_as_given():
    seen: list[VenueSimOptions] = []
    arguments = [
        "--venue",
        "bybit",
        "--product",
        "linear",
        "--port",
        "7100",
        "--seed",
        "9",
        "--record",
        "r.jsonl",
        "--speed",
        "2",
        "--faults",
        "cut=0.1",
    ]
    assert CliRunner().invoke(app(seen), arguments).exit_code == 0
    assert (seen[0].venue, seen[0].product, seen[0].port, seen[0].seed) == ("bybit", "linear", 7100, 9)
    assert (seen[0].record, seen[0].speed, seen[0].frames) == (Path("r.jsonl"), 2.0, None)
    assert seen[0].faults == "cut=0.1"


@pytest.mark.parametrize(("more", "words"), [(["--speed", "0"], "above zero"), (["--speed", "-1"], "above zero")])
def test_what_can_not_be_served_is_one_clear_line(more: list[str], words: str):
    result = CliRunner().invoke(app([]), ["--venue", "binance", *more])
    assert result.exit_code == 2
    assert words in result.output
    assert len(result.output.splitlines()) == 1


def test_a_failure_of_the_host_ends_with_its_exit_code():
    def fail(_options: VenueSimOptions) -> None:
        raise TidegateError(Code.CONFLICT, "can not listen on 127.0.0.1:7100")

    program = typer.Typer()
    program.command("venue-sim")(command(fail))
    result = CliRunner().invoke(program, ["--venue", "binance"])
    assert (result.exit_code, result.output) == (1, "tidegate venue-sim: can not listen on 127.0.0.1:7100\n")
