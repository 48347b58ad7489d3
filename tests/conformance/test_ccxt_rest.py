"""ccxt over REST: what it reads, places and refuses, with its own types and its own errors."""

from typing import Any

import ccxt
import pytest

from .clients import SYMBOLS, amount_of, client
from .servers import Served

QTY = 0.01
"""Of base coin."""
PERPETUALS = [(venue, "linear") for venue in ("binance", "bybit", "okx", "bitget")]


@pytest.fixture(scope="module")
def api(served: Served) -> Any:
    made = client(served)
    made.load_markets()
    return made


@pytest.fixture(scope="module")
def symbol(served: Served) -> str:
    return SYMBOLS[served.product]


@pytest.fixture(scope="module")
def amount(api: Any, symbol: str) -> float:
    return amount_of(api, symbol, QTY)


def _resting(api: Any, symbol: str, amount: float) -> Any:
    """A buy three per cent below the best bid: inside the price band, far from the market."""
    price = api.price_to_precision(symbol, api.fetch_order_book(symbol)["bids"][0][0] * 0.97)
    return api.create_order(symbol, "limit", "buy", amount, float(price))


def _order(api: Any, symbol: str, order_id: str) -> Any:
    # ccxt wants Bybit's users to know that this call sees recent orders only.
    return api.fetch_order(order_id, symbol, {"acknowledged": True} if api.id == "bybit" else {})


def test_market_is_listed_with_its_steps(api: Any, symbol: str) -> None:
    market = api.market(symbol)
    assert market["active"]
    assert market["precision"]["price"] > 0
    assert market["precision"]["amount"] > 0
    # Bitget says 0 for spot, and means its least value.
    assert market["limits"]["amount"]["min"] > 0 or market["limits"]["cost"]["min"] > 0


def test_order_book_is_sorted_and_not_crossed(api: Any, symbol: str) -> None:
    book = api.fetch_order_book(symbol, 20)
    bids, asks = [row[0] for row in book["bids"]], [row[0] for row in book["asks"]]
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]


def test_ticker_and_bars(api: Any, symbol: str) -> None:
    ticker = api.fetch_ticker(symbol)
    assert ticker["symbol"] == symbol
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    assert ticker["bid"] < ticker["ask"]
    bars = api.fetch_ohlcv(symbol, "1m", limit=5)
    assert [bar[0] - bars[0][0] for bar in bars] == [60_000 * at for at in range(5)]
    assert all(low <= min(opened, closed) and max(opened, closed) <= high for _, opened, high, low, closed, _ in bars)


def test_order_is_placed_found_and_cancelled(api: Any, symbol: str, amount: float) -> None:
    order = _resting(api, symbol, amount)
    found = _order(api, symbol, order["id"])
    assert (found["status"], found["side"], found["amount"], found["filled"]) == ("open", "buy", amount, 0)
    assert order["id"] in [row["id"] for row in api.fetch_open_orders(symbol)]
    api.cancel_order(order["id"], symbol)
    assert order["id"] not in [row["id"] for row in api.fetch_open_orders(symbol)]
    assert _order(api, symbol, order["id"])["status"] == "canceled"


def test_all_orders_are_cancelled(api: Any, symbol: str, amount: float) -> None:
    ids = [_resting(api, symbol, amount)["id"] for _ in range(2)]
    if api.has["cancelAllOrders"]:
        api.cancel_all_orders(symbol)
    else:
        # OKX offers a client a list of orders to cancel instead.
        api.cancel_orders(ids, symbol)
    assert api.fetch_open_orders(symbol) == []


def test_taking_order_fills_and_its_trades_add_up(api: Any, symbol: str, amount: float) -> None:
    ask = api.fetch_order_book(symbol)["asks"][0][0]
    price = float(api.price_to_precision(symbol, ask * 1.01))
    placed = api.create_order(symbol, "limit", "buy", amount, price, {"timeInForce": "IOC"})
    order = _order(api, symbol, placed["id"])
    assert (order["status"], order["filled"]) == ("closed", amount)
    trades = [trade for trade in api.fetch_my_trades(symbol) if trade["order"] == placed["id"]]
    assert sum(trade["amount"] for trade in trades) == pytest.approx(amount)
    assert all(trade["fee"]["cost"] > 0 and trade["price"] <= price for trade in trades)
    tape = api.fetch_trades(symbol, limit=5)
    assert tape
    assert all(row["amount"] > 0 and row["symbol"] == symbol for row in tape)


def test_balance_is_free_plus_used(api: Any) -> None:
    cash = api.fetch_balance()["USDT"]
    assert cash["total"] > 0
    # What an open position gains and loses moves free, not total.
    assert cash["free"] + cash["used"] == pytest.approx(cash["total"], rel=0.01)


def test_too_little_money_is_its_own_error(api: Any, symbol: str) -> None:
    price = float(api.price_to_precision(symbol, api.fetch_order_book(symbol)["bids"][0][0] * 0.97))
    amount = amount_of(api, symbol, 400 if ":" in symbol else 40)
    # ccxt reads USDT-M's codes only on Binance's own host name; elsewhere it keeps the code in the message.
    by_code = (api.id, ":" in symbol) == ("binance", True)
    with pytest.raises(ccxt.ExchangeError if by_code else ccxt.InsufficientFunds, match="-2019" if by_code else None):
        api.create_order(symbol, "limit", "buy", amount, price)


def test_unknown_order_is_its_own_error(api: Any, symbol: str) -> None:
    with pytest.raises(ccxt.OrderNotFound):
        api.cancel_order("123456", symbol)
    with pytest.raises(ccxt.OrderNotFound):
        _order(api, symbol, "123456")


def test_bad_signature_is_its_own_error(served: Served) -> None:
    with pytest.raises(ccxt.AuthenticationError):
        client(served, secret="another").fetch_balance()


@pytest.mark.parametrize("served", PERPETUALS, indirect=True, ids="-".join)
def test_position_funding_and_leverage(api: Any, symbol: str, amount: float) -> None:
    assert api.fetch_funding_rate(symbol)["fundingRate"] is not None
    assert len(api.fetch_funding_rate_history(symbol, limit=3)) == 3
    api.set_leverage(7, symbol)
    before = sum(row["contracts"] or 0 for row in api.fetch_positions([symbol]))
    ask = float(api.price_to_precision(symbol, api.fetch_order_book(symbol)["asks"][0][0] * 1.01))
    api.create_order(symbol, "limit", "buy", amount, ask, {"timeInForce": "IOC"})
    assert sum(row["contracts"] for row in api.fetch_positions([symbol])) == pytest.approx(before + amount)
