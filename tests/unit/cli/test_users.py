"""`tidegate users`: on real tables, without a server."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from tests.unit.cli.test_main import RUNNERS

from tidegate.app.people import with_people
from tidegate.cli.main import main

SERVING = RUNNERS.__class__(
    **{name: getattr(RUNNERS, name) for name in RUNNERS.__slots__ if name != "with_people"}, with_people=with_people
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path / "data"))
    yield
    structlog.reset_defaults()  # a verb sets the process's log


def users(*arguments: str) -> int:
    return main(["users", *arguments], SERVING)


def test_users_are_made_changed_and_removed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough one\n"))
    assert users("add", "anna", "--role", "trader") == 0
    assert users("role", "anna", "strategist") == 0
    capsys.readouterr()
    assert users("list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {"username": "admin", "role": "admin", "disabled": False},
        {"username": "anna", "role": "strategist", "disabled": False},
    ]
    assert users("remove", "anna") == 0
    assert users("list") == 0
    assert "anna" not in capsys.readouterr().out.partition("removed")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("remove", "admin"), "no admin"), (("role", "ghost", "viewer"), "no user ghost")],
)
def test_what_can_not_be_is_one_clear_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert users(*arguments) == 1
    assert message in capsys.readouterr().err
