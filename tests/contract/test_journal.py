"""The Journal port: what every implementation promises."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.contract.records import read_back, record

from tidegate.ports.journal import Journal, JournalError, JournalFault
from tidegate.store.journal import FileJournal
from tidegate.store.memory import MemoryJournal

type_of_maker = Callable[[Path], Journal]


def file_journal(directory: Path) -> Journal:
    return FileJournal(directory, segment_bytes=4096)


def memory_journal(_: Path) -> Journal:
    return MemoryJournal()


@pytest.fixture(params=[file_journal, memory_journal], ids=["files", "memory"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    made: Journal = request.param(tmp_path / "journal")
    return made


def numbers(journal: Journal) -> list[int]:
    return [seq for content in journal.segments() for seq in read_back(content)[1]]


async def test_records_are_read_back_in_order(journal: Journal) -> None:
    journal.start(0, 0)
    for seq in range(1, 11):
        journal.append(seq, record(seq))
    assert numbers(journal) == list(range(1, 11))
    await journal.close()


async def test_flush_returns_when_everything_is_durable(journal: Journal) -> None:
    journal.start(0, 0)
    journal.append(1, record(1))
    journal.append(2, record(2))
    await journal.flush()
    assert journal.durable_seq == 2
    await journal.close()


async def test_durability_is_reported_without_being_asked(journal: Journal) -> None:
    reached = asyncio.Event()
    journal.on_durable(lambda seq: reached.set() if seq == 3 else None)
    journal.start(0, 0)
    for seq in (1, 2, 3):
        journal.append(seq, record(seq))
    await asyncio.wait_for(reached.wait(), 5)
    await journal.close()


async def test_a_start_after_the_end_keeps_what_is_there(journal: Journal) -> None:
    journal.start(0, 0)
    journal.append(1, record(1))
    await journal.flush()
    await journal.close()
    end, _ = read_back(list(journal.segments())[-1])
    again = journal if isinstance(journal, MemoryJournal) else FileJournal(journal._directory, segment_bytes=4096)
    again.start(end, 1)
    again.append(2, record(2))
    assert numbers(again) == [1, 2]
    await again.close()


async def test_a_closed_journal_takes_nothing(journal: Journal) -> None:
    journal.start(0, 0)
    await journal.close()
    await journal.close()
    with pytest.raises(JournalError) as caught:
        journal.append(1, record(1))
    assert caught.value.fault is JournalFault.CLOSED
