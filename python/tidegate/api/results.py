"""What plans and other orders brought, summed by day, venue and strategy. Pure but for the reading."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import Final

from tidegate.api.jsontext import dumps, load_object
from tidegate.api.services import Services
from tidegate.model.views import ViewName
from tidegate.ports.read import PlanResult

DAYS: Final = 31
"""How far back the sums go, today included."""
PLANNED: Final = "arbitrage"
"""What trades pairs, by plans that count as a whole."""
_EXACT: Final = Context(prec=80)


async def performance(services: Services) -> bytes:
    """Totals since the journal began, with the last days' sums beside them."""
    # The engine's are of arbitrage plans; what else traded stands in the tables.
    totals = load_object(await services.engine.query(ViewName.PERFORMANCE))
    beside = await services.history.beside_plans()
    whole = {name: _plus(totals[name], getattr(beside, name)) for name in ("pnl", "fees", "turnover")}
    today = datetime.fromtimestamp(services.now_ms / 1000, UTC)
    # A day earlier than asked for: the trading day of a zone east or west of UTC may have another date.
    rows = await services.history.results((today - timedelta(days=DAYS)).date().isoformat())
    return dumps({**totals, **whole, **split(rows)})


def split(rows: Iterable[PlanResult]) -> dict[str, object]:
    """The three sums; venues by what was traded at them, days and strategies by whole plans and by other fills."""
    known = tuple(rows)
    whole = [row for row in known if row.exchange == "" or row.strategy != PLANNED]
    venues = [row for row in known if row.exchange != ""]
    return {
        "byDay": _summed(whole, lambda row: {"day": row.day}),
        "byStrategy": _summed(whole, lambda row: {"strategy": row.strategy, "pairId": row.pair_id}),
        "byVenue": _summed(venues, lambda row: {"exchange": row.exchange}),
    }


def _plus(total: object, more: Decimal) -> Decimal:
    return _EXACT.add(Decimal(str(total)), more)


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
