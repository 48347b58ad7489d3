"""Budgets of one venue: connection attempts, request weight, and the bans it pronounced. Knows no venue."""

from collections import deque
from dataclasses import dataclass
from typing import Final

SECOND_NS: Final = 1_000_000_000
_DIGITS_MAX: Final = 9
"""Of a number in a venue's header: more than any count or pause can have."""


def header_count(text: str | None) -> int | None:
    """A header that should be a plain count; None for whatever else stands there (it is a stranger's text)."""
    plain = text is not None and text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX
    return int(text) if plain and text is not None else None


@dataclass(frozen=True, slots=True)
class WeightRule:
    """`limit` weight in each window of `window_s`; `header` (lower case) carries the venue's own count, if it has one.

    `ban_s` is how long to stay away after a refusal that names no time.
    """

    limit: int
    window_s: int
    header: str | None = None
    ban_s: int = 60


class ConnectBudget:
    """At most `limit` connections in any span of `window_s`, whenever it begins.

    A bucket that refills would let twice as many through: the full bucket, and what refills meanwhile.
    """

    def __init__(self, limit: int, window_s: float) -> None:
        self._made: deque[int] = deque(maxlen=limit)
        self._window_ns = round(window_s * SECOND_NS)

    def take(self, now_ns: int) -> float:
        """Books a connection and returns 0, or returns the seconds until one may be made (and books none)."""
        if len(self._made) == self._made.maxlen and now_ns - self._made[0] < self._window_ns:
            return (self._made[0] + self._window_ns - now_ns) / SECOND_NS
        self._made.append(now_ns)
        return 0.0


class RateBudget:
    """Weight of one venue host, as questions may use it.

    A fifth is never theirs: cancels leave over the order links without asking here, and the venue counts them into the
    same weight. Of the rest, a share is kept for what is urgent: the state of orders, and fills.
    """

    CANCELS_PERCENT: Final = 20
    URGENT_PERCENT: Final = 20

    def __init__(self, rule: WeightRule) -> None:
        self.rule: Final = rule
        self._window_start_ns = 0
        self._used = 0
        self._banned_until_ns = 0

    def admit(self, weight: int, now_ns: int, *, urgent: bool) -> bool:
        """Books `weight` if the window and no ban forbid it. `now_ns` is monotonic."""
        if now_ns < self._banned_until_ns:
            return False
        self._roll(now_ns)
        kept = self.CANCELS_PERCENT if urgent else self.CANCELS_PERCENT + self.URGENT_PERCENT
        limit = self.rule.limit * (100 - kept) // 100
        if self._used + weight > limit:
            return False
        self._used += weight
        return True

    def on_reply(self, status: int, used: str | None, retry_after: str | None, now_ns: int) -> bool:
        """Learns from an answer: the venue's own count, and 429, 418 and 403. True when it pronounced a ban."""
        self._roll(now_ns)
        self._used = max(self._used, header_count(used) or 0)
        if status not in (403, 418, 429):
            return False
        named = header_count(retry_after)
        seconds = self.rule.ban_s if named is None else named
        self._banned_until_ns = max(self._banned_until_ns, now_ns + seconds * SECOND_NS)
        return True

    def stay_away(self, until_ns: int) -> None:
        """A ban that an earlier process was told of. `until_ns` is monotonic."""
        self._banned_until_ns = max(self._banned_until_ns, until_ns)

    def used(self, now_ns: int) -> int:
        self._roll(now_ns)
        return self._used

    def banned_s(self, now_ns: int) -> float:
        """Seconds until requests are allowed again; 0 without a ban."""
        return max(0, self._banned_until_ns - now_ns) / SECOND_NS

    def _roll(self, now_ns: int) -> None:
        if now_ns - self._window_start_ns >= self.rule.window_s * SECOND_NS:
            self._window_start_ns = now_ns
            self._used = 0
