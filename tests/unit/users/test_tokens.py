"""The signing key: random, private, made once."""

import stat
from pathlib import Path

import pytest

from tidegate.model.errors import Code, TidegateError
from tidegate.users.tokens import KEY_BYTES, KEY_FILE, Signer, load_key


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    directory = tmp_path / "config"
    key = load_key(directory)
    assert len(key) == KEY_BYTES
    assert load_key(directory) == key
    assert stat.S_IMODE((directory / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in directory.iterdir()] == [KEY_FILE]


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    assert load_key(tmp_path / "a") != load_key(tmp_path / "b")


@pytest.mark.parametrize(("mode", "content", "says"), [(0o644, b"k" * 32, "chmod 600"), (0o600, b"short", "damaged")])
def test_a_key_that_cannot_be_trusted_stops_the_start(tmp_path: Path, mode: int, content: bytes, says: str) -> None:
    path = tmp_path / KEY_FILE
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(TidegateError, match=says) as caught:
        load_key(tmp_path)
    assert caught.value.code is Code.CONFIG_ERROR


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "\udcff\udcfe", "\udcff.b.c"])
def test_what_is_no_token_is_refused_like_a_wrong_one(token: str) -> None:
    with pytest.raises(TidegateError) as caught:
        Signer(b"k" * 32).check(token, 0)
    assert caught.value.code is Code.UNAUTHENTICATED
