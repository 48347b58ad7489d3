"""Secrets at rest: AES-256-GCM under a master key that lies outside the data directory.

A sealed text is `<key id>.<base64 of nonce and ciphertext>`; the record's id is authenticated with it, so a seal moved
to another record does not open. The file holds one key per line, the newest first: all open, the first seals.
"""

import base64
import binascii
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tidegate.model.errors import Code, TidegateError

KEY_BITS: Final = 256
NONCE_BYTES: Final = 12
KEYS_MAX: Final = 16
"""Master keys in the file."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """Prints without its content."""

    id: str
    cipher: AESGCM
    line: str

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"


class Vault:
    """Seals and opens. The file is read at the first use, and made then when there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: tuple[MasterKey, ...] = ()

    def seal(self, plain: bytes, record_id: str) -> str:
        """Raises TidegateError CONFIG_ERROR when the file can not be used."""
        key = self._load()[0]
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = key.cipher.encrypt(nonce, plain, record_id.encode())
        return f"{key.id}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, record_id: str) -> bytes:
        """Raises TidegateError CONFIG_ERROR for a seal that is damaged, another record's, or of a missing key."""
        key_id, _, text = sealed.partition(".")
        key = next((key for key in self._load() if key.id == key_id), None)
        if key is None:
            raise TidegateError(
                Code.CONFIG_ERROR,
                f"{record_id} is sealed with key {key_id}, which {self._path} lacks; restore that file",
            )
        try:
            content = base64.b64decode(text, validate=True)
            return key.cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], record_id.encode())
        except (InvalidTag, binascii.Error, ValueError):
            raise TidegateError(Code.CONFIG_ERROR, f"what is kept of {record_id} is damaged; enter it anew") from None

    def add_key(self) -> None:
        """A new key to seal with; those before go on opening."""
        keys = self._load()
        if len(keys) >= KEYS_MAX:
            raise TidegateError(Code.CONFIG_ERROR, f"{self._path} holds {KEYS_MAX} keys; re-encrypt before adding one")
        self._write((_new_key(), *keys))

    def drop_old_keys(self) -> None:
        """Leaves the newest key alone. For when everything was sealed with it."""
        self._write(self._load()[:1])

    def _load(self) -> tuple[MasterKey, ...]:
        if not self._keys:
            try:
                if not self._path.exists():
                    self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    self._write((_new_key(),))
                if self._path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                    raise TidegateError(
                        Code.CONFIG_ERROR, f"{self._path} is open to others; run: chmod 600 {self._path}"
                    )
                lines = self._path.read_text(encoding="ascii").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is not a key file"
                raise TidegateError(Code.CONFIG_ERROR, f"cannot read or make {self._path}: {reason}") from None
            self._keys = tuple(self._parsed(line) for line in lines if line)
            if not self._keys:
                raise TidegateError(Code.CONFIG_ERROR, f"{self._path} is empty; restore it from a copy")
        return self._keys

    def _parsed(self, line: str) -> MasterKey:
        key_id, _, text = line.partition(":")
        try:
            return MasterKey(key_id, AESGCM(base64.b64decode(text, validate=True)), line)
        except (binascii.Error, ValueError):
            raise TidegateError(Code.CONFIG_ERROR, f"{self._path} is damaged; restore it from a copy") from None

    def _write(self, keys: tuple[MasterKey, ...]) -> None:
        """Whole or not at all."""
        partial = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, "".join(f"{key.line}\n" for key in keys).encode())
            os.fsync(fd)
        finally:
            os.close(fd)
        partial.rename(self._path)
        self._keys = keys


def _new_key() -> MasterKey:
    key_id, key = secrets.token_hex(4), AESGCM.generate_key(KEY_BITS)
    return MasterKey(key_id, AESGCM(key), f"{key_id}:{base64.b64encode(key).decode()}")
