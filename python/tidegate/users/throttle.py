"""How often somebody may fail to log in: per account and per address, in a sliding minute. Time is an argument."""

from collections import deque
from typing import Final

WINDOW_S: Final = 60.0
PER_ACCOUNT: Final = 5
PER_PEER: Final = 20
KEYS_MAX: Final = 10_000
"""Accounts and addresses remembered; the one longest silent is forgotten first."""


class Throttle:
    """Counts failures; `admit` says how long to wait."""

    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], deque[float]] = {}

    def admit(self, username: str, peer: str, now_s: float) -> float:
        """Seconds to wait; 0 when a try may be made now, which then counts as failed until `succeeded`."""
        keys = self._keys(username, peer)
        wait = max(self._wait(key, most, now_s) for key, most in keys)
        if wait <= 0:
            for key, _ in keys:
                self._note(key, now_s)
        return max(0.0, wait)

    def succeeded(self, username: str, peer: str) -> None:
        """The last try was right: it does not count, and the account starts afresh."""
        for key, _ in self._keys(username, peer):
            if key[0] == "account":
                self._failures.pop(key, None)
            elif self._failures.get(key):
                self._failures[key].pop()

    def _keys(self, username: str, peer: str) -> tuple[tuple[tuple[str, str], int], ...]:
        return ((("account", username), PER_ACCOUNT), (("peer", peer), PER_PEER))

    def _wait(self, key: tuple[str, str], most: int, now_s: float) -> float:
        failures = self._failures.get(key)
        if failures is None:
            return 0.0
        while failures and failures[0] <= now_s - WINDOW_S:
            failures.popleft()
        return 0.0 if len(failures) < most else failures[-most] + WINDOW_S - now_s

    def _note(self, key: tuple[str, str], now_s: float) -> None:
        failures = self._failures.pop(key, None) or deque(maxlen=PER_PEER)
        failures.append(now_s)
        self._failures[key] = failures  # at the back: the front is the one longest silent
        if len(self._failures) > KEYS_MAX:
            del self._failures[next(iter(self._failures))]
