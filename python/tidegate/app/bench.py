"""A few figures of this machine, in seconds: its disk as the journal sees it, and the core. Prints nothing."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from tidegate._core import simulate
from tidegate.ports.bench import Figure
from tidegate.store.journal import FileJournal
from tidegate.store.segments import create

RECORD: Final = b"x" * 255 + b"}"
APPENDS: Final = 5_000
GROUPS: Final = 30
GROUP: Final = 100
SEEDS: Final = 40


def bench(directory: Path) -> Iterator[Figure]:
    """Measures on the disk of `directory`, below which everything is made and removed again."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=directory, prefix="bench-") as place:
        yield from asyncio.run(_journal(Path(place)))
    yield _simulator()


async def _journal(place: Path) -> list[Figure]:
    journal = FileJournal(place / "journal")
    journal.start(0, 0)
    try:
        appends = [await _append(journal, seq) for seq in range(1, APPENDS + 1)]
        await journal.flush()
        groups = [await _group(journal, APPENDS + 1 + number * GROUP) for number in range(GROUPS)]
    finally:
        await journal.close()
    floor = _syncs(place)
    return [
        Figure("append of one record of 256 B", statistics.median(appends) * 1e6, "us", "1.8 (2026-11-21)"),
        Figure("one record, one fdatasync", statistics.median(floor) * 1e3, "ms", "0.51 (2026-11-21)"),
        Figure("100 records until durable", statistics.median(groups) * 1e3, "ms", "2.5 (2026-11-21)", "5"),
    ]


async def _append(journal: FileJournal, seq: int) -> float:
    started = time.perf_counter()
    journal.append(seq, RECORD)
    took = time.perf_counter() - started
    if seq % GROUP == 0:
        await asyncio.sleep(0)  # lets the sync thread be woken, as between two frames
    return took


async def _group(journal: FileJournal, first: int) -> float:
    started = time.perf_counter()
    for seq in range(first, first + GROUP):
        journal.append(seq, RECORD)
    await journal.flush()
    return time.perf_counter() - started


def _syncs(place: Path) -> list[float]:
    """The floor: what one durable write costs here at all."""
    fd = os.open(create(place, 1), os.O_WRONLY | os.O_CLOEXEC)
    try:
        return [_sync(fd, number * len(RECORD)) for number in range(GROUPS)]
    finally:
        os.close(fd)


def _sync(fd: int, offset: int) -> float:
    started = time.perf_counter()
    os.pwrite(fd, RECORD, offset)
    os.fdatasync(fd)
    return time.perf_counter() - started


def _simulator() -> Figure:
    started = time.process_time()
    events: int = orjson.loads(simulate(b'{"from":0,"seeds":%d}' % SEEDS))["events"]
    rate = events / (time.process_time() - started)
    return Figure("fault simulator, one core", rate / 1000, "thousand events/s", "165 (2026-11-21)")
