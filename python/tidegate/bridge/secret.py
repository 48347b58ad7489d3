"""Who may ask: whoever holds this bridge's secret, on this machine. The exchange's own keys are kept apart from it."""

import base64
import binascii
import hmac
import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tidegate.bridge.exchange import Keys
from tidegate.model.errors import Code, TidegateError

WINDOW_MS: Final = 10_000
"""A signed question or a log-in may be this old, or this far ahead."""
SECRET_BYTES: Final = 32
FILE_MAX: Final = 4096
LOGIN: Final = "/v1/login"
SECRET_FILE: Final = "secret"  # noqa: S105  # its name
KEYS_FILE: Final = "keys.json"
_VARIABLES: Final = ("TIDEGATE_BRIDGE_KEY", "TIDEGATE_BRIDGE_SECRET", "TIDEGATE_BRIDGE_PASSWORD")


def signed(secret: str, moment: str, target: str) -> str:
    """What stands in `BRIDGE-ACCESS-SIGN`: base64 of an HMAC over time, method and target."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{moment}GET{target}".encode(), "sha256")).decode()


def proves(secret: str, moment: str, target: str, sign: str, now_ms: int) -> bool:
    """Whether `sign` was made with the secret, a moment ago. moment: epoch ms, or seconds of a log-in."""
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 13):
        return False
    at = int(moment) * (1000 if target == LOGIN else 1)
    try:
        given = base64.b64decode(sign, validate=True)
    except (binascii.Error, ValueError):
        return False
    right = hmac.compare_digest(given, base64.b64decode(signed(secret, moment, target)))
    return right and abs(now_ms - at) <= WINDOW_MS


def load_secret(directory: Path) -> str:
    """The bridge's own, made at the first start (file 0600). Raises TidegateError CONFIG_ERROR."""
    path = directory / SECRET_FILE
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write_once(path, secrets.token_hex(SECRET_BYTES))
    except OSError as error:
        raise TidegateError(Code.CONFIG_ERROR, f"cannot make {path}: {error.strerror}") from error
    secret = _private(path).strip()
    if not secret or not secret.isascii():
        raise TidegateError(Code.CONFIG_ERROR, f"{path} is damaged; delete it, start again, and enter the new one")
    return secret


def load_keys(directory: Path, environment: Mapping[str, str]) -> Keys | None:
    """The exchange's own: from the environment, else from `keys.json` (0600), else none: public data only.

    Raises TidegateError CONFIG_ERROR.
    """
    key, secret, password = (environment.get(name, "") for name in _VARIABLES)
    if key and secret:
        return Keys(key, secret, password)
    path = directory / KEYS_FILE
    if not path.exists():
        return None
    try:
        given = json.loads(_private(path))
        key, secret, password = (given.get(name, "") for name in ("key", "secret", "password"))
        if key and all(isinstance(part, str) for part in (key, secret, password)):
            return Keys(key, secret, password)
    except (ValueError, AttributeError):
        pass
    raise TidegateError(
        Code.CONFIG_ERROR, f'{path} is not of the form {{"key": "..", "secret": "..", "password": ".."}}'
    )


def _private(path: Path) -> str:
    """The text of a file that nobody else may read."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise TidegateError(Code.CONFIG_ERROR, f"{path} is open to others; run: chmod 600 {path}")
        with path.open("rb") as file:
            return file.read(FILE_MAX).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise TidegateError(Code.CONFIG_ERROR, f"cannot read {path}: {error}") from error


def _write_once(path: Path, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(fd)
