"""Who may ask, and where secrets lie."""

import json
from pathlib import Path

import pytest

from tidegate.bridge.secret import LOGIN, load_keys, load_secret, proves, signed
from tidegate.model.errors import TidegateError

NOW = 1_700_000_000_000


def test_a_question_is_proved_by_the_secret_and_only_for_a_while() -> None:
    sign = signed("hunter2", str(NOW), "/v1/key")
    # echo -n 1700000000000GET/v1/key | openssl dgst -sha256 -hmac hunter2 -binary | base64
    assert sign == "f/xahPpvRsQa2+aSqjDffBDDjeNRh0/BSH9qi9ooARY="
    assert proves("hunter2", str(NOW), "/v1/key", sign, NOW + 10_000)
    for secret, moment, target, given, now in (
        ("other", str(NOW), "/v1/key", sign, NOW),
        ("hunter2", str(NOW + 1), "/v1/key", sign, NOW),
        ("hunter2", str(NOW), "/v1/balances", sign, NOW),
        ("hunter2", str(NOW), "/v1/key", sign[:-4], NOW),
        ("hunter2", str(NOW), "/v1/key", "", NOW),
        ("hunter2", str(NOW), "/v1/key", "\u00e4", NOW),
        ("hunter2", str(NOW), "/v1/key", sign, NOW + 10_001),
        ("hunter2", str(NOW), "/v1/key", sign, NOW - 10_001),
        ("hunter2", "soon", "/v1/key", signed("hunter2", "soon", "/v1/key"), NOW),
        ("hunter2", "9" * 400, "/v1/key", signed("hunter2", "9" * 400, "/v1/key"), NOW),
    ):
        assert not proves(secret, moment, target, given, now)


def test_a_log_in_counts_seconds() -> None:
    assert proves("s", str(NOW // 1000), LOGIN, signed("s", str(NOW // 1000), LOGIN), NOW + 900)


def test_the_secret_is_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    first = load_secret(tmp_path / "bridge" / "kraken")
    path = tmp_path / "bridge" / "kraken" / "secret"
    assert (load_secret(path.parent), path.stat().st_mode & 0o777, len(first)) == (first, 0o600, 64)
    path.chmod(0o640)
    with pytest.raises(TidegateError, match="chmod 600"):
        load_secret(path.parent)
    path.chmod(0o600)
    path.write_text("\n")
    with pytest.raises(TidegateError, match="damaged"):
        load_secret(path.parent)


def test_the_exchanges_keys_come_from_the_environment_or_a_file_of_our_own(tmp_path: Path) -> None:
    assert load_keys(tmp_path, {}) is None
    given = load_keys(tmp_path, {"TIDEGATE_BRIDGE_KEY": "k", "TIDEGATE_BRIDGE_SECRET": "s"})
    assert given is not None
    assert ((given.key, given.secret, given.password), repr(given)) == (("k", "s", ""), "Keys(redacted)")
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"key": "a", "secret": "b", "password": "c"}))
    path.chmod(0o644)
    with pytest.raises(TidegateError, match="open to others"):
        load_keys(tmp_path, {})
    path.chmod(0o600)
    kept = load_keys(tmp_path, {})
    assert kept is not None
    assert (kept.key, kept.secret, kept.password) == ("a", "b", "c")
    for text in ("", "[]", "{}", '{"key": 1, "secret": "b"}', '"x"'):
        path.write_text(text)
        with pytest.raises(TidegateError, match="is not of the form"):
            load_keys(tmp_path, {})
