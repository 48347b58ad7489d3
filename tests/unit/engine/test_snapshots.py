"""Snapshots of a real core: made beside it from what the journal holds, and taken by the next start."""

import pytest

from tidegate._core import JOURNAL, Engine, condense, snapshot_claim
from tidegate.engine.recovery import replay, snapshot_of
from tidegate.engine.snapshots import SnapshotKeeper
from tidegate.ports.journal import JournalError
from tidegate.store.journal import FileJournal
from tidegate.store.segments import path_of
from tidegate.store.snapshots import FileSnapshots

CONFIG = b'{"mode":"SIM","instance":"A7"}'
WALL = 1_790_000_000_000_000_000
SEGMENT = 4096


def records(core, count):
    """Framed records of commands."""
    effects = [] if core.seq else core.start(1, WALL)
    while sum(effect.kind == JOURNAL for effect in effects) < count:
        number = core.seq
        body = b'{"limits":[{"name":"daily_loss_max","scope":"total","id":"","value":%d}]}' % (number + 1)
        effects += core.command("set_limits", body, "admin", f"c{number}", 1, WALL)[1]
    return [(effect.seq, effect.data) for effect in effects if effect.kind == JOURNAL]


class Disk:
    """A directory with a journal of small segments."""

    def __init__(self, place):
        self.place = place / "journal"
        self.snapshots = FileSnapshots(self.place)
        self.core = Engine(CONFIG)
        self.journal = FileJournal(self.place, segment_bytes=SEGMENT)

    async def write(self, count):
        if self.core.seq == 0:
            self.journal.start(0, 0)
        for seq, data in records(self.core, count):
            self.journal.append(seq, data)
        await self.journal.flush()

    def keeper(self, every=1, since=0, made=None):
        return SnapshotKeeper(CONFIG, self.journal, self.snapshots, self._durable, made=made, since=since, every=every)

    async def _durable(self, seq):
        assert seq <= self.journal.durable_seq

    def start(self, shown=10**9):
        core = Engine(CONFIG)
        return core, replay(core, FileJournal(self.place, segment_bytes=SEGMENT), shown, self.snapshots)


@pytest.fixture
async def disk(tmp_path):
    made = Disk(tmp_path)
    yield made
    await made.journal.close()


async def test_a_start_behind_a_snapshot_finds_the_same_state(disk):
    await disk.write(20)
    await disk.keeper().look()
    await disk.write(30)
    core, found = disk.start()
    assert (core.seq, core.state_hash()) == (disk.core.seq, disk.core.state_hash())
    assert 20 <= found.since < found.seq


async def test_the_next_one_goes_on_from_the_last_across_segments(disk):
    keeper = disk.keeper(every=25)
    await disk.write(20)
    await keeper.look()
    assert list(disk.snapshots.newest(10**9)) == [], "too little to hold"
    for _ in range(4):
        await disk.write(30)
        await keeper.look()
    kept = [one.seq for one in disk.snapshots.newest(10**9)]
    assert len(kept) == 3
    assert kept[0] == disk.core.seq
    core, found = disk.start()
    assert (found.since, core.state_hash()) == (disk.core.seq, disk.core.state_hash())
    assert snapshot_claim(next(disk.snapshots.newest(10**9)).data) == (core.seq, core.state_hash())


async def test_the_state_found_at_a_start_is_kept_as_it_is(disk):
    await disk.write(40)
    core, found = disk.start(shown=0)
    assert found.since == 0
    made = snapshot_of(core, found)
    await disk.keeper()._keep(made)
    again, found = disk.start()
    assert (found.since, again.state_hash()) == (core.seq, core.state_hash())


async def test_a_snapshot_whose_end_the_journal_lost_is_not_taken(disk):
    await disk.write(40)
    await disk.keeper().look()
    number = disk.start()[1].segment
    path = path_of(disk.place, number)
    content = bytearray(path.read_bytes())
    end = len(bytes(content).rstrip(b"\0"))
    content[end - 20 : end] = bytes(20)
    path.write_bytes(content)
    core, found = disk.start()
    assert (found.since, core.seq) == (0, disk.core.seq - 1)


async def test_a_broken_record_under_way_is_looked_at_again_later(disk):
    await disk.write(10)
    path = path_of(disk.place, 1)
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + b"?" + whole[41:])
    keeper = disk.keeper()
    await keeper.look()
    assert list(disk.snapshots.newest(10**9)) == []
    path.write_bytes(whole)
    await keeper.look()
    assert next(disk.snapshots.newest(10**9)).seq == disk.core.seq


async def test_without_room_for_snapshots_the_task_ends_and_nothing_else(disk):
    class Full(FileSnapshots):
        def save(self, snapshot):
            raise JournalError("no room")

    await disk.write(10)
    core, found = disk.start(shown=0)
    keeper = SnapshotKeeper(
        CONFIG, disk.journal, Full(disk.place), disk._durable, made=snapshot_of(core, found), since=0
    )
    await keeper.run()


def test_condensing_needs_the_record_before():
    core = Engine(CONFIG)
    made = [data for _, data in records(core, 6)]
    first = b"".join(made[:4])
    snapshot, used, seq, last = condense(CONFIG, b"", b"", first)
    assert (used, seq, last) == (len(first), 4, len(made[3]))
    again, _, seq, _ = condense(CONFIG, snapshot, made[3], b"".join(made[4:]))
    assert (seq, again) == (core.seq, core.snapshot())
    with pytest.raises(Exception, match="not of this journal"):
        condense(CONFIG, snapshot, made[2], b"")
