"""One process per data directory."""

import os
from pathlib import Path

import pytest

from tidegate.ports.journal import JournalError, JournalFault
from tidegate.store.lock import DirectoryLock


def test_a_second_holder_is_refused_and_told_who_has_it(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path), pytest.raises(JournalError, match=str(os.getpid())) as caught:
        DirectoryLock(tmp_path).acquire()
    assert caught.value.fault is JournalFault.LOCKED


def test_a_released_directory_can_be_taken_again(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path):
        pass
    with DirectoryLock(tmp_path):
        pass


def test_a_directory_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot write"):
        DirectoryLock(tmp_path / "file" / "home").acquire()
