"""Latency of each hop in fixed memory: log-linear buckets, about 12 % wide, one list index per sample.

Knows no exporter; `obs/metrics.py` reads the buckets when asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SUB_BITS: Final = 3
_SUB: Final = 1 << _SUB_BITS
_EXPONENT_MAX: Final = 40
"""Samples of 2**40 ns (18 minutes) and more share the last bucket."""
_BUCKETS: Final = (_EXPONENT_MAX - _SUB_BITS + 1) * _SUB


@dataclass(frozen=True, slots=True)
class HopSummary:
    """Nanoseconds; upper edges of the buckets that hold the percentile."""

    count: int
    p50_ns: int
    p95_ns: int
    p99_ns: int
    max_ns: int


class Hop:
    """Samples of one hop. Single-threaded."""

    __slots__ = ("_counts", "max_ns", "name", "total_ns")

    def __init__(self, name: str) -> None:
        self.name = name
        self.total_ns = 0
        self.max_ns = 0
        self._counts = [0] * _BUCKETS

    def add(self, ns: int) -> None:
        """One sample in nanoseconds. Cost: about 0.2 us."""
        shift = ns.bit_length() - _SUB_BITS - 1
        index = ns if shift <= 0 else (shift << _SUB_BITS) + (ns >> shift)
        self._counts[index if index < _BUCKETS else -1] += 1
        self.total_ns += ns
        self.max_ns = max(self.max_ns, ns)

    def buckets(self) -> Iterator[tuple[int, int]]:
        """(upper edge in ns, cumulative count) of every bucket that holds a sample."""
        seen = 0
        for index, count in enumerate(self._counts):
            if count:
                seen += count
                yield _upper(index), seen

    def count(self) -> int:
        return sum(self._counts)

    def summary(self) -> HopSummary:
        """Percentiles over the life of the process. Cost: one pass over the buckets."""
        rows = list(self.buckets())
        total = rows[-1][1] if rows else 0

        def percentile(percent: int) -> int:
            rank = -(-total * percent // 100)
            return next((min(edge, self.max_ns) for edge, seen in rows if seen >= rank and total), 0)

        return HopSummary(total, percentile(50), percentile(95), percentile(99), self.max_ns)


class Hops:
    """All hops of a process by name."""

    __slots__ = ("_hops",)

    def __init__(self) -> None:
        self._hops: dict[str, Hop] = {}

    def hop(self, name: str) -> Hop:
        """The hop of that name, made on first use."""
        return self._hops.setdefault(name, Hop(name))

    def all(self) -> tuple[Hop, ...]:
        return tuple(self._hops.values())


def _upper(index: int) -> int:
    """Largest value of bucket `index`."""
    if index < 2 * _SUB:
        return index
    shift = (index >> _SUB_BITS) - 1
    return ((index - (shift << _SUB_BITS) + 1) << shift) - 1
