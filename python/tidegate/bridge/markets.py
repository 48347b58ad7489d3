"""The exchange's spot markets as instruments: names that fit a URL, steps as exact decimal text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Final

from tidegate.bridge.refusals import RefusalError, Word
from tidegate.bridge.shapes import Object, as_object, decimal, plain, text

DECIMAL_PLACES: Final = 2
SIGNIFICANT_DIGITS: Final = 3
TICK_SIZE: Final = 4
"""ccxt's precision modes (base/decimal_to_precision.py)."""
MARKETS_MAX: Final = 20_000
DECIMALS_MAX: Final = 18
_NAME: Final = re.compile(r"[A-Z0-9]{1,11}")
_QTY_MAX: Final = Decimal(1_000_000_000)
"""Where the exchange names no largest order."""
_FEE: Final = Decimal("0.005")
"""Where it names no fee: more than any takes."""


@dataclass(frozen=True, slots=True)
class Market:
    """One spot market. `unified` is ccxt's name; amounts are in base coin, fees fractions."""

    symbol: str
    unified: str
    base: str
    quote: str
    tick: Decimal
    lot: Decimal
    qty_min: Decimal
    qty_max: Decimal
    notional_min: Decimal
    fee_maker: Decimal
    fee_taker: Decimal
    active: bool

    def row(self) -> dict[str, str]:
        """As `GET /v1/instruments` shows it."""
        return {
            "symbol": self.symbol,
            "base": self.base,
            "quote": self.quote,
            "tick": plain(self.tick),
            "lot": plain(self.lot),
            "qtyMin": plain(self.qty_min),
            "qtyMax": plain(self.qty_max),
            "notionalMin": plain(self.notional_min),
            "feeMaker": plain(self.fee_maker),
            "feeTaker": plain(self.fee_taker),
            "status": "trading" if self.active else "halted",
        }

    def near_tick(self, px: Decimal) -> Decimal:
        """A price of a book as it was before it became a float."""
        return (px / self.tick).quantize(Decimal(1), ROUND_HALF_EVEN) * self.tick

    def whole_lots(self, qty: Decimal) -> Decimal:
        """A quantity of a book, never more than what stands there."""
        return (qty / self.lot).quantize(Decimal(1), ROUND_FLOOR) * self.lot

    def check(self, qty: Decimal, px: Decimal | None) -> None:
        """ccxt would cut what does not fit the steps, and send another order. Raises RefusalError."""
        if qty <= 0 or qty % self.lot:
            raise RefusalError(Word.FILTER, f"{plain(qty)} is no multiple of {plain(self.lot)}")
        if px is not None and (px <= 0 or px % self.tick):
            raise RefusalError(Word.FILTER, f"{plain(px)} is no multiple of {plain(self.tick)}")


class Markets:
    """All of them, by our name and by ccxt's."""

    def __init__(self, found: Mapping[str, object], mode: int) -> None:
        read = list(_markets(found, mode))[:MARKETS_MAX]
        self.by_symbol: Final = {market.symbol: market for market in read}
        self.by_unified: Final = {market.unified: market for market in read}

    def named(self, symbol: str) -> Market:
        """Raises RefusalError."""
        market = self.by_symbol.get(symbol)
        if market is None:
            raise RefusalError(Word.UNKNOWN_SYMBOL, "the exchange lists no such spot market")
        return market


def _markets(found: Mapping[str, object], mode: int) -> Iterator[Market]:
    """What is no spot market, has no steps or a name that does not fit is left out: it can not be traded safely."""
    for value in found.values():
        record = as_object(value, "market")
        if record.get("spot") is True:
            market = market_of(record, mode)
            if market is not None:
                yield market


def market_of(record: Object, mode: int) -> Market | None:
    """One market of `load_markets`; None for one that is left out."""
    base, quote = text(record, "base").upper(), text(record, "quote").upper()
    precision, limits = (as_object(record.get(name) or {}, name) for name in ("precision", "limits"))
    tick, lot = step_of(precision.get("price"), mode), step_of(precision.get("amount"), mode)
    if tick is None or lot is None or not (_NAME.fullmatch(base) and _NAME.fullmatch(quote)):
        return None
    smallest, largest = _limits(limits, "amount")
    return Market(
        symbol=f"{base}-{quote}",
        unified=text(record, "symbol"),
        base=base,
        quote=quote,
        tick=tick,
        lot=lot,
        qty_min=max(smallest or lot, lot),
        qty_max=largest or _QTY_MAX,
        notional_min=_limits(limits, "cost")[0] or Decimal(0),
        fee_maker=_fee(record, "maker"),
        fee_taker=_fee(record, "taker"),
        active=record.get("active") is not False,
    )


def step_of(value: object, mode: int) -> Decimal | None:
    """The step that a precision means. None where it is none: significant digits make a step of no fixed size."""
    given = decimal(value)
    if given is None or mode == SIGNIFICANT_DIGITS:
        return None
    if mode == DECIMAL_PLACES:
        if given != given.to_integral_value() or not -DECIMALS_MAX <= given <= DECIMALS_MAX:
            return None
        return Decimal(1).scaleb(-int(given))
    exponent = given.normalize().as_tuple().exponent
    fits = given > 0 and isinstance(exponent, int) and -DECIMALS_MAX <= exponent <= DECIMALS_MAX
    return given.normalize() if mode == TICK_SIZE and fits else None


def _limits(limits: Object, name: str) -> tuple[Decimal | None, Decimal | None]:
    """Smallest and largest; None for what is not said, or not above zero."""
    both = as_object(limits.get(name) or {}, name)
    smallest, largest = (decimal(both.get(side)) for side in ("min", "max"))
    return (smallest if smallest and smallest > 0 else None, largest if largest and largest > 0 else None)


def _fee(record: Object, name: str) -> Decimal:
    found = decimal(record.get(name))
    return found if found is not None and -1 < found < 1 else _FEE
