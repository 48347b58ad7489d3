"""The shapes of what trades: plans, TWAPs, orders, fills, positions, profit and risk; see `replies`."""

from typing import Literal

from tidegate.api.fields import AmountOut, Product
from tidegate.api.replies import Balance, Reply, Side

PlanState = Literal["PLANNED", "WORKING", "HEDGING", "HEDGED", "UNWOUND", "EXPIRED", "REPORTED"]


class ExecutedLeg(Reply):
    exchange: str
    order_id: str | None
    success: bool
    price: AmountOut | None
    qty: AmountOut
    fee: AmountOut


class Execution(Reply):
    pair_id: str
    plan_id: str
    state: PlanState
    leg1: ExecutedLeg
    leg2: ExecutedLeg
    spread: AmountOut | None
    spread_percent: AmountOut | None
    pnl: AmountOut | None
    ts: int


class Fee(Reply):
    asset: str
    amount: AmountOut
    quote_value: AmountOut


class PlanLeg(Reply):
    exchange: str
    symbol: str
    type: Product
    side: Side
    price: AmountOut | None
    orders: list[str]
    filled_qty: AmountOut
    avg_price: AmountOut | None
    fees: list[Fee]


class TimelineEntry(Reply):
    ts: int
    event: str
    text: str | None = None


class Plan(Reply):
    plan_id: str
    pair_id: str
    state: PlanState
    direction: str
    qty: AmountOut
    manual: bool
    legs: list[PlanLeg]
    residual: AmountOut
    pnl: AmountOut | None
    spread: AmountOut | None
    spread_percent: AmountOut | None
    created_ts: int
    ended_ts: int | None
    timeline: list[TimelineEntry]


class PlanPage(Reply):
    items: list[Plan]
    next_cursor: str | None


TwapState = Literal["created", "running", "paused", "completed", "cancelled", "failed"]


class TwapProgress(Reply):
    executed: AmountOut
    remaining: AmountOut
    slices_done: int
    slices_total: int


class TwapLeg(Reply):
    """`timeWeightedMid`: the benchmark, from the leg's own book; `costBps` above zero is worse than it."""

    exchange: str
    symbol: str
    type: Product
    side: Side
    price: AmountOut | None
    filled_qty: AmountOut
    unwound_qty: AmountOut
    avg_price: AmountOut | None
    time_weighted_mid: AmountOut | None
    cost_bps: AmountOut | None
    fees: list[Fee]


class TwapPlan(Reply):
    plan_id: str
    name: str
    total_qty: AmountOut
    slice_qty: AmountOut
    interval_ms: int
    randomize_pct: AmountOut
    limit_offset_bps: int
    max_participation_pct: AmountOut | None
    state: TwapState
    progress: TwapProgress
    residual: AmountOut
    avg_price: AmountOut | None
    legs: list[TwapLeg]
    created_ts: int
    ended_ts: int | None
    timeline: list[TimelineEntry]


class TwapPage(Reply):
    items: list[TwapPlan]
    next_cursor: str | None


class TwapId(Reply):
    plan_id: str


class TwapStatus(Reply):
    """`avgPrice` is the first leg's; `legs` has both."""

    plan_id: str
    progress: TwapProgress
    state: TwapState
    last_execution_ts: int | None
    avg_price: AmountOut | None
    residual: AmountOut


class Order(Reply):
    order_id: str
    exchange: str
    symbol: str
    type: Product
    side: Side
    state: str
    reason: str | None
    order_type: str
    time_in_force: str | None
    qty: AmountOut
    price: AmountOut | None
    filled_qty: AmountOut
    avg_price: AmountOut | None
    plan_id: str | None
    created_ts: int
    updated_ts: int


class Placed(Reply):
    """`state` as it was sent; follow the order for its fate. `protectionId` where it came with levels."""

    order_id: str
    state: str
    protection_id: str | None = None


class OrderPage(Reply):
    items: list[Order]
    next_cursor: str | None


class Trade(Reply):
    trade_id: str
    order_id: str
    exchange: str
    symbol: str
    type: Product
    side: Side
    price: AmountOut
    qty: AmountOut
    fee: AmountOut
    fee_asset: str
    liquidity: str | None
    plan_id: str | None
    ts: int


class TradePage(Reply):
    items: list[Trade]
    next_cursor: str | None


class Position(Reply):
    """`qty` signed, base units; PnL in quote units."""

    exchange: str
    account: str
    symbol: str
    type: Product
    qty: AmountOut
    entry_price: AmountOut | None
    mark_price: AmountOut | None
    unrealized_pnl: AmountOut | None
    realized_pnl: AmountOut
    fees: list[Fee]


class Account(Reply):
    balances: list[Balance]
    positions: list[Position]
    public_only: bool
    simulated: bool


class ResultSum(Reply):
    """Of plans that ended, and of what traded beside them; quote units. `plans` and `wins` are of arbitrage plans."""

    pnl: AmountOut
    fees: AmountOut
    turnover: AmountOut
    plans: int
    wins: int


class DayResult(ResultSum):
    """`day`: of the trading day's zone, ISO."""

    day: str


class StrategyResult(ResultSum):
    """`strategy`: arbitrage, by pair; of no pair (`pairId` empty) twap, protection, order (a single one), external.

    Beside plans `pnl` is what closing fills realised against the average cost of what such fills hold, less fees.
    """

    strategy: str
    pair_id: str


class VenueResult(ResultSum):
    """`pnl`: what plans sold at the venue less what they bought there and fees, unwinding included, and what other
    fills there realised; only the sum over venues is a profit.
    """

    exchange: str


class Performance(Reply):
    """Quote units, net of fees where it says PnL; `winRate` is a fraction. The sums are of the last 31 days.

    `pnl`: what plans brought as wholes, and what traded beside them. `realizedPnl`, `unrealizedPnl`, `feesPaid`: the
    ledger's, of everything booked, funding included; their sum is the equity.
    """

    pnl: AmountOut
    fees: AmountOut
    turnover: AmountOut
    plans: int
    wins: int
    losses: int
    win_rate: AmountOut
    max_drawdown: AmountOut
    day_pnl: AmountOut
    realized_pnl: AmountOut
    unrealized_pnl: AmountOut
    fees_paid: AmountOut
    residual: AmountOut
    by_day: list[DayResult]
    by_strategy: list[StrategyResult]
    by_venue: list[VenueResult]


class Limit(Reply):
    name: str
    unit: str
    scope: str
    id: str
    value: AmountOut | None


class EquitySample(Reply):
    """The ledger's totals in quote units: `pnl` is realised, net of `fees`; `equity` is that and what is open."""

    ts: int
    pnl: AmountOut
    fees: AmountOut
    equity: AmountOut


class LimitUse(Reply):
    """`used` null where the limit judges single orders, which leave nothing standing.

    `by_default` holds while `limit` is null; where it is null as well, nothing is watched.
    """

    name: str
    unit: str
    scope: str
    limit: AmountOut | None
    by_default: AmountOut | None
    used: AmountOut | None


class Exposure(Reply):
    """`worst`: quote value if everything open filled the wrong way."""

    exchange: str
    symbol: str
    type: Product
    worst: AmountOut


class Halt(Reply):
    """A figure that differs from the venue's, or a position that the venue closed: nothing is opened there before
    somebody acknowledges it. `ours` and `theirs`: base quantity of a position, or the wallet's balance."""

    id: str
    account: str
    exchange: str
    symbol: str | None = None
    type: Product | None = None
    wallet: str | None = None
    asset: str | None = None
    cause: str
    ours: AmountOut
    theirs: AmountOut
    since_ts: int


class Latch(Reply):
    mode: str
    reason: str
    actor: str
    since_ts: int


class Breaker(Reply):
    scope: str
    breaker: str
    state: str
    unit: str | None = None
    limit: AmountOut | None = None
    limit_name: str | None = None
    trips: str | None = None
    resets_by_itself: bool | None = None
    reason: str | None = None
    since_ts: int | None = None
    pair_id: str | None = None
    exchange: str | None = None
    account: str | None = None


class RiskMetrics(Reply):
    """Exposure now against each limit, breaker and latch states."""

    limits: list[LimitUse]
    exposure: list[Exposure]
    exposure_total: AmountOut
    halts: list[Halt]
    day_pnl: AmountOut
    latch: Latch
    breakers: list[Breaker]
    ts: int
