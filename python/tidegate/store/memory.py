"""A journal that lives as long as its object: for backtests and tests that do not look at disks."""

from collections.abc import Callable, Iterator

from tidegate.ports.journal import JournalError, JournalFault


class MemoryJournal:
    """`tidegate.ports.journal.Journal` in one growing buffer; what is appended counts as durable at once."""

    def __init__(self, content: bytes = b"") -> None:
        self._content = bytearray(content)
        self._durable = 0
        self._open = False
        self._durable_callback: Callable[[int], None] | None = None

    @property
    def content(self) -> bytes:
        """All records, one after the other."""
        return bytes(self._content)

    def segments(self, first: int = 1) -> Iterator[bytes]:
        """See the port."""
        if self._content and first == 1:
            yield bytes(self._content)

    def start(self, end: int, seq: int) -> None:
        """See the port."""
        del self._content[end:]
        self._durable = seq
        self._open = True

    def append(self, seq: int, record: bytes) -> None:
        """See the port."""
        if not self._open:
            raise JournalError("the journal is closed", JournalFault.CLOSED)
        self._content += record
        self._durable = seq
        if self._durable_callback is not None:
            self._durable_callback(seq)

    @property
    def durable_seq(self) -> int:
        """See the port."""
        return self._durable

    def on_durable(self, callback: Callable[[int], None]) -> None:
        """See the port."""
        self._durable_callback = callback

    def on_failed(self, callback: Callable[[str, JournalFault], None]) -> None:
        """See the port: memory does not fail."""

    async def flush(self) -> None:
        """See the port."""

    async def close(self) -> None:
        """See the port."""
        self._open = False
