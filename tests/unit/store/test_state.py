"""The data directory: a name drawn once per journal."""

from pathlib import Path

import pytest

from tidegate.ports.journal import JournalError
from tidegate.store.state import DataDirectory


def test_the_name_is_drawn_once(tmp_path: Path) -> None:
    name = DataDirectory(tmp_path).instance()
    assert len(name) == 2
    assert name.isalnum()
    assert DataDirectory(tmp_path).instance() == name


@pytest.mark.parametrize("content", ["", "A", "ABC", "a1", "é1"])
def test_a_damaged_name_is_not_guessed(tmp_path: Path, content: str) -> None:
    home = DataDirectory(tmp_path)
    home.journal.mkdir()
    (home.journal / "instance").write_text(content, encoding="utf-8")
    with pytest.raises(JournalError, match="instance"):
        home.instance()


def test_a_directory_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError):
        DataDirectory(tmp_path / "file").instance()
