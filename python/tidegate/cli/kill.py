"""`tidegate kill`, `tidegate reset-kill`, `tidegate link`: what must work when nobody can log in."""

from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.local import ask
from tidegate.cli.settings import load

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Configuration file. [default: ./tidegate.yaml]")]
Home = Annotated[Path | None, typer.Option("--home", help="Data directory. [default: ~/.tidegate]")]


def kill(
    reason: Annotated[str, typer.Option(help="Why; it stands in the journal.")] = "tidegate kill",
    halt: Annotated[
        bool, typer.Option("--halt", help="Let nothing through, not even what shrinks a position.")
    ] = False,
    config: ConfigFile = None,
    home: Home = None,
) -> None:
    """Stop trading at once, over restarts, until `tidegate reset-kill`."""
    mode = "halt" if halt else "reduce_only"
    ask(load(file=config, home=home).home, "POST", "/api/risk/kill", {"reason": reason, "mode": mode})
    typer.echo(f"Trading is stopped ({mode}). It stays so over restarts; lift it with: tidegate reset-kill")


def reset_kill(config: ConfigFile = None, home: Home = None) -> None:
    """Lift the kill latch and the loss breakers."""
    ask(load(file=config, home=home).home, "POST", "/api/risk/reset", {})
    typer.echo("Trading may go on.")


def link(config: ConfigFile = None, home: Home = None) -> None:
    """Print a one-time link that logs the admin in, whatever the login form says."""
    found = ask(load(file=config, home=home).home, "POST", "/api/auth/link", {})
    path = found.get("path") if isinstance(found, dict) else None
    typer.echo(f"Log in once, within 15 minutes, at the server's address with {path}")
