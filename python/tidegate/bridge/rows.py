"""Rows of the wire, from ccxt's unified structures. Pure; raises RefusalError for what can not be understood."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from tidegate.bridge.markets import Market
from tidegate.bridge.refusals import RefusalError, Word
from tidegate.bridge.shapes import (
    Object,
    as_list,
    as_object,
    decimal,
    millis,
    number,
    plain,
    text,
    text_or_empty,
)

Row = dict[str, str]
LEVELS_MAX: Final = 50
"""Of each side of a book."""
ID_MAX: Final = 40
"""Characters of an order's or a trade's id."""
ASSETS_MAX: Final = 2000
_ENDED: Final[Mapping[str, str]] = {"canceled": "cancelled", "expired": "expired", "rejected": "rejected"}


def order_row(order: Object, market: Market, client: str, now_ms: int) -> Row:
    """client: our id, empty for an order of somebody else."""
    filled, qty = decimal(order.get("filled")), number(order, "amount")
    if filled is None:
        raise RefusalError(Word.OUTCOME_UNKNOWN, "the exchange does not say how much is filled")
    px = decimal(order.get("price"))
    return {
        "symbol": market.symbol,
        "orderId": id_of(order, "id"),
        "clientId": client,
        "side": side_of(order),
        "state": _state(text_or_empty(order, "status"), filled, qty),
        "qty": plain(qty),
        "filled": plain(filled),
        "px": "" if px is None else plain(px),
        "ts": str(_time(order, now_ms)),
    }


def _state(status: str, filled: Decimal, qty: Decimal) -> str:
    """`closed` says only that it ended. A state that is not known proves nothing."""
    match status:
        case "open" | "canceling":
            return "partial" if filled > 0 else "open"
        case "closed":
            return "filled" if filled >= qty else "cancelled"
        case "canceled" | "expired" | "rejected":
            return _ENDED[status]
    raise RefusalError(Word.OUTCOME_UNKNOWN, f"the exchange calls an order {status[:20]!r}")


def ended(row: Row) -> bool:
    return row["state"] not in {"open", "partial"}


def fill_row(trade: Object, market: Market, client: str) -> Row:
    """A fill without its number. Where the exchange names no fee it is 0: the balance will tell."""
    fee = as_object(trade.get("fee") or {}, "fee")
    cost = decimal(fee.get("cost"))
    time = millis(trade, "timestamp")
    if time is None:
        raise RefusalError(Word.OUTCOME_UNKNOWN, "a trade without a time")
    return {
        "symbol": market.symbol,
        "tradeId": id_of(trade, "id"),
        "orderId": id_of(trade, "order"),
        "clientId": client,
        "side": side_of(trade),
        "px": plain(number(trade, "price")),
        "qty": plain(number(trade, "amount")),
        "fee": "0" if cost is None else plain(cost),
        "feeAsset": text_or_empty(fee, "currency").upper() or market.quote if cost is not None else market.quote,
        "role": "maker" if trade.get("takerOrMaker") == "maker" else "taker",
        "ts": str(time),
    }


def balance_rows(balance: Object, now_ms: int) -> list[Row]:
    """Assets of which there is something, or was: zero is said too."""
    totals = as_object(balance.get("total") or {}, "total")
    free, used = (as_object(balance.get(name) or {}, name) for name in ("free", "used"))
    rows = []
    for asset in list(totals)[:ASSETS_MAX]:
        total, idle, locked = (decimal(side.get(asset)) for side in (totals, free, used))
        if total is None:
            continue
        locked = locked if locked is not None else total - idle if idle is not None else Decimal(0)
        rows.append({"asset": asset.upper(), "free": plain(total - locked), "locked": plain(locked), "ts": str(now_ms)})
    return rows


def book_row(book: Object, market: Market, seq: int, now_ms: int) -> dict[str, object]:
    """The whole book, as far as it is shown. Levels that hold no whole lot are none."""
    return {
        "bids": list(_levels(book, "bids", market)),
        "asks": list(_levels(book, "asks", market)),
        "ts": str(_time(book, now_ms)),
        "seqId": seq,
        "prevSeqId": 0,
    }


def _levels(book: Object, side: str, market: Market) -> Iterator[tuple[str, str]]:
    count = 0
    for level in as_list(book.get(side), side):
        pair = as_list(level, side)
        px, qty = (decimal(value) for value in (*pair[:2], None, None)[:2])
        if px is None or qty is None or px <= 0 or qty < 0:
            raise RefusalError(Word.OUTCOME_UNKNOWN, f"a level of {side} is not two numbers")
        lots = market.whole_lots(qty)
        if lots > 0:
            yield plain(market.near_tick(px)), plain(lots)
            count += 1
        if count == LEVELS_MAX:
            return


def trade_row(trade: Object, market: Market) -> Row | None:
    """A public trade; None for one that does not say everything."""
    px, qty, time = decimal(trade.get("price")), decimal(trade.get("amount")), millis(trade, "timestamp")
    if px is None or qty is None or time is None or trade.get("side") not in {"buy", "sell"}:
        return None
    lots = market.whole_lots(qty)
    shown = {"px": plain(market.near_tick(px)), "qty": plain(lots), "side": str(trade["side"]), "ts": str(time)}
    return shown if lots > 0 else None


def side_of(record: Object) -> str:
    side = text(record, "side")
    if side not in {"buy", "sell"}:
        raise RefusalError(Word.OUTCOME_UNKNOWN, "neither buy nor sell")
    return side


def id_of(record: Object, name: str) -> str:
    """An id that the trading process can hold. Raises RefusalError."""
    found = text(record, name)
    if len(found) > ID_MAX or not found.isascii() or not found.isprintable() or " " in found:
        raise RefusalError(Word.OUTCOME_UNKNOWN, f"{name} is no id of up to {ID_MAX} characters")
    return found


def _time(record: Object, now_ms: int) -> int:
    found = [millis(record, name) for name in ("lastUpdateTimestamp", "timestamp")]
    return next((time for time in found if time), now_ms)
