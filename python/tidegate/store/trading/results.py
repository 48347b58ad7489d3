"""What ended plans brought, by day, pair and venue: what a plan's document adds to the totals. Pure.

A plan that changes after its end (a late fill, one that goes on) takes back what it had added and adds anew, so that
totals follow documents however often these are given. A venue has what its leg holds at the end: what unwinding cost
stands in the plan as a whole, as a leg's document only tells what is left.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Final
from zoneinfo import ZoneInfo

WHOLE: Final = ""
"""In place of a venue: the plan as a whole, whose profit is the engine's own figure."""
_DECIMALS: Final = Decimal(1).scaleb(-18)
_EXACT: Final = Context(prec=80)

Key = tuple[str, str, str]
"""Day (ISO), pair, venue."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Quote units; `plans` that ended, `wins` among them with a profit."""

    pnl: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    turnover: Decimal = Decimal(0)
    plans: int = 0
    wins: int = 0

    def plus(self, other: "Totals", sign: int = 1) -> "Totals":
        """The sum, or with sign -1 the difference."""
        return Totals(
            _EXACT.add(self.pnl, sign * other.pnl),
            _EXACT.add(self.fees, sign * other.fees),
            _EXACT.add(self.turnover, sign * other.turnover),
            self.plans + sign * other.plans,
            self.wins + sign * other.wins,
        )

    @property
    def is_nothing(self) -> bool:
        """Whether it changes anything."""
        return all(not getattr(self, one.name) for one in fields(self))


def added(document: Mapping[str, object] | None, zone: ZoneInfo) -> dict[Key, Totals]:
    """What one plan adds; nothing before its end."""
    if document is None or document.get("endedTs") is None:
        return {}
    ended = datetime.fromtimestamp(int(str(document["endedTs"])) / 1000, UTC)
    day, pair = ended.astimezone(zone).date().isoformat(), str(document["pairId"])
    pnl = _decimal(document.get("pnl"))
    whole = Totals(pnl=pnl, plans=1, wins=int(pnl > 0))
    found: dict[Key, Totals] = {}
    for leg in _objects(document.get("legs")):
        part = _leg(leg)
        whole = replace(
            whole, fees=_EXACT.add(whole.fees, part.fees), turnover=_EXACT.add(whole.turnover, part.turnover)
        )
        key = (day, pair, str(leg["exchange"]))
        # Both legs may be at one venue, which then has the plan once.
        before = found.get(key)
        found[key] = part if before is None else replace(before.plus(part), plans=1)
    found[day, pair, WHOLE] = whole
    return found


def changes(before: Iterable[dict[Key, Totals]], after: Iterable[dict[Key, Totals]]) -> dict[Key, Totals]:
    """What the totals gain when plans' documents take the place of older ones."""
    gained: dict[Key, Totals] = {}
    for sign, plans in ((-1, before), (1, after)):
        for plan in plans:
            for key, totals in plan.items():
                gained[key] = gained.get(key, Totals()).plus(totals, sign)
    return {key: totals for key, totals in gained.items() if not totals.is_nothing}


def _leg(leg: Mapping[str, object]) -> Totals:
    worth = _EXACT.multiply(_decimal(leg.get("filledQty")), _decimal(leg.get("avgPrice")))
    # The average is rounded to 18 decimals, so its product is meant no finer.
    worth = worth.quantize(_DECIMALS, context=_EXACT)
    fees = Decimal(0)
    for fee in _objects(leg.get("fees")):
        fees = _EXACT.add(fees, _decimal(fee.get("quoteValue")))
    flow = worth if leg.get("side") == "sell" else -worth
    return Totals(pnl=_EXACT.subtract(flow, fees), fees=fees, turnover=worth, plans=1)


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _decimal(value: object) -> Decimal:
    return Decimal(0) if value is None else Decimal(str(value))
