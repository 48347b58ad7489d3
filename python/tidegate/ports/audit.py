"""Reading a journal without an engine: for `tidegate journal`, and for whoever doubts a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """One good record and where it stands. `payload` is a JSON object; `size` counts the whole record's bytes."""

    segment: int
    offset: int
    seq: int
    wall_ns: int
    kind: str
    payload: bytes
    size: int


@dataclass(frozen=True, slots=True)
class JournalBreak:
    """Where good records end before the written bytes do.

    torn: nothing valid follows, as after a crash in the middle of a write; the next start cuts it off. Otherwise
    records are damaged that others follow, and the next start sends nothing but cancels.
    """

    segment: int
    offset: int
    reason: str
    torn: bool


@dataclass(frozen=True, slots=True)
class SnapshotVerdict:
    """Of the snapshot behind record `seq`. `problem` is empty when a replay up to there gives the same state.

    wrong: a start would take it, and should not; any other problem only makes a start replay more.
    """

    seq: int
    problem: str
    wrong: bool = False


class JournalAudit(Protocol):
    """One pass over a journal; `broken` and `segments` are known once `records` is exhausted."""

    def records(self) -> Iterator[JournalRecord]:
        """Good records in order, up to the first that is not. Raises JournalError when a file can not be read."""
        ...

    def snapshots(self) -> list[SnapshotVerdict]:
        """Holds every snapshot against a replay of the records before it. A start reads none that does not fit."""
        ...

    @property
    def segments(self) -> int:
        """Segments that hold anything."""
        ...

    @property
    def broken(self) -> JournalBreak | None:
        """None for a whole journal."""
        ...
