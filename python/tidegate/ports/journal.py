"""The journal: the truth about orders, plans, limits and pairs."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Protocol


class JournalFault(StrEnum):
    """What went wrong, for those who must act differently on it."""

    LOCKED = "LOCKED"
    """Another process works in the data directory."""
    UNREADABLE = "UNREADABLE"
    DISK_FULL = "DISK_FULL"
    WRITE_FAILED = "WRITE_FAILED"
    SYNC_FAILED = "SYNC_FAILED"
    TOO_LARGE = "TOO_LARGE"
    """One record is larger than a segment; nothing was written and the journal goes on."""
    CLOSED = "CLOSED"


class JournalError(Exception):
    """The journal can not be opened, read or written. `reason` is one clear line saying what to do.

    After a write or sync error the descriptor is never used again (an fsync that failed once proves nothing later).
    """

    def __init__(self, reason: str, fault: JournalFault = JournalFault.UNREADABLE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fault = fault


class Journal(Protocol):
    """Append-only segments of framed records. One writer; `append` and `start` are called on the engine's loop only.

    Life: `segments` (read back) -> `start` (where the last valid record ends) -> `append`... -> `close`.
    """

    def segments(self, first: int = 1) -> Iterator[bytes]:
        """The content of each segment, oldest first; the zeroed rest of a preallocated segment may be left out.

        They count from 1; those before `first` are left out.

        Raises JournalError when a segment can not be read.
        """
        ...

    def start(self, end: int, seq: int) -> None:
        """Opens for writing at byte `end` of the last segment; anything behind it is a torn tail and is zeroed.

        `seq` is the newest valid record (0 when empty). Raises JournalError when the directory is not writable or full.
        """
        ...

    def refuse(self, reason: str) -> None:
        """Instead of `start`: it can be read and must not be written; every `append` is refused with `reason`."""
        ...

    def append(self, seq: int, record: bytes) -> None:
        """Writes one framed record with write(2) before it returns; asks for a group sync. Raises JournalError."""
        ...

    @property
    def durable_seq(self) -> int:
        """Records up to here survive a power loss."""
        ...

    def on_durable(self, callback: Callable[[int], None]) -> None:
        """`callback(seq)` runs on the loop each time `durable_seq` has grown. One callback; set before `start`."""
        ...

    def on_failed(self, callback: Callable[[str, JournalFault], None]) -> None:
        """`callback(reason, fault)` runs on the loop, at most once per fault.

        After SYNC_FAILED nothing is known to be on disk that was not before: the process must end and read anew. When
        no room for the next segment was to be had, the segment in use still takes records: time to cancel and to note
        what ends. One callback; set before `start`.
        """
        ...

    async def flush(self) -> None:
        """Returns once everything appended so far is durable. Raises JournalError."""
        ...

    async def close(self) -> None:
        """Flushes as far as possible and stops the writer's thread. Safe to call twice."""
        ...
