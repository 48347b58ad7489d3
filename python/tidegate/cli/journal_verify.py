"""`tidegate journal verify`: every record of every segment, and one verdict."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.settings import load
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.audit import JournalAudit, SnapshotVerdict
from tidegate.ports.journal import JournalError


def command(audit_of: Callable[[Path], JournalAudit]) -> Callable[..., None]:
    """The typer command around `audit_of` (data directory)."""

    def verify(
        config: Annotated[Path | None, typer.Option(help="Configuration file. [default: ./tidegate.yaml]")] = None,
        home: Annotated[Path | None, typer.Option(help="Data directory. [default: ~/.tidegate]")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Check every record of the journal: lengths, checksums, numbers, chain. Exit code 1 when it is damaged."""
        place = load(file=config, home=home).home
        audit = audit_of(place)
        started = time.monotonic()
        count = last = size = 0
        try:
            for record in audit.records():
                count, last, size = count + 1, record.seq, size + record.size
        except JournalError as failure:
            raise TidegateError(Code.JOURNAL_CORRUPT, failure.reason) from None
        took_s = time.monotonic() - started
        if count == 0 and audit.broken is None:
            raise TidegateError(Code.NOT_FOUND, f"{place} holds no journal; name another place with --home")
        snapshots = audit.snapshots()
        _tell(
            audit,
            snapshots,
            {"records": count, "lastSeq": last, "bytes": size, "tookMs": round(took_s * 1000)},
            as_json,
        )

    return verify


def _tell(audit: JournalAudit, snapshots: list[SnapshotVerdict], facts: dict[str, int], as_json: bool) -> None:
    broken = audit.broken
    damaged = broken is not None and not broken.torn
    verdict = "damaged" if damaged else "whole" if broken is None else "torn"
    place = f"segment {broken.segment:08d} byte {broken.offset}: {broken.reason}" if broken is not None else ""
    if as_json:
        document: dict[str, object] = {"verdict": verdict, "segments": audit.segments, **facts, "where": place or None}
        document["snapshots"] = [{"seq": one.seq, "problem": one.problem or None} for one in snapshots]
        typer.echo(json.dumps(document))
    else:
        typer.echo(
            f"{verdict}: {facts['records']} records, {facts['bytes']} bytes in {audit.segments} segments, "
            f"last record {facts['lastSeq']}, checked in {facts['tookMs']} ms"
        )
        for one in snapshots:
            typer.echo(f"snapshot of record {one.seq}: {one.problem or 'agrees with the records before it'}")
        if broken is not None and broken.torn:
            typer.echo(f"{place}; nothing follows it, so it is the torn end of a crash and the next start cuts it off")
    wrong = [one.seq for one in snapshots if one.wrong]
    if wrong:
        raise TidegateError(
            Code.JOURNAL_CORRUPT, f"the snapshots of records {wrong} do not agree with the journal; delete their files"
        )
    if damaged:
        raise TidegateError(
            Code.JOURNAL_CORRUPT,
            f"{place}; good records follow it. A start would only cancel; restore the journal from a copy",
        )
