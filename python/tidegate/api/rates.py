"""How often one user may ask: a bucket of tokens for reading, one for changing. Time is an argument."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

BURST_S: Final = 2.0
"""A bucket that was left alone holds what refills in so long."""
USERS_MAX: Final = 2_000
"""Buckets remembered; the one longest unused is forgotten first, and is full when it comes back."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class Rates:
    """Buckets by user and kind."""

    def __init__(self, reads_per_s: float, changes_per_s: float) -> None:
        self._per_s = {False: reads_per_s, True: changes_per_s}
        self._buckets: OrderedDict[tuple[str, bool], _Bucket] = OrderedDict()

    def limit(self, reads_per_s: float, changes_per_s: float) -> None:
        """Other rates from now on; what a bucket holds already stays, up to its new size."""
        self._per_s = {False: reads_per_s, True: changes_per_s}

    def take(self, user_id: str, now_s: float, *, changes: bool) -> float:
        """0 when the request may be served, else the seconds until the next one may."""
        per_s = self._per_s[changes]
        key = (user_id, changes)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(per_s * BURST_S, now_s)
            if len(self._buckets) > USERS_MAX:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        bucket.tokens = min(per_s * BURST_S, bucket.tokens + (now_s - bucket.at_s) * per_s)
        bucket.at_s = now_s
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / per_s
        bucket.tokens -= 1
        return 0.0
