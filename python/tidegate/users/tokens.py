"""Access tokens: JWT, HS256 with a random key of 32 bytes that lies outside the database. Time is an argument."""

import hashlib
import os
import secrets
import stat
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jwt

from tidegate.model.errors import Code, TidegateError

ISSUER: Final = "tidegate"
AUDIENCE: Final = "tidegate-api"
ALGORITHM: Final = "HS256"
ACCESS_S: Final = 600
KEY_BYTES: Final = 32
KEY_FILE: Final = "token.key"
CHECKED_MAX: Final = 4096
"""Tokens whose signature is known to be right; the one longest unused is checked anew."""
_CLAIMS: Final = ("iss", "aud", "exp", "iat", "jti", "sub", "sid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a valid token says. `expires_s`: epoch seconds."""

    user_id: str
    session_id: str
    expires_s: int


def load_key(directory: Path) -> bytes:
    """The signing key, made at the first call (file 0600, directory 0700). Raises TidegateError CONFIG_ERROR."""
    path = directory / KEY_FILE
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write_once(path)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise TidegateError(Code.CONFIG_ERROR, f"{path} is open to others; run: chmod 600 {path}")
        key = path.read_bytes()
    except OSError as error:
        raise TidegateError(Code.CONFIG_ERROR, f"cannot read or make {path}: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise TidegateError(Code.CONFIG_ERROR, f"{path} is damaged; delete it (everybody has to log in again)")
    return key


def _write_once(path: Path) -> None:
    """Whole or not at all, and never over one that another process has just made."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, secrets.token_bytes(KEY_BYTES))
        os.fsync(fd)
    finally:
        os.close(fd)
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


class Signer:
    """Issues and checks access tokens with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        # By digest, so that no token lies about in memory. What a token says never changes; whether its time is over,
        # and whether its session stands, is asked each time.
        self._checked: OrderedDict[bytes, Claims] = OrderedDict()

    def issue(self, user_id: str, session_id: str, now_s: int) -> str:
        """A token that lives ACCESS_S."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now_s,
            "exp": now_s + ACCESS_S,
            "jti": secrets.token_urlsafe(12),
            "sub": user_id,
            "sid": session_id,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def check(self, token: str, now_s: int) -> Claims:
        """Raises TidegateError UNAUTHENTICATED for whatever is wrong with it. Cost: one digest, once it was seen."""
        place = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._checked.get(place)
        if claims is None:
            claims = self._checked[place] = self._proved(token)
            while len(self._checked) > CHECKED_MAX:
                self._checked.popitem(last=False)
        self._checked.move_to_end(place)
        if claims.expires_s <= now_s:
            raise TidegateError(Code.UNAUTHENTICATED, "the access token has expired: refresh it")
        return claims

    def _proved(self, token: str) -> Claims:
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # Times are compared above with the caller's clock; PyJWT would read its own.
                options={"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except (jwt.InvalidTokenError, UnicodeEncodeError) as error:  # a header's odd bytes arrive as surrogates
            raise refused() from error
        user_id, session_id, expires = claims["sub"], claims["sid"], claims["exp"]
        if not isinstance(user_id, str) or not isinstance(session_id, str) or not isinstance(expires, int):
            raise refused()
        return Claims(user_id=user_id, session_id=session_id, expires_s=expires)


def refused() -> TidegateError:
    """One answer for every kind of wrong token."""
    return TidegateError(Code.UNAUTHENTICATED, "the token is not valid: log in again")
