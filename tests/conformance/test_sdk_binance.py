"""python-binance against the simulated spot venue."""

from collections.abc import Iterator

import pytest
from binance.client import Client
from binance.exceptions import BinanceAPIException

from .servers import KEY, SECRET, Served

QTY = "0.01"


@pytest.fixture(scope="module")
def api(binance: Served) -> Iterator[Client]:
    class Moved(Client):
        API_URL = f"{binance.rest}/api"
        MARGIN_API_URL = f"{binance.rest}/sapi"

    made = Moved(KEY, SECRET)
    yield made
    made.close_connection()


def _bid(api: Client) -> float:
    return float(api.get_orderbook_ticker(symbol="BTCUSDT")["bidPrice"])


def test_market_data(api: Client) -> None:
    assert api.get_symbol_info("BTCUSDT")["status"] == "TRADING"
    book = api.get_order_book(symbol="BTCUSDT", limit=5)
    assert len(book["bids"]) == len(book["asks"]) == 5
    assert float(book["bids"][0][0]) < float(book["asks"][0][0])
    assert len(api.get_klines(symbol="BTCUSDT", interval=Client.KLINE_INTERVAL_1MINUTE, limit=3)) == 3


def test_order_life(api: Client) -> None:
    price = f"{_bid(api) * 0.97:.2f}"
    placed = api.order_limit_buy(symbol="BTCUSDT", quantity=QTY, price=price, newClientOrderId="conformance1")
    assert placed["status"] == "NEW"
    assert api.get_order(symbol="BTCUSDT", origClientOrderId="conformance1")["orderId"] == placed["orderId"]
    assert [row["orderId"] for row in api.get_open_orders(symbol="BTCUSDT")] == [placed["orderId"]]
    assert api.cancel_order(symbol="BTCUSDT", orderId=placed["orderId"])["status"] == "CANCELED"
    assert api.get_open_orders(symbol="BTCUSDT") == []


def test_market_order_and_its_trades(api: Client) -> None:
    filled = api.order_market_buy(symbol="BTCUSDT", quantity=QTY)
    assert filled["status"] == "FILLED"
    trades = [row for row in api.get_my_trades(symbol="BTCUSDT") if row["orderId"] == filled["orderId"]]
    assert sum(float(row["qty"]) for row in trades) == pytest.approx(float(QTY))
    assert float(api.get_asset_balance("BTC")["free"]) > 0
    assert api.get_recent_trades(symbol="BTCUSDT", limit=2)


def test_refusals_keep_their_codes(api: Client, binance: Served) -> None:
    with pytest.raises(BinanceAPIException) as unknown:
        api.cancel_order(symbol="BTCUSDT", orderId=1)
    assert unknown.value.code == -2011
    with pytest.raises(BinanceAPIException) as poor:
        api.order_limit_buy(symbol="BTCUSDT", quantity="40", price=f"{_bid(api) * 0.97:.2f}")
    assert poor.value.code == -2010
    stranger = type(api)(KEY, "another")
    with pytest.raises(BinanceAPIException) as unsigned:
        stranger.get_account()
    assert unsigned.value.code == -1022
