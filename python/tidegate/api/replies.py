"""The shapes of `data`, route by route: what the OpenAPI document and the web types are generated from.

Answers are the engine's own bytes and do not pass through these models at run time; the tests hold them to it.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from tidegate.api.fields import AmountOut, Direction, Product

Side = Literal["buy", "sell"]
PlanState = Literal["PLANNED", "WORKING", "HEDGING", "HEDGED", "UNWOUND", "EXPIRED", "REPORTED"]
Level = tuple[str, str]


class Reply(BaseModel):
    """Fields may be added; those named here stay."""

    model_config = ConfigDict(extra="allow", frozen=True, alias_generator=to_camel)


class Done(Reply):
    """`warning` stands there when the next start may not know of it."""

    success: bool
    warning: str | None = None


class User(Reply):
    id: str
    username: str
    role: str
    permissions: list[str]


class Session(Reply):
    access_token: str
    refresh_token: str
    expires_in: int
    user: User


class UserReply(Reply):
    id: str
    username: str
    role: str
    disabled: bool
    created_ts: int
    updated_ts: int


class UserId(Reply):
    id: str


class Login(Reply):
    """One login that stands. `current`: the caller's own."""

    id: str
    login_ts: int
    last_used_ts: int
    expires_ts: int
    address: str
    agent: str
    current: bool


class Permissions(Reply):
    role: str
    permissions: list[str]
    roles: dict[str, list[str]]


class LinkReply(Reply):
    path: str


class TicketReply(Reply):
    ticket: str
    expires_in: int


class Book(Reply):
    exchange: str
    symbol: str
    type: Product
    bids: list[Level]
    asks: list[Level]
    ts: int
    age_ms: int
    synced: bool
    source: Literal["book", "cache", "rest"]


class Ticker(Reply):
    exchange: str
    symbol: str
    type: Product


class ItemError(Reply):
    code: str
    message: str


class BatchItem(Reply):
    """A book, or in its place the item's own error."""

    exchange: str
    symbol: str
    error: ItemError | None = None


class LegReply(Reply):
    exchange: str
    symbol: str
    type: Product


class Pair(Reply):
    id: str
    leg1: LegReply
    leg2: LegReply
    threshold: AmountOut
    qty: AmountOut
    total_amount: AmountOut
    direction: Direction
    enabled: bool


class PairId(Reply):
    id: str


class Opportunity(Reply):
    """One direction of a pair at its quantity; amounts in quote units, `slippage` against the best prices."""

    pair_id: str
    direction: str
    qty: AmountOut
    gross: AmountOut
    fees: AmountOut
    slippage: AmountOut | None = None
    net: AmountOut
    net_percent: AmountOut


class SpreadSample(Reply):
    """Net percent if bought on leg 1, and if bought on leg 2; null while a book was not usable."""

    ts: int
    leg1_buy: AmountOut | None
    leg2_buy: AmountOut | None


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
    side: Side
    filled_qty: AmountOut
    avg_price: AmountOut | None
    fees: list[Fee]


class TimelineEntry(Reply):
    ts: int
    event: str


class Plan(Reply):
    plan_id: str
    pair_id: str
    state: PlanState
    direction: str
    qty: AmountOut
    legs: list[PlanLeg]
    residual: AmountOut
    pnl: AmountOut | None
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
    qty: AmountOut
    filled_qty: AmountOut


class Placed(Reply):
    """`state` as it was sent; follow the order for its fate."""

    order_id: str
    state: str


class OrderPage(Reply):
    items: list[Order]
    next_cursor: str | None


class Trade(Reply):
    trade_id: str
    order_id: str
    exchange: str
    symbol: str
    side: Side
    price: AmountOut
    qty: AmountOut
    fee: AmountOut
    fee_asset: str
    ts: int


class TradePage(Reply):
    items: list[Trade]
    next_cursor: str | None


class Position(Reply):
    exchange: str
    account: str
    symbol: str


class Performance(Reply):
    """PnL, fees, win rate, drawdown; by venue, strategy, day."""


class Balance(Reply):
    exchange: str
    account: str
    asset: str
    free: AmountOut
    locked: AmountOut
    total: AmountOut


class Account(Reply):
    balances: list[Balance]
    positions: list[Position]
    public_only: bool
    simulated: bool


class Limit(Reply):
    name: str
    unit: str
    scope: str
    id: str
    value: AmountOut | None


class RiskMetrics(Reply):
    """Exposure now against each limit, breaker and latch states."""


class RateLimit(Reply):
    used: int | None
    limit: int | None


class ExchangeStatus(Reply):
    name: str
    connected: bool
    public_only: bool
    simulated: bool
    latency_ms: AmountOut | None
    status: str
    rate_limit: RateLimit
    clock_offset_ms: AmountOut | None


class KeyPresence(Reply):
    connected: bool
    has_key: bool


class HealthReply(Reply):
    status: Literal["healthy", "degraded", "unhealthy"]
    ts: int
    components: dict[str, object]


class SystemStatus(Reply):
    version: str
    mode: Literal["LIVE", "PAPER", "SIM"]
    db_latency_ms: float | None = Field(alias="dbLatencyMs")
