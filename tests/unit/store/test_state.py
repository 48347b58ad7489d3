"""The data directory: a name drawn once per journal."""

from pathlib import Path

import pytest

from tidegate.model.errors import Code, TidegateError
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


def test_a_directory_belongs_to_the_profile_that_first_used_it(tmp_path: Path) -> None:
    home = DataDirectory(tmp_path)
    home.claim("paper")
    home.claim("paper")
    for other in ("sim", "live"):
        with pytest.raises(TidegateError, match="holds the data of profile paper") as refused:
            home.claim(other)
        assert refused.value.code is Code.CONFIG_ERROR


def test_a_directory_belongs_to_the_exchange_that_was_first_bridged(tmp_path: Path) -> None:
    home = DataDirectory(tmp_path)
    home.instance()
    home.claim_bridged("kraken")
    home.claim_bridged("kraken")
    with pytest.raises(TidegateError, match="bridged kraken, not of gate"):
        home.claim_bridged("gate")


def test_a_journal_from_before_directories_were_marked_is_a_simulation(tmp_path: Path) -> None:
    home = DataDirectory(tmp_path)
    home.instance()
    with pytest.raises(TidegateError, match="profile sim"):
        home.claim("live")
    home.claim("sim")
