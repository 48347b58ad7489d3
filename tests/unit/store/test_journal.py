"""The file journal: rotation, torn tails, full disks, failing syncs."""

import asyncio
import errno
import os
import threading
from pathlib import Path

import pytest
from tests.contract.records import read_back, record

from tidegate.ports.journal import JournalError, JournalFault
from tidegate.store import segments
from tidegate.store.journal import FileJournal

SMALL = 4096


def open_journal(directory: Path) -> FileJournal:
    return FileJournal(directory, segment_bytes=SMALL)


async def written(directory: Path, count: int) -> None:
    journal = open_journal(directory)
    journal.start(0, 0)
    for seq in range(1, count + 1):
        while journal._next is not None and not journal._next.done():  # noqa: ASYNC110  # a thread's work, not an event
            await asyncio.sleep(0)
        journal.append(seq, record(seq))
    await journal.flush()
    await journal.close()


def found(directory: Path) -> list[int]:
    return [seq for content in open_journal(directory).segments() for seq in read_back(content)[1]]


async def test_a_full_segment_gives_way_to_the_next(tmp_path: Path) -> None:
    await written(tmp_path, 300)
    assert found(tmp_path) == list(range(1, 301))
    assert len(list(open_journal(tmp_path).segments())) > 2


async def test_segments_have_their_size_from_birth_and_one_stands_ready(tmp_path: Path) -> None:
    await written(tmp_path, 1)
    assert [path.stat().st_size for path in sorted(tmp_path.glob("*.journal"))] == [SMALL, SMALL]


async def test_a_record_is_in_the_file_when_append_returns(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.start(0, 0)
    journal.append(1, record(1))
    assert segments.path_of(tmp_path, 1).read_bytes().startswith(record(1))
    await journal.close()


async def test_a_torn_tail_is_zeroed_before_the_next_record(tmp_path: Path) -> None:
    await written(tmp_path, 2)
    path = segments.path_of(tmp_path, 1)
    end = 2 * len(record(1))
    with path.open("r+b") as file:
        file.seek(end)
        file.write(record(3)[:-3] + b"\0\0\0" + b"\0" * 50 + b"leftover")
    journal = open_journal(tmp_path)
    journal.start(end, 2)
    journal.append(3, record(3, b"{}"))
    await journal.close()
    assert path.read_bytes().rstrip(b"\0") == record(1) + record(2) + record(3, b"{}")


async def test_many_appends_share_a_sync(tmp_path: Path) -> None:
    calls: list[int] = []

    def counting(fd: int) -> None:
        calls.append(fd)
        os.fdatasync(fd)

    journal = FileJournal(tmp_path, fdatasync=counting)
    journal.start(0, 0)
    for seq in range(1, 1001):
        journal.append(seq, record(seq, b"{}"))
    await journal.flush()
    assert journal.durable_seq == 1000
    assert len(calls) < 20
    await journal.close()


async def test_a_failed_sync_ends_the_journal_and_tells_once(tmp_path: Path) -> None:
    def broken(fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    told: list[JournalFault] = []
    journal = FileJournal(tmp_path, segment_bytes=SMALL, fdatasync=broken)
    journal.on_failed(lambda _, fault: told.append(fault))
    journal.start(0, 0)
    journal.append(1, record(1))
    with pytest.raises(JournalError) as caught:
        await asyncio.wait_for(journal.flush(), 5)
    assert caught.value.fault is JournalFault.SYNC_FAILED
    with pytest.raises(JournalError):
        journal.append(2, record(2))
    assert journal.durable_seq == 0
    assert told == [JournalFault.SYNC_FAILED]
    await journal.close()


async def test_a_full_disk_is_told_while_the_segment_still_takes_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asyncio.Event()
    reasons: list[str] = []

    def on_failed(reason: str, fault: JournalFault) -> None:
        assert fault is JournalFault.DISK_FULL
        reasons.append(reason)
        told.set()

    journal = open_journal(tmp_path)
    journal.on_failed(on_failed)
    segments.create(tmp_path, 1, SMALL)

    def full(fd: int, offset: int, size: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    journal.start(0, 0)
    await asyncio.wait_for(told.wait(), 5)
    assert "No space left" in reasons[0]
    journal.append(1, record(1))
    await journal.flush()
    with pytest.raises(JournalError) as caught:
        for seq in range(2, 200):
            journal.append(seq, record(seq))
    assert caught.value.fault is JournalFault.DISK_FULL
    await journal.close()
    assert found(tmp_path)[0] == 1
    assert not list(tmp_path.glob("*.new"))


async def test_a_slow_disk_blocks_nobody_and_the_segment_grows_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, make = threading.Event(), segments.create

    def slow(directory: Path, number: int, size: int) -> Path:
        if number > 1:
            assert prepared.wait(10)
        return make(directory, number, size)

    monkeypatch.setattr(segments, "create", slow)
    journal = open_journal(tmp_path)
    journal.start(0, 0)
    seq, grown = 0, segments.path_of(tmp_path, 1)
    while grown.stat().st_size < SMALL + 1000:
        seq += 1
        journal.append(seq, record(seq))
    await journal.flush()
    prepared.set()
    while not segments.path_of(tmp_path, 2).exists() or not segments.read(segments.path_of(tmp_path, 2)):
        await asyncio.sleep(0)
        seq += 1
        journal.append(seq, record(seq))
    await journal.close()
    assert found(tmp_path) == list(range(1, seq + 1))
    # The end of the grown one is where it was left: another start cuts nothing off it.
    segments.path_of(tmp_path, 2).write_bytes(bytes(SMALL))
    left = read_back(segments.read(grown))
    again = open_journal(tmp_path)
    again.start(left[0], left[1][-1])
    again.append(left[1][-1] + 1, record(left[1][-1] + 1))
    await again.close()
    assert found(tmp_path) == [*left[1], left[1][-1] + 1]


async def test_a_disk_that_never_gets_ready_fails_the_journal_at_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, make = threading.Event(), segments.create

    def stuck(directory: Path, number: int, size: int) -> Path:
        if number > 1:
            prepared.wait(10)
        return make(directory, number, size)

    monkeypatch.setattr(segments, "create", stuck)
    journal = FileJournal(tmp_path, segment_bytes=SMALL, overrun_bytes=SMALL)
    journal.start(0, 0)
    with pytest.raises(JournalError, match="too slow"):
        for seq in range(1, 1000):
            journal.append(seq, record(seq))
    assert SMALL < len(segments.read(segments.path_of(tmp_path, 1))) <= SMALL * 2
    prepared.set()
    await journal.close()


async def test_a_record_larger_than_a_segment_is_refused_and_the_journal_goes_on(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.start(0, 0)
    with pytest.raises(JournalError) as caught:
        journal.append(1, record(1, b"x" * SMALL))
    assert caught.value.fault is JournalFault.TOO_LARGE
    journal.append(1, record(1))
    await journal.close()
    assert found(tmp_path) == [1]


def test_a_missing_segment_is_reported(tmp_path: Path) -> None:
    segments.create(tmp_path, 1, SMALL)
    segments.create(tmp_path, 3, SMALL)
    with pytest.raises(JournalError, match="00000002"):
        list(open_journal(tmp_path).segments())
