"""The journal as files: one write(2) per record before `append` returns, durability in groups behind it.

Must not know what a record says: the core frames, numbers and verifies them.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

from tidegate.obs import log
from tidegate.ports.journal import JournalError, JournalFault
from tidegate.store import segments
from tidegate.store.sync import GroupSync

_END_MARK: Final = 8
"""Zero bytes kept behind the last record of a segment, so that a reader always meets an end."""
OVERRUN_BYTES: Final = segments.SEGMENT_BYTES
"""What a segment may grow beyond its end while a slow disk still prepares the next."""

_log = log.get("store")


class FileJournal:
    """`tidegate.ports.journal.Journal` on preallocated segments of a directory that this process has locked."""

    def __init__(
        self,
        directory: Path,
        *,
        segment_bytes: int = segments.SEGMENT_BYTES,
        overrun_bytes: int = OVERRUN_BYTES,
        fdatasync: Callable[[int], None] = os.fdatasync,
    ) -> None:
        self._directory = directory
        self._segment_bytes = segment_bytes
        self._overrun_bytes = overrun_bytes
        self._sync = GroupSync(self._from_sync, self._sync_failed, fdatasync=fdatasync)
        self._ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal-ahead")
        self._next: Future[int] | None = None
        self._fd = -1
        self._number = 0
        self._end = 0
        self._limit = -1  # below zero sends every append the slow way: not started, failed or closed
        self._refusal = JournalError("the journal is not started", JournalFault.CLOSED)
        self._durable = 0
        self._durable_callback: Callable[[int], None] = _ignore
        self._failed_callback: Callable[[str, JournalFault], None] = _ignore_fault
        self._told: set[JournalFault] = set()
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    # -- reading back
    def segments(self, first: int = 1) -> Iterator[bytes]:
        """See the port."""
        for _, content in segments.contents(self._directory, first):
            yield content

    # -- writing
    def start(self, end: int, seq: int) -> None:
        """See the port. Cost on an empty directory: one segment is written, some 20 ms."""
        self._loop = asyncio.get_running_loop()
        self._number = segments.last_written(self._directory)
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._fd = self._open(self._number)
            torn = segments.wipe_after(self._fd, end)
        except OSError as error:
            fault = segments.fault_of(error, JournalFault.WRITE_FAILED)
            raise JournalError(f"cannot open the journal in {self._directory}: {error.strerror}", fault) from error
        if torn:
            _log.warning("journal_tail_cut", segment=self._number, offset=end, bytes=torn, seq=seq)
        self._end = end
        self._limit = self._segment_bytes - _END_MARK
        self._durable = seq
        self._sync.start(self._fd, seq)
        self._prepare_next()

    def refuse(self, reason: str) -> None:
        """See the port."""
        self._refusal = JournalError(reason)

    def append(self, seq: int, record: bytes) -> None:
        """See the port. Cost: one pwrite and about half a microsecond."""
        start = self._end
        end = start + len(record)
        if end > self._limit:
            start = self._make_room(len(record))
            end = start + len(record)
        try:
            written = os.pwrite(self._fd, record, start)
        except OSError as error:
            raise self._fail(segments.fault_of(error, JournalFault.WRITE_FAILED), f"{error.strerror}") from error
        if written != end - start:
            raise self._fail(JournalFault.WRITE_FAILED, f"{written} of {len(record)} bytes were written")
        self._end = end
        sync = self._sync
        sync.newest = seq
        if sync.parked and self._loop is not None:
            # Once per group, and after the running callback: waking a thread between journal and send costs the order.
            sync.parked = False
            self._loop.call_soon(sync.wake)

    @property
    def durable_seq(self) -> int:
        """See the port."""
        return self._durable

    def on_durable(self, callback: Callable[[int], None]) -> None:
        """See the port."""
        self._durable_callback = callback

    def on_failed(self, callback: Callable[[str, JournalFault], None]) -> None:
        """See the port."""
        self._failed_callback = callback

    async def flush(self) -> None:
        """See the port."""
        wanted = self._sync.newest
        if self._told and self._limit < 0:
            raise self._refusal
        if self._durable >= wanted:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((wanted, waiter))
        self._sync.wake()
        await waiter

    async def close(self) -> None:
        """See the port."""
        self._limit = -1
        if self._fd < 0:
            return
        self._refusal = JournalError("the journal is closed", JournalFault.CLOSED)
        self._fd = -1
        await asyncio.to_thread(self._stop_threads)
        await asyncio.sleep(0)  # lets the last report of the sync thread through

    # -- rooms ahead
    def _open(self, number: int) -> int:
        path = segments.path_of(self._directory, number)
        if not path.exists():
            segments.create(self._directory, number, self._segment_bytes)
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        # A copy restored from elsewhere may have lost its zeroed rest.
        if os.fstat(fd).st_size < self._segment_bytes:
            os.posix_fallocate(fd, 0, self._segment_bytes)
        return fd

    def _prepare_next(self) -> None:
        self._next = self._ahead.submit(self._open, self._number + 1)
        self._next.add_done_callback(self._prepared)

    def _prepared(self, done: Future[int]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            self._to_loop(self._tell_failure, str(error), _fault_of(error))

    def _make_room(self, size: int) -> int:
        """Goes over to the next segment, or on in this one while that is not ready; returns where to write.

        The loop never waits for a disk here: a segment that grows costs its syncs some time, a blocked loop an order.
        """
        if self._limit < 0:
            raise self._refusal
        if size > self._segment_bytes - _END_MARK:
            raise JournalError(f"a record of {size} bytes does not fit a segment", JournalFault.TOO_LARGE)
        if self._next is None:
            raise self._fail(JournalFault.WRITE_FAILED, "no next segment was prepared")
        if not self._next.done():
            if self._end + size > self._segment_bytes + self._overrun_bytes:
                raise self._fail(JournalFault.WRITE_FAILED, "the disk is too slow to prepare the next segment")
            return self._end
        if (error := self._next.exception()) is not None:
            raise self._fail(_fault_of(error), str(error)) from error
        fd = self._next.result()
        self._sync.switch(fd)
        self._fd = fd
        self._number += 1
        self._end = 0
        self._prepare_next()
        return 0

    # -- failing, reporting
    def _fail(self, fault: JournalFault, why: str) -> JournalError:
        """Ends the journal for this process: nothing is written to it again."""
        self._limit = -1
        self._refusal = JournalError(f"the journal in {self._directory} cannot be written: {why}", fault)
        self._tell_failure(self._refusal.reason, fault)
        return self._refusal

    def _tell_failure(self, reason: str, fault: JournalFault) -> None:
        if fault in self._told:
            return
        self._told.add(fault)
        _log.critical("journal_failed", reason=reason, fault=fault.value)
        self._failed_callback(reason, fault)

    def _from_sync(self, seq: int) -> None:
        self._to_loop(self._became_durable, seq)

    def _sync_failed(self, error: OSError) -> None:
        self._to_loop(self._on_sync_failed, error)

    def _on_sync_failed(self, error: OSError) -> None:
        refusal = self._fail(JournalFault.SYNC_FAILED, f"{error.strerror}")
        waiters, self._waiters = self._waiters, []
        for _, waiter in waiters:
            if not waiter.done():
                waiter.set_exception(refusal)

    def _became_durable(self, seq: int) -> None:
        self._durable = seq
        for wanted, waiter in self._waiters:
            if wanted <= seq and not waiter.done():
                waiter.set_result(None)
        self._waiters = [entry for entry in self._waiters if not entry[1].done()]
        self._durable_callback(seq)

    def _to_loop(self, callback: Callable[..., None], *arguments: object) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                self._loop.call_soon_threadsafe(callback, *arguments)

    def _stop_threads(self) -> None:
        self._sync.stop()
        self._ahead.shutdown(wait=True)
        if self._next is not None and self._next.exception() is None:
            os.close(self._next.result())


def _ignore(_: object) -> None:
    """The callback until one is set."""


def _ignore_fault(_: str, __: JournalFault) -> None:
    """The callback until one is set."""


def _fault_of(error: BaseException) -> JournalFault:
    return error.fault if isinstance(error, JournalError) else JournalFault.WRITE_FAILED
