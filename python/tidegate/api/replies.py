"""The shapes of `data`, route by route: what the OpenAPI document and the web types are generated from.

Answers are the engine's own bytes and do not pass through these models at run time; the tests hold them to it.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from tidegate.api.fields import AmountOut, Direction, Product

Side = Literal["buy", "sell"]
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
    totp: bool
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
    version: int
    used_amount: AmountOut


class Instrument(Reply):
    """Steps and minima in price and base units, fees as fractions (0.001 is 10 bps)."""

    exchange: str
    symbol: str
    type: Product
    base: str
    quote: str
    price_step: AmountOut
    qty_step: AmountOut
    qty_min: AmountOut
    qty_max: AmountOut
    notional_min: AmountOut
    fee_maker: AmountOut
    fee_taker: AmountOut
    trading: bool


class PairId(Reply):
    id: str


class EdgeLeg(Reply):
    """`price`: average of the walk at the quantity; `worst`: its last level; `leg`: 1 or 2 of the pair."""

    exchange: str
    symbol: str
    type: Product
    price: AmountOut
    worst: AmountOut
    leg: int


class Signal(Reply):
    """`id`: the same while the same edge stays open."""

    id: str
    strategy: str
    pair_id: str
    direction: str
    qty: AmountOut
    net_percent: AmountOut
    buy: EdgeLeg
    sell: EdgeLeg
    ts: int
    simulated: bool


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
    buy: EdgeLeg
    sell: EdgeLeg
    open: bool
    book_ages_ms: list[int]
    ts: int


class SpreadSample(Reply):
    """Net percent if bought on leg 1, and if bought on leg 2; null while a book was not usable."""

    ts: int
    leg1_buy: AmountOut | None
    leg2_buy: AmountOut | None


class Alert(Reply):
    """An engine_alert, or a breaker that opened or closed: then `scope` and `reason` say which and why."""

    id: str
    event: str
    severity: str
    ts: int
    code: str | None = None
    message: str | None = None
    pair_id: str | None = None
    plan_id: str | None = None
    scope: str | None = None
    reason: str | None = None


class AlertPage(Reply):
    items: list[Alert]
    next_cursor: str | None


class Balance(Reply):
    exchange: str
    account: str
    wallet: str
    asset: str
    free: AmountOut
    locked: AmountOut
    total: AmountOut


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
    bridged: bool
    bridged_to: str | None
    books: int | None = None
    books_synced: int | None = None
    banned_ms: int | None = None


class HealthReply(Reply):
    status: Literal["healthy", "degraded", "unhealthy"]
    ts: int
    components: dict[str, object]


class Hop(Reply):
    """Latency of one hop since the start, microseconds."""

    count: int
    p50_us: float = Field(alias="p50Us")
    p95_us: float = Field(alias="p95Us")
    p99_us: float = Field(alias="p99Us")
    max_us: float = Field(alias="maxUs")


class SystemStatus(Reply):
    version: str
    mode: Literal["LIVE", "PAPER", "SIM"]
    uptime_s: float
    hops: dict[str, Hop]
    queues: dict[str, int]
    journal_seq: int
    db_latency_ms: float | None = Field(alias="dbLatencyMs")


class ReloadReply(Reply):
    """Keys that differ from what the process ran with. `restartNeeded`: key -> why it does not count yet."""

    applied: list[str]
    restart_needed: dict[str, str]
