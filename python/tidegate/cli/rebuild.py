"""`tidegate rebuild`: the tables anew from the journal."""

from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.runners import runners_of
from tidegate.cli.settings import load


def rebuild(
    context: typer.Context,
    profile: Annotated[str | None, typer.Option(help="sim, paper or live.")] = None,
    config: Annotated[Path | None, typer.Option(help="Configuration file. [default: ./tidegate.yaml]")] = None,
    home: Annotated[Path | None, typer.Option(help="Data directory. [default: ~/.tidegate]")] = None,
) -> None:
    """Throw the tables of orders, fills, plans and balances away and fill them anew from the journal.

    The server must not be running. Users and the spread history stay as they are.
    """
    done = runners_of(context).rebuild(load(profile=profile, file=config, home=home))
    typer.echo(f"{done.rows} rows from {done.seq} journal records in {done.took_s:.1f} s")
