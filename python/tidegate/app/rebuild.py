"""The trading tables anew: everything in them is thrown away, the journal is replayed, every row written again."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from tidegate._core import Engine
from tidegate.app.wire import Tables, build_core, build_tables
from tidegate.engine.recovery import replay, steps
from tidegate.engine.setup import accounts_of
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.journal import JournalError
from tidegate.ports.store import StoreError
from tidegate.store.journal import FileJournal
from tidegate.store.lock import DirectoryLock
from tidegate.store.migrate import ensure_current
from tidegate.store.state import DataDirectory

BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was done."""

    seq: int
    rows: int
    took_s: float


def rebuild(config: Config) -> Rebuilt:
    """Raises TidegateError; also when a process works in the data directory, or the journal is damaged."""
    log.configure("warning", simulated=config.simulated)
    directory = DataDirectory(config.home)
    if not directory.journal.is_dir():
        raise TidegateError(Code.NOT_FOUND, f"{config.home} holds no journal; name another place with --home")
    try:
        with DirectoryLock(config.home):
            directory.claim(config.profile)
            return asyncio.run(_rebuild(config, FileJournal(directory.journal)))
    except (JournalError, StoreError) as failure:
        raise TidegateError(Code.INTERNAL, failure.reason) from None


async def _rebuild(config: Config, journal: FileJournal) -> Rebuilt:
    started = time.monotonic()
    accounts = accounts_of(config)  # a replay signs nothing
    core, tables = build_core(config, accounts), build_tables(config)
    try:
        # Before anything is thrown away: a journal that can not be read whole must not cost the tables.
        found = replay(build_core(config, accounts), journal)
        if found.damage:
            raise TidegateError(Code.JOURNAL_CORRUPT, found.damage)
        await ensure_current(tables.database)
        await tables.writer.clear()
        rows = 0
        for _ in steps(core, journal):
            rows += await _write(core, tables)
        await tables.writer.project(core.seq, [])
    finally:
        await tables.database.close()
    return Rebuilt(core.seq, rows, time.monotonic() - started)


async def _write(core: Engine, tables: Tables) -> int:
    """Everything that changed. The tables show nothing whole before the end, so they say 0 until then."""
    count = 0
    while rows := core.take_rows(BATCH):
        await tables.writer.project(0, rows)
        count += len(rows)
    return count
