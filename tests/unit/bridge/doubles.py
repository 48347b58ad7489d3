"""An exchange as ccxt shows it, in memory: it does what it is told to, and counts what was asked."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from tidegate.bridge.account import Account
from tidegate.bridge.exchange import _SEND, Send
from tidegate.bridge.ledger import Ledger
from tidegate.bridge.markets import TICK_SIZE, Markets
from tidegate.bridge.ways import Find, Way

NOW = 1_700_000_000_000
BTC: dict[str, object] = {
    "id": "XXBTZUSD",
    "symbol": "BTC/USDT",
    "base": "BTC",
    "quote": "USDT",
    "spot": True,
    "active": True,
    "maker": "0.0016",
    "taker": "0.0026",
    "precision": {"price": "0.1", "amount": "0.00001"},
    "limits": {"amount": {"min": "0.0001", "max": None}, "cost": {"min": "5"}},
}
FETCH = Way(Find.FETCH, open_page=3, fills_page=3, span_ms=3_600_000)


class ExchangeError(Exception):
    """As in ccxt/base/errors.py, by name."""


class InvalidOrder(ExchangeError):  # noqa: N818
    pass


class OrderNotFound(InvalidOrder):
    pass


class InsufficientFunds(ExchangeError):  # noqa: N818
    pass


class NetworkError(Exception):
    pass


class RequestTimeout(NetworkError):  # noqa: N818
    pass


class RateLimitExceeded(NetworkError):  # noqa: N818
    pass


def leaves() -> None:
    """What the guarded client does when a request that changes something leaves."""
    send: Send | None = _SEND.get()
    if send is not None:
        send.leave()


class FakeClient:
    """Orders by id; `lost` is raised after an order got through, `refused` before it does."""

    id = "fake"
    precisionMode = TICK_SIZE  # noqa: N815

    def __init__(self) -> None:
        self.has: dict[str, object] = {}
        self.orders: dict[str, dict[str, object]] = {}
        self.trades: list[dict[str, object]] = []
        self.created: list[tuple[object, ...]] = []
        self.asked: list[tuple[object, ...]] = []
        self.lost: Exception | None = None
        self.refused: Exception | None = None
        self.unread: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.reached = asyncio.Event()

    async def create_order(self, symbol, kind, side, amount, price, params: Mapping[str, object]) -> object:
        self.reached.set()
        await self.gate.wait()
        leaves()
        self.created.append((symbol, kind, side, amount, price, dict(params)))
        if self.refused is not None:
            raise self.refused
        order_id = f"O{len(self.orders) + 1}"
        self.orders[order_id] = {
            "id": order_id,
            "clientOrderId": params["clientOrderId"],
            "symbol": symbol,
            "side": side,
            "amount": amount,
            "filled": "0",
            "price": price,
            "status": "open",
            "timestamp": NOW,
        }
        if self.lost is not None:
            raise self.lost
        return {"id": order_id}

    async def fetch_order(self, order_id, symbol, params: Mapping[str, object]) -> object:
        self.asked.append(("fetch_order", order_id, dict(params)))
        if self.unread is not None:
            raise self.unread
        wanted = params.get("clientOrderId")
        for order in self.orders.values():
            if order["id"] == order_id or order["clientOrderId"] == wanted:
                return order
        raise OrderNotFound("no such order")

    async def cancel_order(self, order_id, symbol) -> object:
        if order_id not in self.orders:
            raise OrderNotFound("no such order")
        self.orders[order_id]["status"] = "canceled"
        return {}

    async def fetch_open_orders(self, symbol=None, since=None, limit=None, params: Mapping[str, object] = {}) -> object:
        return [order for order in self.orders.values() if order["status"] == "open"]

    async def fetch_closed_orders(self, symbol, since, limit, params: Mapping[str, object]) -> object:
        return [order for order in self.orders.values() if order["status"] != "open"]

    async def fetch_my_trades(self, symbol, since, limit, params: Mapping[str, object]) -> object:
        self.asked.append(("fetch_my_trades", symbol, since, limit, params["until"]))
        inside = [trade for trade in self.trades if since <= trade["timestamp"] < params["until"]]
        return inside[-3:]

    async def fetch_balance(self) -> object:
        return {"total": {"BTC": "1.5", "USDT": "10"}, "free": {"BTC": "1"}, "used": {"BTC": "0.5", "USDT": "2"}}

    def trade(self, trade_id: str, order_id: str, at: int) -> None:
        self.trades.append(
            {
                "id": trade_id,
                "order": order_id,
                "symbol": "BTC/USDT",
                "side": "buy",
                "price": "60000",
                "amount": "0.1",
                "fee": {"cost": "0.0001", "currency": "BTC"},
                "takerOrMaker": "taker",
                "timestamp": at,
            }
        )


class World:
    """One account behind a bridge, with a clock that stands still until it is set."""

    def __init__(self, directory: Path, way: Way | None = FETCH) -> None:
        self.directory = directory
        self.client = FakeClient()
        self.markets = Markets({"BTC/USDT": BTC}, TICK_SIZE)
        self.now = NOW
        self.open(way)

    def open(self, way: Way | None = FETCH) -> None:
        self.ledger = Ledger(self.directory / "orders.db")
        self.account = Account(self.client, way, self.markets, self.ledger, lambda: self.now)
