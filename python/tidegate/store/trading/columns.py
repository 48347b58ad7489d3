"""Which plain columns are lifted out of an engine document, by table: one row per column, nothing else to edit.

Documents are read with exact decimals; no amount passes through a float.
"""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from sqlalchemy import Table

from tidegate.ports.store import Row, StoreError
from tidegate.store.trading import tables

Lifted = dict[str, object]
Convert = Callable[[object], object]


def _text(value: object) -> object:
    return None if value is None else str(value)


def _decimal(value: object) -> object:
    return None if value is None else Decimal(str(value))


def _number(value: object) -> object:
    return None if value is None else int(str(value))


def _flag(value: object) -> object:
    return value is True


def _side(value: object) -> object:
    if value not in {"buy", "sell"}:
        raise ValueError(f"{value!r} is no side")
    return value


_TRADED: Final[tuple[tuple[str, str, Convert], ...]] = (
    ("account", "account", _text),
    ("exchange", "exchange", _text),
    ("symbol", "symbol", _text),
    ("product", "type", _text),
    ("simulated", "simulated", _flag),
)

COLUMNS: Final[Mapping[str, tuple[Table, tuple[tuple[str, str, Convert], ...]]]] = {
    "orders": (
        tables.orders,
        (
            *_TRADED,
            ("client_order_id", "clientOrderId", _text),
            ("side", "side", _side),
            ("order_type", "orderType", _text),
            ("time_in_force", "timeInForce", _text),
            ("qty", "qty", _decimal),
            ("price", "price", _decimal),
            ("filled_qty", "filledQty", _decimal),
            ("avg_price", "avgPrice", _decimal),
            ("state", "state", _text),
            ("plan_id", "planId", _text),
            ("leg", "leg", _text),
            ("venue_order_id", "venueOrderId", _text),
            ("reason", "reason", _text),
            ("ts", "createdTs", _number),
            ("updated_ts", "updatedTs", _number),
        ),
    ),
    "fills": (
        tables.fills,
        (
            *_TRADED,
            ("trade_id", "tradeId", _text),
            ("order_id", "orderId", _text),
            ("side", "side", _side),
            ("price", "price", _decimal),
            ("qty", "qty", _decimal),
            ("fee", "fee", _decimal),
            ("fee_asset", "feeAsset", _text),
            ("liquidity", "liquidity", _text),
            ("plan_id", "planId", _text),
            ("ts", "ts", _number),
        ),
    ),
    "plans": (
        tables.plans,
        (
            ("pair_id", "pairId", _text),
            ("state", "state", _text),
            ("direction", "direction", _text),
            ("qty", "qty", _decimal),
            ("residual", "residual", _decimal),
            ("pnl", "pnl", _decimal),
            ("ts", "createdTs", _number),
            ("ended_ts", "endedTs", _number),
            ("simulated", "simulated", _flag),
        ),
    ),
    "twap_plans": (
        tables.twap_plans,
        (
            ("name", "name", _text),
            ("state", "state", _text),
            ("total_qty", "totalQty", _decimal),
            ("slice_qty", "sliceQty", _decimal),
            ("residual", "residual", _decimal),
            ("avg_price", "avgPrice", _decimal),
            ("ts", "createdTs", _number),
            ("ended_ts", "endedTs", _number),
            ("simulated", "simulated", _flag),
        ),
    ),
    "protections": (
        tables.protections,
        (
            *_TRADED,
            ("side", "side", _side),
            ("state", "state", _text),
            ("stop_loss", "stopLoss", _decimal),
            ("take_profit", "takeProfit", _decimal),
            ("trailing_pct", "trailingPct", _decimal),
            ("closed_qty", "closedQty", _decimal),
            ("ts", "createdTs", _number),
            ("ended_ts", "endedTs", _number),
        ),
    ),
    "balances": (
        tables.balances,
        (
            ("account", "account", _text),
            ("exchange", "exchange", _text),
            ("wallet", "wallet", _text),
            ("asset", "asset", _text),
            ("free", "free", _decimal),
            ("locked", "locked", _decimal),
            ("total", "total", _decimal),
            ("simulated", "simulated", _flag),
        ),
    ),
    "positions": (
        tables.positions,
        (
            *_TRADED,
            ("qty", "qty", _decimal),
            ("entry_price", "entryPrice", _decimal),
            ("realized_pnl", "realizedPnl", _decimal),
        ),
    ),
    "pairs": (
        tables.pairs,
        (("enabled", "enabled", _flag), ("threshold", "threshold", _decimal), ("qty", "qty", _decimal)),
    ),
    "limits": (
        tables.limits,
        (("name", "name", _text), ("scope", "scope", _text), ("scope_id", "id", _text), ("value", "value", _decimal)),
    ),
}


def load(document: bytes) -> object:
    """JSON with every fractional number as Decimal."""
    parsed: object = json.loads(document, parse_float=Decimal)
    return parsed


def lift(row: Row) -> Lifted | None:
    """The values of a row's columns; None when the thing is gone (empty or `null` document, or `"deleted": true`).

    Raises StoreError when the row does not fit its table: an engine and a schema of different versions.
    """
    if row.table not in COLUMNS:
        raise StoreError(f"the engine made a row for an unknown table {row.table!r}")
    table, columns = COLUMNS[row.table]
    if not row.doc:
        return None
    try:
        document = load(row.doc)
        if document is None or (isinstance(document, dict) and document.get("deleted") is True):
            return None
        if not isinstance(document, dict):
            raise StoreError(f"row {row.table}/{row.id} is not a JSON object")
        lifted: Lifted = {column: convert(document.get(key)) for column, key, convert in columns}
    except (ValueError, InvalidOperation) as error:
        raise StoreError(f"row {row.table}/{row.id} does not fit its table: {error}") from error
    missing = [name for name, value in lifted.items() if value is None and not table.c[name].nullable]
    if missing:
        raise StoreError(f"row {row.table}/{row.id} lacks {', '.join(missing)}")
    lifted["id"] = row.id
    lifted["doc"] = row.doc.decode()
    return lifted
