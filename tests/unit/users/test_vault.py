"""Secrets at rest: opened only whole, in their own place, with their own key."""

import stat
from pathlib import Path

import pytest

from tidegate.model.errors import Code, TidegateError
from tidegate.users.vault import KEYS_MAX, Vault

SECRET = b"canary of a secret"


def refusal(vault: Vault, sealed: str, record: str = "real:binance:main") -> str:
    with pytest.raises(TidegateError) as caught:
        vault.open(sealed, record)
    assert caught.value.code is Code.CONFIG_ERROR
    assert SECRET.decode() not in str(caught.value)
    return caught.value.message


def test_what_was_sealed_opens_also_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "config" / "master.key"
    sealed = Vault(path).seal(SECRET, "real:binance:main")
    assert Vault(path).open(sealed, "real:binance:main") == SECRET
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SECRET.decode() not in sealed


def test_the_same_secret_is_never_sealed_alike(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "master.key")
    assert len({vault.seal(SECRET, "a") for _ in range(100)}) == 100


def test_a_seal_moved_changed_or_cut_does_not_open(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "master.key")
    sealed = vault.seal(SECRET, "real:binance:main")
    assert "damaged" in refusal(vault, sealed, "real:bybit:main")
    middle = len(sealed) // 2
    flipped = "A" if sealed[middle] != "A" else "B"
    assert "damaged" in refusal(vault, sealed[:middle] + flipped + sealed[middle + 1 :])
    assert "damaged" in refusal(vault, sealed[:20])
    assert "damaged" in refusal(vault, sealed.partition(".")[0] + ".###")


def test_another_master_key_names_what_is_missing(tmp_path: Path) -> None:
    sealed = Vault(tmp_path / "one.key").seal(SECRET, "real:binance:main")
    assert "two.key" in refusal(Vault(tmp_path / "two.key"), sealed)


def test_a_new_key_seals_and_the_old_ones_open_until_they_are_dropped(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "master.key")
    old = vault.seal(SECRET, "a")
    vault.add_key()
    new = vault.seal(SECRET, "a")
    assert vault.open(old, "a") == Vault(tmp_path / "master.key").open(new, "a") == SECRET
    vault.drop_old_keys()
    assert vault.open(new, "a") == SECRET
    with pytest.raises(TidegateError):
        vault.open(old, "a")


def test_the_file_holds_only_so_many_keys(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "master.key")
    for _ in range(KEYS_MAX - 1):
        vault.add_key()
    with pytest.raises(TidegateError):
        vault.add_key()


@pytest.mark.parametrize("content", ["", "no key", "id:%%%", "id:c2hvcnQ=", "é"])
def test_a_file_that_is_no_key_file_is_one_clear_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(TidegateError, match=r"master\.key") as caught:
        Vault(path).seal(SECRET, "a")
    assert caught.value.code is Code.CONFIG_ERROR


def test_a_file_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    Vault(path).seal(SECRET, "a")
    path.chmod(0o644)
    with pytest.raises(TidegateError, match="chmod 600"):
        Vault(path).seal(SECRET, "a")


def test_nothing_prints_a_key(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "master.key")
    vault.seal(SECRET, "a")
    line = (tmp_path / "master.key").read_text().strip()
    assert line.partition(":")[2] not in repr(vault._keys)
