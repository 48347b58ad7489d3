"""Events and the topics they travel on.

A topic is what a subscriber names (`orders`, `pairs:ID`, `prices:EXCHANGE:TYPE:SYMBOL`). Order events may never be
lost silently; price events may be replaced by newer ones.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class EventName(StrEnum):
    PRICE_UPDATE = "price_update"
    OPPORTUNITY = "opportunity"
    ORDER_SUBMITTED = "order_submitted"
    ORDER_FILLED = "order_filled"
    ORDER_FAILED = "order_failed"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_RETRY = "order_retry"
    PROTECTION_UPDATE = "protection_update"
    TWAP_PROGRESS = "twap_progress"
    ENGINE_ALERT = "engine_alert"
    BREAKER_OPEN = "breaker_open"
    BREAKER_CLOSED = "breaker_closed"
    PLAN_UPDATE = "plan_update"
    BALANCE_UPDATE = "balance_update"
    EXCHANGE_STATUS = "exchange_status"


class TopicKind(StrEnum):
    """First part of a topic."""

    PRICES = "prices"
    PAIRS = "pairs"
    ORDERS = "orders"
    TWAP = "twap"
    PLANS = "plans"
    BALANCES = "balances"
    STATUS = "status"
    ALERTS = "alerts"


CONFLATED: Final[Mapping[TopicKind, bool]] = {
    TopicKind.PRICES: True,
    TopicKind.PAIRS: True,
    TopicKind.ORDERS: False,
    TopicKind.TWAP: False,
    TopicKind.PLANS: False,
    TopicKind.BALANCES: True,
    TopicKind.STATUS: True,
    TopicKind.ALERTS: False,
}
"""True: only the newest event of a topic matters to a slow reader. False: losing one must be visible."""


def kind_of(topic: str) -> TopicKind:
    """`prices:binance:spot:BTCUSDT` -> PRICES. Raises ValueError for an unknown kind."""
    return TopicKind(topic.partition(":")[0])
