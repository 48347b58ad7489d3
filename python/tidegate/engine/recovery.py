"""Journal -> state: every segment through `Core.replay`, and where writing goes on."""

import time
from dataclasses import dataclass

import orjson

from tidegate._core import CoreError
from tidegate.engine.core import Core
from tidegate.model.errors import Code, TidegateError
from tidegate.model.records import whole_record_follows
from tidegate.obs import log
from tidegate.ports.journal import Journal

_log = log.get("engine")


@dataclass(frozen=True, slots=True)
class Recovered:
    """`end` is the byte behind the last valid record of the last segment, `seq` that record's number."""

    seq: int
    end: int
    torn_bytes: int
    took_ms: float


def recover(core: Core, journal: Journal) -> Recovered:
    """Replays everything and opens the journal for writing.

    A bad record at the very end is the torn tail of a crash and is cut off; a bad record anywhere else raises
    TidegateError JOURNAL_CORRUPT: nothing is guessed. Raises JournalError when the journal can not be read or opened.
    """
    started = time.monotonic_ns()
    end = torn = 0
    pending: tuple[int, int] | None = None
    for index, content in enumerate(journal.segments()):
        if pending is not None:
            raise _corrupt(*pending)
        end, whole = _replay_segment(core, content)
        if not whole and whole_record_follows(content, end, core.seq + 1):
            raise _corrupt(index, end)
        torn = 0 if whole else _written(content) - end
        pending = None if whole else (index, end)
    journal.start(end, core.seq)
    found = Recovered(core.seq, end, torn, (time.monotonic_ns() - started) / 1e6)
    _log.info(
        "journal_recovered",
        seq=found.seq,
        torn_bytes=found.torn_bytes,
        latency_ms=round(found.took_ms, 3),
        success=True,
    )
    return found


def _replay_segment(core: Core, content: bytes) -> tuple[int, bool]:
    """(bytes of valid records, whether they are all that was written)."""
    position = 0
    view = memoryview(content)
    while position < len(content):
        try:
            consumed = core.replay(view[position:])
        except CoreError as failure:
            if failure.code != Code.JOURNAL_CORRUPT:
                raise
            return position + _offset(failure), False
        if consumed == 0:
            break
        position += consumed
    return position, position >= _written(content)


def _offset(failure: CoreError) -> int:
    """Bytes of good records before the bad one."""
    from_details = orjson.loads(failure.details)
    offset = from_details.get("offset") if isinstance(from_details, dict) else None
    return offset if isinstance(offset, int) else 0


def _written(content: bytes) -> int:
    """Bytes up to the last that is not zero; a hole of zeros before it is damage like any other."""
    return len(content.rstrip(b"\0"))


def _corrupt(segment: int, offset: int) -> TidegateError:
    return TidegateError(
        Code.JOURNAL_CORRUPT,
        f"journal segment {segment} is damaged at byte {offset} and good records follow; nothing was changed. "
        "Restore the journal from a copy, or move the data directory away to begin anew",
        {"segment": segment, "offset": offset},
    )
