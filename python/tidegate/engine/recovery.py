"""Journal -> state: every segment through `Core.replay`, and where writing goes on."""

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

_log = log.get("engine")
_PIECE: Final = 256 * 1024
"""Bytes replayed at once, so that rows can be taken in between."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """`end` is the byte behind the last valid record of the last segment, `seq` that record's number.

    damage: empty, or one clear sentence: records are damaged that others follow. The state is the one before them.
    """

    seq: int
    end: int
    torn_bytes: int
    took_ms: float
    damage: str = ""


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
        torn_bytes=found.torn_bytes,
        latency_ms=round(found.took_ms, 3),
        success=True,
    )


def replay(core: Core, journal: Journal, shown: int = 0) -> Recovered:
    """Brings the core to the journal's state; opens nothing."""
    started = time.monotonic_ns()
    found = Recovered(core.seq, 0, 0, 0.0)
    for step in steps(core, journal, shown):
        found = step
    return replace(found, took_ms=(time.monotonic_ns() - started) / 1e6)


def steps(core: Core, journal: Journal, shown: int = 0) -> Iterator[Recovered]:
    """Replays piece by piece; what was found so far after each.

    No rows are made of records up to `shown`: the tables have them.
    """
    core.skip_rows(shown)
    pending: tuple[int, int] | None = None
    for index, content in enumerate(journal.segments()):
        if pending is not None:
            yield Recovered(core.seq, pending[1], 0, 0.0, _damage(*pending))
            return
        end, whole = 0, True
        for position, good in _pieces(core, content):
            end, whole = position, good
            yield Recovered(core.seq, end, 0, 0.0)
        if not whole and whole_record_follows(content, end, core.seq + 1):
            yield Recovered(core.seq, end, 0, 0.0, _damage(index, end))
            return
        pending = None if whole else (index, end)
        yield Recovered(core.seq, end, 0 if whole else _written(content) - end, 0.0)


def _pieces(core: Core, content: bytes) -> Iterator[tuple[int, bool]]:
    """(bytes of valid records so far, whether the next byte begins none that is broken)."""
    position, size = 0, _PIECE
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
