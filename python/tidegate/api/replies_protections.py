"""Answers of the protections' routes."""

from typing import Literal

from tidegate.api.fields import AmountOut, Product
from tidegate.api.replies import Reply, Side
from tidegate.api.replies_trading import Fee, TimelineEntry

ProtectionState = Literal["waiting", "armed", "triggered", "closed", "cancelled", "removed", "reported"]


class Protection(Reply):
    """`side`: of the orders that close. `stopNow`: the tighter of stop loss and trail as it stands.

    `venueStop`: where the venue's own stop stands behind it, once the venue has confirmed it.
    `held`: what it would close now; `triggerPrice`: the bid (of a long position) or ask that set it off.
    """

    protection_id: str
    account: str
    exchange: str
    symbol: str
    type: Product
    side: Side
    state: ProtectionState
    reason: str | None
    stop_loss: AmountOut | None
    take_profit: AmountOut | None
    trailing_pct: AmountOut | None
    venue_stop_pct: AmountOut | None = None
    venue_stop: AmountOut | None = None
    trigger_by: Literal["bidAsk"]
    stop_now: AmountOut | None
    best_seen: AmountOut | None
    qty: AmountOut | None
    held: AmountOut
    entry_order_id: str | None
    cause: Literal["stopLoss", "takeProfit", "trailing"] | None
    trigger_price: AmountOut | None
    closed_qty: AmountOut
    avg_price: AmountOut | None
    orders: list[str]
    fees: list[Fee]
    created_ts: int
    triggered_ts: int | None
    ended_ts: int | None
    timeline: list[TimelineEntry]


class ProtectionPage(Reply):
    items: list[Protection]
    next_cursor: str | None


class ProtectionId(Reply):
    protection_id: str
    state: ProtectionState
