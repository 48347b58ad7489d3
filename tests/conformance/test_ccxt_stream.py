"""ccxt over WebSocket: books, trades, orders and own trades arrive and agree with REST."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from .clients import SYMBOLS, amount_of, client
from .servers import Served

ARRIVES_S = 20.0
QTY = 0.01
"""Of base coin."""
ENTRY = [(venue, product) for venue in ("binance", "bybit", "okx") for product in ("spot", "linear")]
"""Where ccxt sends orders over the socket; Bitget's is tried with another client."""


@pytest_asyncio.fixture
async def api(served: Served) -> AsyncIterator[Any]:
    made = client(served, pro=True)
    try:
        await made.load_markets()
        yield made
    finally:
        await made.close()


@pytest.fixture
def symbol(served: Served) -> str:
    return SYMBOLS[served.product]


async def _taken(api: Any, symbol: str) -> Any:
    book = await api.fetch_order_book(symbol)
    price = float(api.price_to_precision(symbol, book["asks"][0][0] * 1.01))
    return await api.create_order(symbol, "limit", "buy", amount_of(api, symbol, QTY), price, {"timeInForce": "IOC"})


async def test_book_follows_the_market_without_crossing(api: Any, symbol: str) -> None:
    async with asyncio.timeout(ARRIVES_S):
        for _ in range(20):
            book = await api.watch_order_book(symbol)
            assert book["bids"][0][0] < book["asks"][0][0]


async def test_trades_arrive(api: Any, symbol: str) -> None:
    async with asyncio.timeout(ARRIVES_S):
        trades = await api.watch_trades(symbol)
    assert trades
    assert all(trade["price"] > 0 and trade["symbol"] == symbol for trade in trades)


async def test_own_orders_and_trades_arrive(api: Any, symbol: str) -> None:
    """ccxt tells nobody when a private subscription stands, so orders are taken until one is heard of."""
    orders = asyncio.create_task(_until_closed(api, symbol))
    trades = asyncio.create_task(api.watch_my_trades(symbol))
    placed: set[str] = set()
    async with asyncio.timeout(ARRIVES_S):
        while not (orders.done() and trades.done()):
            placed.add((await _taken(api, symbol))["id"])
            await asyncio.wait([orders, trades], timeout=1.0)
    closed, mine = orders.result(), trades.result()[-1]
    assert closed["filled"] == amount_of(api, symbol, QTY)
    assert {closed["id"], mine["order"]} <= placed
    # OKX counts what is paid below zero, and here ccxt hands that on.
    assert (-mine["fee"]["cost"] if api.id == "okx" else mine["fee"]["cost"]) > 0


async def _until_closed(api: Any, symbol: str) -> Any:
    while True:
        for order in await api.watch_orders(symbol):
            if order["status"] == "closed":
                return order


@pytest.mark.parametrize("served", ENTRY, indirect=True, ids="-".join)
async def test_order_entry_over_the_socket(api: Any, symbol: str) -> None:
    assert api.has["createOrderWs"], f"{api.id}: ccxt offers no order entry over WebSocket any more"
    book = await api.fetch_order_book(symbol)
    price = float(api.price_to_precision(symbol, book["bids"][0][0] * 0.97))
    async with asyncio.timeout(ARRIVES_S):
        placed = await api.create_order_ws(symbol, "limit", "buy", amount_of(api, symbol, QTY), price)
        assert placed["id"] in [row["id"] for row in await api.fetch_open_orders(symbol)]
        await api.cancel_order_ws(placed["id"], symbol)
        assert placed["id"] not in [row["id"] for row in await api.fetch_open_orders(symbol)]
