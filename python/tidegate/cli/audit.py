"""`tidegate audit`: the audit log of a data directory, beside a running server or without one."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.runners import runners_of
from tidegate.cli.settings import load
from tidegate.model.audit import AuditVerdict
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.control import Control

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Configuration file. [default: ./tidegate.yaml]")]
Home = Annotated[Path | None, typer.Option("--home", help="Data directory. [default: ~/.tidegate]")]


def verify(
    context: typer.Context,
    head: Annotated[str, typer.Option(help="A hash noted earlier: it must still stand in the chain.")] = "",
    config: ConfigFile = None,
    home: Home = None,
) -> None:
    """Check the audit log's chain. Exit code 1 when it is broken."""

    async def act(control: Control) -> tuple[AuditVerdict, bool]:
        verdict = await control.trail.verify()
        known = not head or head in [row.hash async for row in control.trail.rows()]
        return verdict, known

    verdict, known = runners_of(context).with_control(load(file=config, home=home), act)
    if verdict.broken_at is not None:
        raise TidegateError(Code.INTERNAL, f"entry {verdict.broken_at} was changed, or one before it is missing")
    if not known:
        raise TidegateError(Code.INTERNAL, f"no entry has the hash {head}: the log was cut off or made anew")
    typer.echo(f"{verdict.entries} entries fit their chain; its head is {verdict.head}")


def export(context: typer.Context, config: ConfigFile = None, home: Home = None) -> None:
    """Print the audit log, oldest first, one JSON object per line."""

    async def act(control: Control) -> None:
        async for row in control.trail.rows():
            typer.echo(json.dumps({"seq": row.seq, **asdict(row.entry), "hash": row.hash}))

    runners_of(context).with_control(load(file=config, home=home), act)
