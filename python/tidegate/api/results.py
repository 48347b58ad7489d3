"""What plans brought, summed by day, venue and strategy. Pure but for the reading."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import Final

from tidegate.api.jsontext import dumps
from tidegate.api.services import Services
from tidegate.model.views import ViewName
from tidegate.ports.read import PlanResult

DAYS: Final = 31
"""How far back the sums go, today included."""
STRATEGY: Final = "arbitrage"
"""What trades pairs; others come with strategies of one's own."""
_EXACT: Final = Context(prec=80)


async def performance(services: Services) -> bytes:
    """The engine's totals since the journal began, with the last days' sums beside them."""
    totals = await services.engine.query(ViewName.PERFORMANCE)
    today = datetime.fromtimestamp(services.now_ms / 1000, UTC)
    # A day earlier than asked for: the trading day of a zone east or west of UTC may have another date.
    rows = await services.history.results((today - timedelta(days=DAYS)).date().isoformat())
    return totals.rstrip()[:-1] + b"," + dumps(split(rows))[1:]


def split(rows: Iterable[PlanResult]) -> dict[str, object]:
    """The three sums; venues by what was traded at them, days and strategies by whole plans."""
    known = tuple(rows)
    whole = [row for row in known if row.exchange == ""]
    venues = [row for row in known if row.exchange != ""]
    return {
        "byDay": _summed(whole, lambda row: {"day": row.day}),
        "byStrategy": _summed(whole, lambda row: {"strategy": STRATEGY, "pairId": row.pair_id}),
        "byVenue": _summed(venues, lambda row: {"exchange": row.exchange}),
    }


def _summed(rows: Iterable[PlanResult], group: Callable[[PlanResult], Mapping[str, str]]) -> list[dict[str, object]]:
    sums: dict[tuple[str, ...], dict[str, object]] = {}
    for row in rows:
        names = group(row)
        before = sums.setdefault(tuple(names.values()), dict(names))
        for field in ("pnl", "fees", "turnover"):
            held = before.get(field, Decimal(0))
            before[field] = _EXACT.add(held if isinstance(held, Decimal) else Decimal(0), Decimal(getattr(row, field)))
        for field in ("plans", "wins"):
            held = before.get(field, 0)
            before[field] = (held if isinstance(held, int) else 0) + getattr(row, field)
    return list(sums.values())
