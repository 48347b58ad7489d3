"""What ended plans brought, by day, pair and venue: what a plan's document adds to the totals. Pure.

A plan that changes after its end (a late fill, one that goes on) takes back what it had added and adds anew, so that
totals follow documents however often these are given. A venue has what the plan's fills there sold less what they
bought, unwinding included; fees are those of the plan's legs, which the core has valued.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Final
from zoneinfo import ZoneInfo

WHOLE: Final = ""
"""In place of a venue: the plan as a whole, whose profit is the engine's own figure."""
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


@dataclass(frozen=True, slots=True)
class Traded:
    """A fill of a plan; `notional` in quote units."""

    exchange: str
    side: str
    notional: Decimal

    @classmethod
    def of(cls, row: Mapping[str, object]) -> "Traded":
        """Of a row of the table of fills, by its columns."""
        notional = _EXACT.multiply(_decimal(row["price"]), _decimal(row["qty"]))
        return cls(str(row["exchange"]), str(row["side"]), notional)


def has_ended(document: Mapping[str, object]) -> bool:
    """Whether a plan's document counts."""
    return document.get("endedTs") is not None


def added(document: Mapping[str, object], fills: Iterable[Traded], zone: ZoneInfo) -> dict[Key, Totals]:
    """What one plan adds with its fills so far; nothing before its end."""
    if not has_ended(document):
        return {}
    ended = datetime.fromtimestamp(int(str(document["endedTs"])) / 1000, UTC)
    day, pair = ended.astimezone(zone).date().isoformat(), str(document["pairId"])
    venues: dict[str, Totals] = {}
    for leg in _objects(document.get("legs")):
        # Both legs may be at one venue, which then has the plan once.
        venue, fees = str(leg["exchange"]), _fees(leg)
        venues[venue] = replace(venues.get(venue, Totals()).plus(Totals(pnl=-fees, fees=fees)), plans=1)
    for fill in fills:
        flow = fill.notional if fill.side == "sell" else -fill.notional
        part = Totals(pnl=flow, turnover=fill.notional)
        venues[fill.exchange] = venues.get(fill.exchange, Totals(plans=1)).plus(part)
    whole = Totals()
    for totals in venues.values():
        whole = whole.plus(totals)
    pnl = _decimal(document.get("pnl"))
    whole = replace(whole, pnl=pnl, plans=1, wins=int(pnl > 0))
    return {(day, pair, venue): totals for venue, totals in (*venues.items(), (WHOLE, whole))}


def changes(before: Iterable[dict[Key, Totals]], after: Iterable[dict[Key, Totals]]) -> dict[Key, Totals]:
    """What the totals gain when plans' documents take the place of older ones."""
    gained: dict[Key, Totals] = {}
    for sign, plans in ((-1, before), (1, after)):
        for plan in plans:
            for key, totals in plan.items():
                gained[key] = gained.get(key, Totals()).plus(totals, sign)
    return {key: totals for key, totals in gained.items() if not totals.is_nothing}


def _fees(leg: Mapping[str, object]) -> Decimal:
    fees = Decimal(0)
    for fee in _objects(leg.get("fees")):
        fees = _EXACT.add(fees, _decimal(fee.get("quoteValue")))
    return fees


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _decimal(value: object) -> Decimal:
    return Decimal(0) if value is None else Decimal(str(value))
