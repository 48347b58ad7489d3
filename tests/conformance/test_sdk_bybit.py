"""pybit, Bybit's own SDK, against the simulated linear venue."""

import threading
from typing import Any

import pytest
from pybit.exceptions import InvalidRequestError
from pybit.unified_trading import HTTP, WebSocket

from .servers import KEY, SECRET, Served

ARRIVES_S = 20.0
LINEAR = {"category": "linear", "symbol": "BTCUSDT"}


def _client(bybit: Served, secret: str = SECRET) -> HTTP:
    made = HTTP(api_key=KEY, api_secret=secret)
    made.endpoint = bybit.rest
    return made


@pytest.fixture(scope="module")
def api(bybit: Served) -> HTTP:
    return _client(bybit)


def _bid(api: HTTP) -> float:
    return float(api.get_orderbook(**LINEAR, limit=1)["result"]["b"][0][0])


def test_market_data(api: HTTP) -> None:
    assert api.get_instruments_info(**LINEAR)["result"]["list"][0]["status"] == "Trading"
    book = api.get_orderbook(**LINEAR, limit=5)["result"]
    assert len(book["b"]) == len(book["a"]) == 5
    assert float(book["b"][0][0]) < float(book["a"][0][0])
    assert len(api.get_kline(**LINEAR, interval=1, limit=3)["result"]["list"]) == 3


def test_order_life(api: HTTP) -> None:
    order: dict[str, Any] = {"side": "Buy", "orderType": "Limit", "qty": "0.01", "price": f"{_bid(api) * 0.97:.1f}"}
    placed = api.place_order(**LINEAR, **order, orderLinkId="conformance1")["result"]
    found = api.get_open_orders(**LINEAR, orderLinkId="conformance1")["result"]["list"]
    assert [(row["orderId"], row["orderStatus"]) for row in found] == [(placed["orderId"], "New")]
    api.cancel_order(**LINEAR, orderLinkId="conformance1")
    done = api.get_order_history(**LINEAR, orderLinkId="conformance1")["result"]["list"]
    assert [row["orderStatus"] for row in done] == ["Cancelled"]


def test_taking_order_fills_and_moves_the_position(api: HTTP) -> None:
    def held() -> float:
        return float(api.get_positions(**LINEAR)["result"]["list"][0]["size"])

    before = held()
    price = f"{_bid(api) * 1.01:.1f}"
    placed = api.place_order(**LINEAR, side="Buy", orderType="Limit", qty="0.01", price=price, timeInForce="IOC")
    trades = api.get_executions(**LINEAR, orderId=placed["result"]["orderId"])["result"]["list"]
    assert sum(float(row["execQty"]) for row in trades) == pytest.approx(0.01)
    assert held() == pytest.approx(before + 0.01)


def test_refusals_keep_their_codes(api: HTTP, bybit: Served) -> None:
    with pytest.raises(InvalidRequestError) as unknown:
        api.cancel_order(**LINEAR, orderId="1")
    assert unknown.value.status_code == 110001
    with pytest.raises(InvalidRequestError) as poor:
        api.place_order(**LINEAR, side="Buy", orderType="Limit", qty="400", price=f"{_bid(api) * 0.97:.1f}")
    assert poor.value.status_code == 110007
    with pytest.raises(InvalidRequestError) as unsigned:
        _client(bybit, "another").get_wallet_balance(accountType="UNIFIED")
    assert unsigned.value.status_code == 10004


def _private() -> WebSocket:
    return WebSocket(testnet=False, channel_type="private", api_key=KEY, api_secret=SECRET)


def test_streams(bybit: Served, api: HTTP, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pybit.unified_trading.PUBLIC_WSS", f"{bybit.ws}/v5/public/{{CHANNEL_TYPE}}")
    monkeypatch.setattr("pybit.unified_trading.PRIVATE_WSS", f"{bybit.ws}/v5/private")
    seen: dict[str, Any] = {}
    arrived = threading.Event()

    def keep(name: str) -> Any:
        def call(message: Any) -> None:
            seen.setdefault(name, message)
            if len(seen) == 3:
                arrived.set()

        return call

    public, private = WebSocket(testnet=False, channel_type="linear"), _private()
    try:
        public.orderbook_stream(50, "BTCUSDT", keep("book"))
        private.order_stream(keep("order"))
        private.execution_stream(keep("fill"))
        for _ in range(int(ARRIVES_S)):
            price = f"{_bid(api) * 1.01:.1f}"
            api.place_order(**LINEAR, side="Buy", orderType="Limit", qty="0.01", price=price, timeInForce="IOC")
            if arrived.wait(1.0):
                break
        assert sorted(seen) == ["book", "fill", "order"]
    finally:
        public.exit()
        private.exit()
