"""Appends records and says so after each, until it is killed. Started by test_journal_kill.py."""

import asyncio
import sys
from pathlib import Path

from tests.contract.records import record

from tidegate.store.journal import FileJournal


async def main() -> None:
    journal = FileJournal(Path(sys.argv[1]), segment_bytes=64 * 1024)
    journal.start(0, 0)
    for seq in range(1, 1_000_000):
        journal.append(seq, record(seq))
        sys.stdout.buffer.write(b"%d\n" % seq)
        sys.stdout.buffer.flush()
        if seq % 100 == 0:
            await asyncio.sleep(0)


asyncio.run(main())
