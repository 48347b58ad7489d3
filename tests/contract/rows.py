"""Rows as the engine makes them, for the tables' contract tests."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class MadeRow:
    table: str
    id: str
    doc: bytes


def order(row_id: str, ts: int, *, state: str = "FILLED", exchange: str = "binance", qty: str = "0.010") -> MadeRow:
    doc = {
        "orderId": row_id, "clientOrderId": row_id, "account": "main", "exchange": exchange, "symbol": "BTCUSDT",
        "type": "spot", "side": "buy", "orderType": "limit", "timeInForce": "IOC", "state": state,
        "planId": "plan_000001", "leg": 1, "venueOrderId": None, "reason": None,
        "createdTs": ts, "updatedTs": ts + 5, "simulated": True,
    }  # fmt: skip
    text = json.dumps(doc)[:-1] + f', "qty": {qty}, "price": 68000.10, "filledQty": {qty}, "avgPrice": 68000.1}}'
    return MadeRow("orders", row_id, text.encode())


def plan(row_id: str, ts: int, *, state: str = "HEDGED", pnl: str = "0.123456789012345678") -> MadeRow:
    doc = {"planId": row_id, "pairId": "binance_bybit_btc", "state": state, "createdTs": ts, "simulated": True}
    text = json.dumps(doc)[:-1] + f', "qty": 0.01, "residual": 0, "pnl": {pnl}}}'
    return MadeRow("plans", row_id, text.encode())


def twap(row_id: str, ts: int, *, state: str = "running") -> MadeRow:
    doc = {"planId": row_id, "name": "slow", "state": state, "createdTs": ts, "endedTs": None, "simulated": True}
    text = (
        json.dumps(doc)[:-1]
        + ', "totalQty": 0.10, "sliceQty": 0.01, "residual": 0, "avgPrice": 68000.123456789012345678}'
    )
    return MadeRow("twap_plans", row_id, text.encode())


def protection(row_id: str, ts: int, *, state: str = "armed") -> MadeRow:
    doc = {
        "protectionId": row_id, "account": "main", "exchange": "bybit", "symbol": "BTCUSDT", "type": "linear",
        "side": "sell", "state": state, "createdTs": ts, "endedTs": None, "simulated": True,
    }  # fmt: skip
    text = json.dumps(doc)[:-1] + ', "stopLoss": 60000.10, "takeProfit": null, "trailingPct": 1.5, "closedQty": 0}'
    return MadeRow("protections", row_id, text.encode())


def fill(row_id: str, ts: int) -> MadeRow:
    doc = {
        "tradeId": row_id.rpartition(":")[2], "orderId": "a1", "account": "main", "exchange": "binance", "type": "spot",
        "symbol": "BTCUSDT", "side": "sell", "planId": "plan_000001", "ts": ts, "simulated": True, "feeAsset": "USDT",
    }  # fmt: skip
    text = json.dumps(doc)[:-1] + ', "qty": 0.005, "price": 68000.10, "fee": 0.34000050}'
    return MadeRow("fills", row_id, text.encode())


def pair(row_id: str) -> MadeRow:
    return MadeRow("pairs", row_id, b'{"id": "%s", "enabled": true, "threshold": 0.05, "qty": 0.01}' % row_id.encode())
