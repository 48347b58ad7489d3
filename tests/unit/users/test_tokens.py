"""The signing key: random, private, made once."""

import stat
from pathlib import Path

import pytest

from tidegate.model.errors import Code, TidegateError
from tidegate.users import tokens
from tidegate.users.tokens import ACCESS_S, KEY_BYTES, KEY_FILE, Signer, load_key


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


def test_a_token_seen_before_still_ends_in_time_and_another_signature_under_it_is_refused() -> None:
    signer = Signer(b"k" * 32)
    token = signer.issue("u", "s", 1000)
    assert signer.check(token, 1000) is signer.check(token, 1000 + ACCESS_S - 1)
    with pytest.raises(TidegateError, match="expired"):
        signer.check(token, 1000 + ACCESS_S)
    head, body, signature = token.split(".")
    forged = f"{head}.{body}.{signature[:-4]}{'AAAA' if signature[-4:] != 'AAAA' else 'BBBB'}"
    with pytest.raises(TidegateError, match="not valid"):
        signer.check(forged, 1000)


def test_only_so_many_tokens_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "CHECKED_MAX", 2)
    signer = Signer(b"k" * 32)
    for number in range(5):
        signer.check(signer.issue("u", str(number), 1000), 1000)
    assert len(signer._checked) == 2
