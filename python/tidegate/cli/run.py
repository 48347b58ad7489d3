"""`tidegate run`: everything in one process."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.reload import run_reloading
from tidegate.cli.runners import Started, runners_of
from tidegate.cli.settings import load, source_of
from tidegate.model.config import Config


def run(
    context: typer.Context,
    profile: Annotated[str | None, typer.Option(help="sim, paper or live; sim needs no network and no keys.")] = None,
    config: Annotated[Path | None, typer.Option(help="Configuration file. [default: ./tidegate.yaml]")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the API and the page. [default: 7000]")] = None,
    home: Annotated[Path | None, typer.Option(help="Data directory. [default: ~/.tidegate]")] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start anew when a source file changes.")] = False,
) -> None:
    """Run everything in one process: engine, venues of profile sim, API, page."""
    settings = _confirmed(load(profile=profile, file=config, port=port, home=home))
    if reload:
        run_reloading()
    else:
        runners_of(context).run(settings, announce, source_of(profile=profile, file=config, port=port, home=home))


def _confirmed(settings: Config) -> Config:
    """Real orders are asked for in so many letters, where somebody is there to answer."""
    if settings.profile != "live" or settings.live.confirm or not sys.stdin.isatty():
        return settings
    given = typer.prompt("Real orders with real money will be sent. Type LIVE to go on", default="", show_default=False)
    confirm = settings.live.model_copy(update={"confirm": given == "LIVE"})
    return settings.model_copy(update={"live": confirm})


def announce(started: Started) -> None:
    """Says where to look. On standard output, as the log goes to standard error."""
    mark = {"sim": " · SIMULATED: no real venue, no real money", "paper": " · PAPER: no real orders"}
    typer.echo(f"Tidegate at {started.address}{mark.get(started.profile, ' · LIVE: real orders')}")
    if started.link_token is not None:
        typer.echo(f"Log in once at {started.address}/#login={started.link_token}")
    else:
        typer.echo("Log in as admin; `tidegate users passwd` sets a new password.")
