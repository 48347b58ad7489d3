"""What fills outside arbitrage plans brought: of TWAPs, single orders, protections and orders of others. Pure.

A plan is judged as a whole (`results`); what trades beside plans is judged fill by fill: what opens costs its fee, what
closes realises the difference to the average cost of what these fills hold of the instrument, as the core's ledger
does (`core-rs/src/calc/basis.rs`). Each fill is in exactly one of the two, so that their sum counts nothing twice.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final
from zoneinfo import ZoneInfo

EVER: Final = ""
"""In place of a day: the sum of all days."""
PLANNED: Final = "arbitrage"
STRATEGIES: Final = {"plan": PLANNED, "twap": "twap", "protect": "protection"}
"""By what the id of the fill's plan begins with."""
_DECIMALS: Final = Decimal(1).scaleb(-18)
_EXACT: Final = Context(prec=80, rounding=ROUND_HALF_EVEN)

Key = tuple[str, str, str]
"""Day (ISO, or EVER), strategy, venue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One row of the table of fills; `value` of its fee in quote units."""

    ts: int
    book: str
    exchange: str
    strategy: str
    side: str
    qty: Decimal
    notional: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Book:
    """What is held of one instrument (short: below zero), and what was paid for it in quote units."""

    qty: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)

    def after(self, side: str, qty: Decimal, notional: Decimal) -> tuple["Book", Decimal]:
        """The book after a trade, and the profit that it realises; fees apart."""
        signed, paid = (qty, notional) if side == "buy" else (-qty, -notional)
        held = abs(self.qty)
        if self.qty == 0 or (self.qty > 0) == (signed > 0):
            return Book(_EXACT.add(self.qty, signed), _EXACT.add(self.cost, paid)), Decimal(0)
        if qty <= held:
            closed = self.cost if qty == held else _share(self.cost, qty, held)
            rest = Book(_EXACT.add(self.qty, signed), _EXACT.subtract(self.cost, closed))
            return rest, -_EXACT.add(paid, closed)
        # Through zero: one part closes what is held, the exact rest opens the other way.
        closing = _share(notional, held, qty)
        flat, realised = self.after(side, held, closing)
        return flat.after(side, _EXACT.subtract(qty, held), _EXACT.subtract(notional, closing))[0], realised


@dataclass(frozen=True, slots=True)
class Gain:
    """Quote units; `pnl` is net of `fees`."""

    pnl: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    turnover: Decimal = Decimal(0)

    def plus(self, other: "Gain") -> "Gain":
        """The sum of both."""
        return Gain(
            _EXACT.add(self.pnl, other.pnl),
            _EXACT.add(self.fees, other.fees),
            _EXACT.add(self.turnover, other.turnover),
        )


def strategy_of(plan_id: object, order_id: object) -> str:
    """What traded: `arbitrage`, `twap`, `protection`, `order` (by hand), or `external`: not an order of ours."""
    if plan_id is None:
        return "external" if order_id is None else "order"
    return STRATEGIES.get(str(plan_id).partition("_")[0], "order")


def fill_of(row: Mapping[str, object]) -> Fill:
    """A row of the table of fills, by its columns."""
    price, qty = Decimal(str(row["price"])), Decimal(str(row["qty"]))
    return Fill(
        ts=int(str(row["ts"])),
        book=":".join(str(row[name]) for name in ("exchange", "account", "product", "symbol")),
        exchange=str(row["exchange"]),
        strategy=strategy_of(row["plan_id"], row["order_id"]),
        side=str(row["side"]),
        qty=qty,
        notional=_EXACT.multiply(price, qty),
        value=_fee_value(row, price),
    )


def booked(fills: Iterable[Fill], books: Mapping[str, Book], zone: ZoneInfo) -> tuple[dict[Key, Gain], dict[str, Book]]:
    """What new fills, oldest first, add to the sums, and the books after them."""
    gained: dict[Key, Gain] = {}
    held = dict(books)
    for fill in fills:
        held[fill.book], realised = held.get(fill.book, Book()).after(fill.side, fill.qty, fill.notional)
        gain = Gain(_EXACT.subtract(realised, fill.value), fill.value, fill.notional)
        day = datetime.fromtimestamp(fill.ts / 1000, UTC).astimezone(zone).date().isoformat()
        for key in ((day, fill.strategy, fill.exchange), (EVER, fill.strategy, fill.exchange)):
            gained[key] = gained.get(key, Gain()).plus(gain)
    return gained, held


def _fee_value(row: Mapping[str, object], price: Decimal) -> Decimal:
    """As the core values it: in the quote asset itself, in the base asset at the fill's own price, else not at all.

    A row does not name its assets, but its symbol begins with the base and ends with the quote asset at every venue.
    """
    if row["fee"] is None or row["fee_asset"] is None:
        return Decimal(0)
    fee, asset = Decimal(str(row["fee"])), str(row["fee_asset"])
    symbol = re.sub(r"-SWAP$|[^A-Z0-9]", "", str(row["symbol"]))
    if symbol.endswith(asset):
        return fee
    return _rounded(_EXACT.multiply(price, fee)) if symbol.startswith(asset) else Decimal(0)


def _share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    return _rounded(_EXACT.divide(_EXACT.multiply(amount, part), whole))


def _rounded(value: Decimal) -> Decimal:
    """To the core's decimals; what has fewer keeps its digits."""
    rounded = value.quantize(_DECIMALS, context=_EXACT)
    return value if value == rounded else rounded
