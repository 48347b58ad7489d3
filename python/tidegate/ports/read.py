"""Reading history from the tables. Every row comes as the JSON document that the engine made (exact amounts)."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`limit` 1..1000; `cursor` as the page before gave it, None for the newest page."""

    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class DocPage:
    """JSON documents, newest first, and the cursor of the next page (None at the end)."""

    items: tuple[bytes, ...] = ()
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What a list is narrowed to; a field left None does not narrow. Times are epoch ms, `to_ts` exclusive."""

    account: str | None = None
    exchange: str | None = None
    symbol: str | None = None
    product: str | None = None
    state: str | None = None
    plan_id: str | None = None
    pair_id: str | None = None
    severity: str | None = None
    from_ts: int | None = None
    to_ts: int | None = None


NO_FILTER = HistoryFilter()


@dataclass(frozen=True, slots=True)
class SpreadPoint:
    """One sample of a pair's spread; percentages as exact decimal text, None while a book was not usable."""

    ts: int
    leg1_buy: str | None
    leg2_buy: str | None


@dataclass(frozen=True, slots=True)
class SpreadPage:
    """Samples of one pair, oldest first."""

    points: tuple[SpreadPoint, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """Running totals in quote units, net of fees, as exact decimal text; `equity` is `pnl` and what is unrealised."""

    ts: int
    pnl: str
    fees: str
    equity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """What the plans of one pair that ended on one day (ISO) brought; amounts in quote units as exact decimal text.

    exchange: the venue, whose `pnl` is what was sold there less what was bought and fees; empty for whole plans.
    strategy: `arbitrage`; else what traded beside plans on that day at that venue, of no pair, and `pnl` is realised.
    """

    day: str
    strategy: str = "arbitrage"
    pair_id: str
    exchange: str
    pnl: str
    fees: str
    turnover: str
    plans: int
    wins: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What fills outside arbitrage plans brought, in quote units; `pnl` is realised, net of `fees`."""

    pnl: Decimal
    fees: Decimal
    turnover: Decimal


class TradingHistory(Protocol):
    """Orders, fills, protections and plans that the engine may no longer hold in memory. Raises StoreError."""

    async def orders(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage: ...
    async def order(self, order_id: str) -> bytes | None: ...
    async def fills(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage: ...
    async def plans(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage: ...
    async def plan(self, plan_id: str) -> bytes | None: ...
    async def twaps(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage: ...
    async def twap(self, plan_id: str) -> bytes | None: ...
    async def protections(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage: ...
    async def protection(self, protection_id: str) -> bytes | None: ...
    async def alerts(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage: ...
    async def spreads(self, pair_id: str, from_ts: int, to_ts: int, limit: int = 1000) -> SpreadPage: ...
    async def equity(self, from_ts: int, to_ts: int, limit: int = 1000) -> tuple[EquityPoint, ...]: ...

    async def results(self, from_day: str) -> tuple[PlanResult, ...]:
        """From a day (ISO) on, oldest first."""
        ...

    async def beside_plans(self) -> Earned:
        """Of all days."""
        ...

    async def ping_ms(self) -> float:
        """Round trip of a trivial query, milliseconds."""
        ...


class Freshness(Protocol):
    """How far the tables are behind the engine."""

    async def reached(self, seq: int, timeout_s: float) -> bool:
        """Waits until the tables show record `seq` or the time is over; says which."""
        ...
