"""Secrets that work once and not for long: login links, tickets that open a WebSocket. Kept hashed, in memory."""

import hashlib
import secrets
from typing import Generic, TypeVar

T = TypeVar("T")


def digest(secret: str) -> str:
    """What is kept of a random secret: its SHA-256 (it has 256 bits of its own, so no salt and no slow hash)."""
    return hashlib.sha256(secret.encode()).hexdigest()


class OneTime(Generic[T]):
    """At most `capacity` open secrets, and `of_one` of one holder; the oldest gives way, one's own first."""

    def __init__(self, ttl_s: int, capacity: int, of_one: int | None = None) -> None:
        self.ttl_s = ttl_s
        self._capacity = capacity
        self._of_one = capacity if of_one is None else of_one
        self._open: dict[str, tuple[int, T, str]] = {}

    def issue(self, value: T, now_s: int, holder: str = "") -> str:
        """A new secret that stands for `value`. Cost: one look at every open secret."""
        secret = secrets.token_urlsafe(32)
        self._open = {key: entry for key, entry in self._open.items() if entry[0] > now_s}
        own = [key for key, entry in self._open.items() if entry[2] == holder]
        if len(own) >= self._of_one:
            del self._open[own[0]]
        while len(self._open) >= self._capacity:
            del self._open[next(iter(self._open))]
        self._open[digest(secret)] = (now_s + self.ttl_s, value, holder)
        return secret

    def redeem(self, secret: str, now_s: int) -> T | None:
        """The value, once; None for an unknown, spent or expired secret."""
        expires, value, _ = self._open.pop(digest(secret), (0, None, ""))
        return value if expires > now_s else None
