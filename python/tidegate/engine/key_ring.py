"""The keys in use, by account; who needs one that works waits here until there is one."""

import asyncio
from collections.abc import Callable, Sequence

from tidegate.engine.setup import Account
from tidegate.obs import log

_log = log.get("engine")


class KeyRing:
    """Names of keys, never secrets: those are the core's. `is_public_only(venue, account)`: no key of it works."""

    def __init__(self, accounts: Sequence[Account], is_public_only: Callable[[str, str], bool]) -> None:
        self._keys: dict[tuple[str, str], str] = {(a.venue, a.name): a.key for a in accounts}
        self._entered: dict[tuple[str, str], asyncio.Event] = {}
        self._is_public_only = is_public_only

    def key(self, venue: str, account: str) -> str | None:
        """None while no key of the account works."""
        return None if self._is_public_only(venue, account) else self._keys[venue, account]

    def put(self, venue: str, account: str, key: str) -> None:
        """A key was taken into use."""
        self._keys[venue, account] = key
        if (entered := self._entered.get((venue, account))) is not None:
            entered.set()

    async def working(self, venue: str, account: str) -> None:
        """Returns once a key of the account works, as far as is known."""
        while self._is_public_only(venue, account):
            entered = self._entered.setdefault((venue, account), asyncio.Event())
            entered.clear()
            await entered.wait()
