"""How often somebody may fail to log in: per account, per address, and in all. Time is an argument.

Whoever has logged in from an address before is counted there alone: strangers who guess at the account's name can not
shut its owner out.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 60.0
PER_ACCOUNT: Final = 5
"""Failures after which the account waits; each further as many double the wait."""
PER_PEER: Final = 20
IN_ALL: Final = 200
LOCK_S_MIN: Final = 60.0
LOCK_S_MAX: Final = 3600.0
FORGIVEN_S: Final = 24 * 3600.0
"""A count that has not grown for so long begins anew."""
KEYS_MAX: Final = 10_000
"""Accounts and addresses remembered; the one longest silent is forgotten first."""
KNOWN_MAX: Final = 1_000


@dataclass(slots=True)
class _Lock:
    failures: int = 0
    until_s: float = 0.0
    last_s: float = 0.0


class Throttle:
    """Counts failures; `admit` says how long to wait."""

    def __init__(self) -> None:
        self._locks: OrderedDict[tuple[str, str], _Lock] = OrderedDict()
        self._windows: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque(maxlen=IN_ALL)
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def admit(self, username: str, peer: str, now_s: float) -> float:
        """Seconds to wait; 0 when a try may be made now, which then counts as failed until `succeeded`."""
        known = (username, peer) in self._known
        lock = self._locks.get(self._account(username, peer))
        waits = [0.0 if lock is None else lock.until_s - now_s]
        if not known:
            # The shared counts are where strangers meet; somebody known has a count of his own.
            waits.append(_full_for(self._windows.get(peer), PER_PEER, now_s))
            waits.append(_full_for(self._all, IN_ALL, now_s))
        if max(waits) > 0:
            return max(waits)
        self._note(username, peer, now_s, known=known)
        return 0.0

    def succeeded(self, username: str, peer: str) -> None:
        """The last try was right: it does not count, the account starts afresh, and the address is known."""
        if (username, peer) not in self._known:
            for window in (self._windows.get(peer), self._all):
                if window:
                    window.pop()
        self._locks.pop(self._account(username, peer), None)
        self._known[username, peer] = None
        self._known.move_to_end((username, peer))
        while len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)

    def _account(self, username: str, peer: str) -> tuple[str, str]:
        return (username, peer if (username, peer) in self._known else "")

    def _note(self, username: str, peer: str, now_s: float, *, known: bool) -> None:
        key = self._account(username, peer)
        lock = self._locks.setdefault(key, _Lock())
        if now_s - lock.last_s >= FORGIVEN_S:
            lock.failures = 0
        lock.failures, lock.last_s = lock.failures + 1, now_s
        rounds, rest = divmod(lock.failures, PER_ACCOUNT)
        if rest == 0:
            lock.until_s = now_s + min(LOCK_S_MIN * 2 ** min(rounds - 1, 16), LOCK_S_MAX)
        self._locks.move_to_end(key)
        while len(self._locks) > KEYS_MAX:
            self._locks.popitem(last=False)
        if not known:
            self._windows.setdefault(peer, deque(maxlen=PER_PEER)).append(now_s)
            self._windows.move_to_end(peer)
            self._all.append(now_s)
        while len(self._windows) > KEYS_MAX:
            self._windows.popitem(last=False)


def _full_for(window: deque[float] | None, most: int, now_s: float) -> float:
    """Seconds until a sliding minute has room again."""
    if window is None or len(window) < most:
        return 0.0
    return window[0] + WINDOW_S - now_s
