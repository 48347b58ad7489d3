"""Snapshots as files: the newest first, few of them, and whatever is broken is left out."""

import pytest

from tidegate.ports.journal import JournalError
from tidegate.ports.snapshots import Snapshot
from tidegate.store.snapshots import KEPT, FileSnapshots


def snapshot(seq):
    return Snapshot(seq=seq, segment=2, end=900, last=300, data=b"\n{state of %d}\n" % seq)


def test_what_was_saved_comes_back_newest_first_and_old_ones_go(tmp_path):
    kept = FileSnapshots(tmp_path)
    for seq in (5, 900, 70, 8000):
        kept.save(snapshot(seq))
    assert [one.seq for one in kept.newest(10**9)] == [8000, 900, 70]
    assert next(kept.newest(899)) == snapshot(70)
    assert len(list(tmp_path.iterdir())) == KEPT


def test_a_broken_file_is_left_out(tmp_path):
    kept = FileSnapshots(tmp_path)
    for seq in (1, 2, 3):
        kept.save(snapshot(seq))
    (tmp_path / "000000000003.snapshot").write_bytes(b'{"segment":2}\nstate')
    (tmp_path / "000000000002.snapshot").write_bytes(b"")
    (tmp_path / "notes.snapshot").write_bytes(b"mine")
    assert list(kept.newest(9)) == [snapshot(1)]


def test_a_disk_that_refuses_is_one_clear_line_and_leaves_nothing_half(tmp_path):
    place = tmp_path / "gone"
    with pytest.raises(JournalError, match="cannot write"):
        FileSnapshots(place).save(snapshot(1))
    assert not place.exists()
