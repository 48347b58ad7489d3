"""The sampler: one sample at a time; a failing database costs samples, nothing else."""

from collections.abc import Sequence

from tidegate.engine.history import EQUITY_EVERY, Sampler
from tidegate.ports.store import Row, StoreError


class Clock:
    def mono_ns(self) -> int:
        return 0

    def wall_ns(self) -> int:
        return 1_700_000_000_123_456_789


class Tables:
    def __init__(self) -> None:
        self.samples: list[tuple[int, bytes]] = []
        self.equity: list[tuple[int, bytes]] = []
        self.broken = False

    async def project(self, seq: int, rows: Sequence[Row]) -> None:
        raise AssertionError

    async def projected_seq(self) -> int:
        return 0

    async def add_spreads(self, ts_ms: int, spreads: bytes) -> None:
        if self.broken:
            raise StoreError("database is locked")
        self.samples.append((ts_ms, spreads))

    async def add_equity(self, ts_ms: int, performance: bytes) -> None:
        self.equity.append((ts_ms, performance))


async def test_equity_is_sampled_more_seldom() -> None:
    tables = Tables()
    sampler = Sampler(lambda name: name.encode(), tables, Clock())
    for _ in range(EQUITY_EVERY + 1):
        await sampler.sample()
    assert tables.equity == [(1_700_000_000_123, b"performance")] * 2


async def test_a_sample_carries_the_time_in_ms() -> None:
    tables = Tables()
    await Sampler(lambda name: name.encode(), tables, Clock()).sample()
    assert tables.samples == [(1_700_000_000_123, b"spreads")]


async def test_a_refused_sample_is_counted_and_the_next_one_comes() -> None:
    tables = Tables()
    sampler = Sampler(lambda name: name.encode(), tables, Clock())
    tables.broken = True
    await sampler.sample()
    tables.broken = False
    await sampler.sample()
    assert (sampler.lost, len(tables.samples)) == (1, 1)
