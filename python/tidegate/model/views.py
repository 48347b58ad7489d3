"""The engine's queries by name; each answers JSON bytes in the shapes of the outer contract."""

from enum import StrEnum


class ViewName(StrEnum):
    BOOK = "book"
    INSTRUMENTS = "instruments"
    PAIRS = "pairs"
    OPPORTUNITIES = "opportunities"
    PLANS = "plans"
    PLAN = "plan"
    TWAP_PLANS = "twap_plans"
    TWAP = "twap"
    TWAP_STATUS = "twap_status"
    PROTECTION = "protection"
    OPEN_ORDERS = "open_orders"
    POSITIONS = "positions"
    BALANCES = "balances"
    LIMITS = "limits"
    RISK_METRICS = "risk_metrics"
    PERFORMANCE = "performance"
    LINKS = "links"
    HEALTH = "health"
    EXCHANGES = "exchanges"
    SPREADS = "spreads"
