"""Snapshots: the engine's state as of one journal record, so that a start need not replay what lies before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`data` as the core made it behind record `seq`, whose `last` bytes end at byte `end` of segment `segment`."""

    seq: int
    segment: int
    end: int
    last: int
    data: bytes


class Snapshots(Protocol):
    """A few of them. They can be lost without harm: the journal is the truth."""

    def newest(self, upto: int) -> Iterator[Snapshot]:
        """Those of records up to `upto`, newest first. What can not be read is left out."""
        ...

    def save(self, snapshot: Snapshot) -> None:
        """Keeps it, and lets old ones go. Its records must be durable. Raises JournalError. Blocks for the disk."""
        ...
