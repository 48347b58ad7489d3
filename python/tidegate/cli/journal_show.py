"""`tidegate journal show`: records, readable by people or programs."""

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.settings import load
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.audit import JournalAudit, JournalRecord
from tidegate.ports.journal import JournalError


def command(audit_of: Callable[[Path], JournalAudit]) -> Callable[..., None]:
    """The typer command around `audit_of` (data directory)."""

    def show(
        first: Annotated[
            int | None, typer.Option("--from", min=1, help="First record's number. [default: the newest ones]")
        ] = None,
        limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
        config: Annotated[Path | None, typer.Option(help="Configuration file. [default: ./tidegate.yaml]")] = None,
        home: Annotated[Path | None, typer.Option(help="Data directory. [default: ~/.tidegate]")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    ) -> None:
        """Print records of the journal, oldest first."""
        place = load(file=config, home=home).home
        audit = audit_of(place)
        try:
            for record in _chosen(audit, first, limit):
                sys.stdout.write((_json(record) if as_json else _line(record)) + "\n")
        except JournalError as failure:
            raise TidegateError(Code.JOURNAL_CORRUPT, failure.reason) from None
        broken = audit.broken
        if broken is not None and not broken.torn:
            raise TidegateError(
                Code.JOURNAL_CORRUPT,
                f"segment {broken.segment:08d} byte {broken.offset}: {broken.reason}; nothing behind it is shown",
            )

    return show


def _chosen(audit: JournalAudit, first: int | None, limit: int) -> Iterator[JournalRecord]:
    if first is None:
        return iter(deque(audit.records(), maxlen=limit))
    return islice((record for record in audit.records() if record.seq >= first), limit)


def _time(record: JournalRecord) -> str:
    seconds, ns = divmod(record.wall_ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ns // 1000:06d}Z"


def _json(record: JournalRecord) -> str:
    """The payload's own digits stay as they are."""
    head = json.dumps({"seq": record.seq, "ts": _time(record), "kind": record.kind})
    return f'{head[:-1]}, "data": {record.payload.decode()}}}'


def _line(record: JournalRecord) -> str:
    fields: dict[str, object] = json.loads(record.payload, parse_float=str)
    words = " ".join(f"{key}={_word(value)}" for key, value in fields.items())
    return f"{record.seq:>8}  {_time(record)}  {record.kind:<9}  {words}"


def _word(value: object) -> str:
    return value if isinstance(value, str) and value and " " not in value else json.dumps(value)
