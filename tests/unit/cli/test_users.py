"""`tidegate users`: on real tables, without a server."""

import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from tests.unit.cli.test_main import RUNNERS

from tidegate.app.control import with_control
from tidegate.cli.main import main

SERVING = RUNNERS.__class__(
    **{name: getattr(RUNNERS, name) for name in RUNNERS.__slots__ if name != "with_control"}, with_control=with_control
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("TIDEGATE_MASTER_KEY_FILE", str(tmp_path / "data" / "master.key"))
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


def test_what_was_done_stands_in_the_audit_log_and_a_changed_byte_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough one\n"))
    assert users("add", "anna") == 0
    assert users("remove", "anna") == 0
    capsys.readouterr()
    assert main(["audit", "export"], SERVING) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["seq"], line["action"], line["target"]) for line in lines] == [
        (1, "users add", "anna"),
        (2, "users remove", "anna"),
    ]
    assert main(["audit", "verify", "--head", lines[0]["hash"]], SERVING) == 0
    assert main(["audit", "verify", "--head", "0" * 64], SERVING) == 1
    with sqlite3.connect(tmp_path / "data" / "tidegate.sqlite") as connection:
        connection.execute("UPDATE audit SET target = 'anma' WHERE seq = 1")
    connection.close()
    assert main(["audit", "verify"], SERVING) == 1
    assert "entry 1 was changed" in capsys.readouterr().err


def test_secrets_are_sealed_anew(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    key_file = tmp_path / "data" / "master.key"
    assert main(["keys", "reencrypt"], SERVING) == 0
    before = key_file.read_text()
    assert main(["keys", "reencrypt"], SERVING) == 0
    assert key_file.read_text() != before
    assert "0 secrets" in capsys.readouterr().out
