"""Argon2id, computed beside the loop and never more than a few at a time: a flood of logins must not slow an order."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tidegate.model.errors import Code, TidegateError

TIME_COST: Final = 2
MEMORY_KIB: Final = 19 * 1024
PARALLELISM: Final = 1
QUEUE_MAX: Final = 8
"""Computations running or waiting; one more is refused."""
LENGTH_MIN: Final = 10
LENGTH_MAX: Final = 1024
NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$E/esi2qxJNESpUUB9h8snQ$4tN9NrOEwCcSU3i2mQHFkqyzNfOWaBCCaGAW7FiyUe8"
"""What is verified for an unknown user, so that the answer takes as long as for a known one. Matches no password."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rehash`: right, but hashed with weaker parameters than today's."""

    right: bool
    rehash: bool = False


def check_new(password: str) -> None:
    """Raises TidegateError VALIDATION_ERROR for a password that may not be chosen."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise TidegateError(Code.VALIDATION_ERROR, f"a password has {LENGTH_MIN} to {LENGTH_MAX} characters")


class Passwords:
    """Hashes and verifies on one thread of its own."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2")
        self._queued = 0

    async def hash(self, password: str) -> str:
        """Argon2id in its text form. Cost: tens of ms on the thread."""
        self._enter()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._hasher.hash, password)
        finally:
            self._queued -= 1

    async def verify(self, password_hash: str | None, password: str) -> Verdict:
        """Compares; None (no such user) costs the same and is never right."""
        self._enter()
        try:
            work = asyncio.get_running_loop().run_in_executor(self._pool, self._compare, password_hash, password)
            return await work
        finally:
            self._queued -= 1

    def close(self) -> None:
        """Ends the thread. Safe to call twice."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _compare(self, password_hash: str | None, password: str) -> Verdict:
        try:
            self._hasher.verify(password_hash or NOBODY, password)
        except (VerificationError, InvalidHashError):
            return Verdict(right=False)
        if password_hash is None:
            return Verdict(right=False)
        return Verdict(right=True, rehash=self._hasher.check_needs_rehash(password_hash))

    def _enter(self) -> None:
        if self._queued >= QUEUE_MAX:
            raise TidegateError(Code.RATE_LIMITED, "too many logins at once; try again", {"retryAfterS": 1})
        self._queued += 1
