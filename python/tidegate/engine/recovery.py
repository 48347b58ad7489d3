"""Journal -> state: the newest snapshot that fits, what follows it through `Core.replay`, and where writing goes on."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import orjson

from tidegate._core import CoreError
from tidegate.engine.core import Core
from tidegate.model.errors import Code
from tidegate.model.records import whole_record_follows
from tidegate.obs import log
from tidegate.ports.journal import Journal
from tidegate.ports.snapshots import Snapshot, Snapshots

_log = log.get("engine")
_PIECE: Final = 256 * 1024
"""Bytes replayed at once, so that rows can be taken in between."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """`end` is the byte behind the last valid record of the last segment, `seq` that record's number.

    segment: that segment's number, from 1; since: the snapshot's record from which replay went on, 0 without one.
    damage: empty, or one clear sentence: records are damaged that others follow. The state is the one before them.
    """

    seq: int
    end: int
    torn_bytes: int
    took_ms: float
    damage: str = ""
    segment: int = 1
    since: int = 0


@dataclass(frozen=True, slots=True)
class _Start:
    """Where replay begins."""

    segment: int = 1
    end: int = 0
    seq: int = 0


def recover(core: Core, journal: Journal, shown: int = 0) -> Recovered:
    """Replays everything and opens the journal for writing, unless it is damaged in the middle.

    A bad record at the very end is the torn tail of a crash and is cut off. Behind damage anywhere else nothing may be
    written: it refuses records from then on, so that the engine sends nothing but cancels. `shown`: see `steps`.
    Raises JournalError when the journal can not be read or opened.
    """
    found = replay(core, journal, shown)
    open_for_writing(journal, found)
    return found


def open_for_writing(journal: Journal, found: Recovered) -> None:
    """See `recover`."""
    if found.damage:
        _log.critical("journal_damaged", reason=found.damage, seq=found.seq, success=False)
        journal.refuse(found.damage)
        return
    journal.start(found.end, found.seq)
    _log.info(
        "journal_recovered",
        seq=found.seq,
        since=found.since,
        torn_bytes=found.torn_bytes,
        latency_ms=round(found.took_ms, 3),
        success=True,
    )


def replay(core: Core, journal: Journal, shown: int = 0, snapshots: Snapshots | None = None) -> Recovered:
    """Brings the core to the journal's state; opens nothing.

    Begins at a snapshot whose records the tables show already: what lies before it makes no rows.
    """
    started = time.monotonic_ns()
    found = Recovered(core.seq, 0, 0, 0.0)
    for step in steps(core, journal, shown, snapshots):
        found = step
    return replace(found, took_ms=(time.monotonic_ns() - started) / 1e6)


def snapshot_of(core: Core, found: Recovered) -> Snapshot | None:
    """The recovered state; None where its last record does not lie in the last segment."""
    if found.damage or found.end < core.last_len or core.seq == 0:
        return None
    return Snapshot(core.seq, found.segment, found.end, core.last_len, core.snapshot())


def steps(core: Core, journal: Journal, shown: int = 0, snapshots: Snapshots | None = None) -> Iterator[Recovered]:
    """Replays piece by piece; what was found so far after each.

    No rows are made of records up to `shown`: the tables have them.
    """
    core.skip_rows(shown)
    start = _restored(core, journal, shown, snapshots)
    pending: tuple[int, int] | None = None
    for number, content in enumerate(journal.segments(start.segment), start.segment):
        if pending is not None:
            yield Recovered(core.seq, pending[1], 0, 0.0, _damage(*pending), number - 1, start.seq)
            return
        end, whole = start.end if number == start.segment else 0, True
        for position, good in _pieces(core, content, end):
            end, whole = position, good
            yield Recovered(core.seq, end, 0, 0.0, "", number, start.seq)
        if not whole and whole_record_follows(content, end, core.seq + 1):
            yield Recovered(core.seq, end, 0, 0.0, _damage(number, end), number, start.seq)
            return
        pending = None if whole else (number, end)
        torn = 0 if whole else _written(content) - end
        yield Recovered(core.seq, end, torn, 0.0, "", number, start.seq)


def _restored(core: Core, journal: Journal, shown: int, snapshots: Snapshots | None) -> _Start:
    """Puts the newest snapshot that fits into the core. One that does not costs nothing but the replay."""
    for snapshot in snapshots.newest(shown) if snapshots is not None else ():
        content = next(journal.segments(snapshot.segment), b"")
        try:
            core.restore(snapshot.data, content[snapshot.end - snapshot.last : snapshot.end])
        except CoreError as failure:
            _log.warning("snapshot_refused", seq=snapshot.seq, reason=failure.message, success=False)
            continue
        return _Start(snapshot.segment, snapshot.end, snapshot.seq)
    return _Start()


def _pieces(core: Core, content: bytes, position: int) -> Iterator[tuple[int, bool]]:
    """(bytes of valid records so far, whether the next byte begins none that is broken), from byte `position` on."""
    size = _PIECE
    view = memoryview(content)
    while position < len(content):
        try:
            consumed = core.replay(view[position : position + size])
        except CoreError as failure:
            if failure.code != Code.JOURNAL_CORRUPT:
                raise
            yield position + _offset(failure), False
            return
        if consumed == 0 and position + size >= len(content):
            break
        # A record longer than the piece needs a longer one.
        size = _PIECE if consumed else size * 2
        position += consumed
        if consumed:
            yield position, True
    yield position, position >= _written(content)


def _offset(failure: CoreError) -> int:
    """Bytes of good records before the bad one."""
    from_details = orjson.loads(failure.details)
    offset = from_details.get("offset") if isinstance(from_details, dict) else None
    return offset if isinstance(offset, int) else 0


def _written(content: bytes) -> int:
    """Bytes up to the last that is not zero; a hole of zeros before it is damage like any other."""
    return len(content.rstrip(b"\0"))


def _damage(segment: int, offset: int) -> str:
    return (
        f"journal segment {segment} is damaged at byte {offset} and good records follow; nothing was changed, and only "
        "cancels are sent. Restore the journal from a copy, or move the data directory away to begin anew"
    )
