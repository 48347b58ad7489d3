"""The spread sampler: one sample at a time; a failing database costs samples, nothing else."""

from collections.abc import Sequence

from tidegate.engine.history import SpreadSampler
from tidegate.ports.store import Row, StoreError


class Clock:
    def mono_ns(self) -> int:
        return 0

    def wall_ns(self) -> int:
        return 1_700_000_000_123_456_789


class Tables:
    def __init__(self) -> None:
        self.samples: list[tuple[int, bytes]] = []
        self.broken = False

    async def project(self, seq: int, rows: Sequence[Row]) -> None:
        raise AssertionError

    async def projected_seq(self) -> int:
        return 0

    async def add_spreads(self, ts_ms: int, spreads: bytes) -> None:
        if self.broken:
            raise StoreError("database is locked")
        self.samples.append((ts_ms, spreads))


async def test_a_sample_carries_the_time_in_ms() -> None:
    tables = Tables()
    await SpreadSampler(lambda: b"[]", tables, Clock()).sample()
    assert tables.samples == [(1_700_000_000_123, b"[]")]


async def test_a_refused_sample_is_counted_and_the_next_one_comes() -> None:
    tables = Tables()
    sampler = SpreadSampler(lambda: b"[]", tables, Clock())
    tables.broken = True
    await sampler.sample()
    tables.broken = False
    await sampler.sample()
    assert (sampler.lost, len(tables.samples)) == (1, 1)
