"""Reading the journal back: a torn tail is cut, damage in the middle is refused."""

import struct

import pytest

from tidegate._core import CoreError
from tidegate.engine import recovery
from tidegate.engine.recovery import recover
from tidegate.model.records import crc32c
from tidegate.ports.snapshots import Snapshot


def record(seq, payload=b"{}"):
    body = struct.pack("<QqBQ", seq, 0, 0, 2**64 - 1) + payload
    return struct.pack("<II", len(body), crc32c(body)) + body


class CheckingCore:
    """Verifies length, checksum and number like the core does."""

    def __init__(self):
        self.seq = 0
        self.shown = None

    def skip_rows(self, shown):
        self.shown = shown

    def restore(self, snapshot, last):
        if snapshot != b"state" or last != record(self.seq + 2):
            raise CoreError("JOURNAL_CORRUPT", "the snapshot is not of this journal", b"{}")
        self.seq += 2

    def replay(self, chunk):
        data, position = bytes(chunk), 0
        while position + 8 <= len(data):
            length, crc = struct.unpack_from("<II", data, position)
            body = data[position + 8 : position + 8 + length]
            if length == 0 or len(body) < length:
                break
            (seq,) = struct.unpack_from("<Q", body)
            if crc != crc32c(body) or seq != self.seq + 1:
                details = b'{"offset":%d,"seq":%d}' % (position, self.seq + 1)
                raise CoreError("JOURNAL_CORRUPT", "does not verify", details)
            self.seq = seq
            position += 8 + length
        return position


class Segments:
    def __init__(self, *contents):
        self.contents = contents
        self.started = None
        self.refused = ""

    def segments(self, first=1):
        return iter(self.contents[first - 1 :])

    def refuse(self, reason):
        self.refused = reason

    def start(self, end, seq):
        self.started = (end, seq)


class Kept:
    """Snapshots, newest first."""

    def __init__(self, *kept):
        self.kept = kept

    def newest(self, upto):
        return (one for one in self.kept if one.seq <= upto)


GOOD = record(1) + record(2)
BROKEN = record(3)[:-1] + b"X"


@pytest.mark.parametrize(
    ("contents", "end", "seq", "torn"),
    [
        pytest.param([], 0, 0, 0, id="no journal yet"),
        pytest.param([GOOD + bytes(64)], len(GOOD), 2, 0, id="preallocated rest"),
        pytest.param([GOOD], len(GOOD), 2, 0, id="no rest"),
        pytest.param([GOOD + record(3)[:-5]], len(GOOD), 2, len(record(3)) - 5, id="cut record"),
        pytest.param([GOOD + BROKEN + bytes(64)], len(GOOD), 2, len(BROKEN), id="bad last record"),
        pytest.param([GOOD + bytes(30) + b"tail" + bytes(9)], len(GOOD), 2, 34, id="torn behind a hole of zeros"),
        pytest.param([GOOD + bytes(9), record(3) + bytes(9)], len(record(3)), 3, 0, id="two segments"),
        pytest.param([GOOD, bytes(64)], 0, 2, 0, id="fresh last segment"),
    ],
)
def test_writing_goes_on_behind_the_last_valid_record(contents, end, seq, torn):
    journal = Segments(*contents)
    found = recover(CheckingCore(), journal)
    assert journal.started == (end, seq)
    assert (found.end, found.seq, found.torn_bytes) == (end, seq, torn)


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param([GOOD + BROKEN + record(4)], id="good records behind the bad one"),
        pytest.param([GOOD + BROKEN, record(3)], id="a segment behind the bad one"),
        pytest.param([GOOD + bytes(len(record(3))) + record(4) + bytes(64)], id="good records behind a hole of zeros"),
        pytest.param([GOOD + bytes(4096) + record(20)], id="good records behind a lost page"),
        pytest.param([GOOD + bytes(64) + b"x", record(3)], id="a segment behind a torn page"),
    ],
)
def test_damage_in_the_middle_is_never_written_behind(contents):
    journal = Segments(*contents)
    found = recover(CheckingCore(), journal)
    assert "damaged at byte" in found.damage
    assert journal.refused == found.damage
    assert (found.seq, journal.started) == (2, None)


def test_the_core_is_told_what_the_tables_show():
    core = CheckingCore()
    recover(core, Segments(record(1) + record(2)), shown=1)
    assert core.shown == 1


def test_a_record_longer_than_a_piece_is_replayed(monkeypatch):
    monkeypatch.setattr(recovery, "_PIECE", 16)
    assert recover(CheckingCore(), Segments(record(1) + record(2, b"{}" * 200))).seq == 2


SIZE = len(record(2))
FITS = Snapshot(seq=2, segment=1, end=len(GOOD), last=SIZE, data=b"state")
FOREIGN = Snapshot(seq=2, segment=1, end=len(GOOD), last=SIZE, data=b"other")
TOO_NEW = Snapshot(seq=4, segment=1, end=len(GOOD) + 2 * SIZE, last=SIZE, data=b"state")
ELSEWHERE = Snapshot(seq=2, segment=7, end=len(GOOD), last=SIZE, data=b"state")


@pytest.mark.parametrize(
    ("kept", "shown", "since"),
    [
        pytest.param([FITS], 3, 2, id="behind the snapshot only what follows it is replayed"),
        pytest.param([FITS], 1, 0, id="the tables do not show what the snapshot holds"),
        pytest.param([FOREIGN, FITS], 3, 2, id="one that does not fit is passed over"),
        pytest.param([TOO_NEW, FITS], 9, 2, id="the journal lost its end"),
        pytest.param([ELSEWHERE, FOREIGN], 3, 0, id="none fits"),
    ],
)
@pytest.mark.parametrize("contents", [[GOOD + record(3)], [GOOD, record(3)]], ids=["one segment", "two"])
def test_a_start_takes_the_newest_snapshot_that_fits(kept, shown, since, contents):
    core = CheckingCore()
    found = recovery.replay(core, Segments(*contents), shown, Kept(*kept))
    assert (core.seq, found.seq, found.since, found.damage) == (3, 3, since, "")
    assert (found.segment, found.end) == (len(contents), len(contents[-1]))


def test_damage_behind_a_snapshot_is_damage():
    core = CheckingCore()
    found = recovery.replay(core, Segments(GOOD + BROKEN + record(4)), 2, Kept(FITS))
    assert core.seq == 2
    assert "segment 1 is damaged" in found.damage
