"""`tidegate halts`, `tidegate acknowledge`: what differs from a venue and waits for somebody to look at it."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict

from tidegate.cli.kill import ConfigFile, Home
from tidegate.cli.local import ask
from tidegate.cli.settings import load


class Halt(BaseModel):
    """One row of `halts` in the risk metrics, as far as it is shown."""

    model_config = ConfigDict(extra="ignore")

    id: str
    cause: str


class Metrics(BaseModel):
    model_config = ConfigDict(extra="ignore")

    halts: tuple[Halt, ...] = ()


def halts(config: ConfigFile = None, home: Home = None) -> None:
    """Print where nothing is opened until it is acknowledged. Exit code 1 when there is something."""
    found = Metrics.model_validate(ask(load(file=config, home=home).home, "GET", "/api/risk/metrics"))
    for halt in found.halts:
        typer.echo(f"{halt.id}: {halt.cause}")
    if found.halts:
        raise typer.Exit(1)
    typer.echo("Nothing is halted.")


def acknowledge(
    halt: Annotated[str, typer.Argument(help="As `tidegate halts` names it.")],
    config: Annotated[Path | None, typer.Option("--config", help="Configuration file.")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Data directory.")] = None,
) -> None:
    """Take note of a difference: its symbol may be traded again, with the venue's position."""
    ask(load(file=config, home=home).home, "POST", "/api/risk/halts/acknowledge", {"id": halt})
    typer.echo(f"{halt} may be traded again.")
