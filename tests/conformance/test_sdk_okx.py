"""python-okx, OKX's own SDK, against the simulated swaps. Sizes are contracts."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest
import websockets
from okx.Account import AccountAPI
from okx.MarketData import MarketAPI
from okx.PublicData import PublicAPI
from okx.Trade import TradeAPI
from okx.websocket.WebSocketFactory import WebSocketFactory
from okx.websocket.WsPrivateAsync import WsPrivateAsync
from okx.websocket.WsPublicAsync import WsPublicAsync

from .servers import KEY, PASSPHRASE, SECRET, Served

ARRIVES_S = 20.0
SWAP = "BTC-USDT-SWAP"


@dataclass
class Clients:
    """The SDK's classes for one key; `flag` 0 is the real venue, whose address alone is another here."""

    account: AccountAPI
    market: MarketAPI
    public: PublicAPI
    trade: TradeAPI

    @classmethod
    def of(cls, served: Served, secret: str = SECRET) -> "Clients":
        key = {"api_key": KEY, "api_secret_key": secret, "passphrase": PASSPHRASE, "flag": "0"}
        made = [kind(**key, domain=served.rest) for kind in (AccountAPI, TradeAPI)]
        market, public = (kind(flag="0", domain=served.rest) for kind in (MarketAPI, PublicAPI))
        return cls(made[0], market, public, made[1])


@pytest.fixture(scope="module")
def api(okx: Served) -> Clients:
    return Clients.of(okx)


def _rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    assert answer["code"] == "0", answer
    return answer["data"]


def _px(api: Clients, side: str, factor: float) -> str:
    book = _rows(api.market.get_orderbook(instId=SWAP, sz="1"))[0]
    return f"{float(book[side][0][0]) * factor:.1f}"


def _order(api: Clients, **more: str) -> dict[str, str]:
    return {"instId": SWAP, "tdMode": "cross", "side": "buy", "sz": "1", **more}


def test_market_data(api: Clients) -> None:
    listed = {row["instId"]: row for row in _rows(api.public.get_instruments(instType="SWAP"))}
    assert (listed[SWAP]["state"], listed[SWAP]["ctType"]) == ("live", "linear")
    book = _rows(api.market.get_orderbook(instId=SWAP, sz="5"))[0]
    assert len(book["bids"]) == len(book["asks"]) == 5
    assert float(book["bids"][0][0]) < float(book["asks"][0][0])
    assert len(_rows(api.market.get_candlesticks(instId=SWAP, bar="1m", limit="3"))) == 3
    assert _rows(api.public.get_funding_rate(instId=SWAP))[0]["fundingRate"]
    history = _rows(api.public.funding_rate_history(instId=SWAP, limit="3"))
    assert [row["instId"] for row in history] == [SWAP] * 3


def test_order_life(api: Clients) -> None:
    order = _order(api, ordType="limit", px=_px(api, "bids", 0.97), clOrdId="conformance1")
    placed = _rows(api.trade.place_order(**order))[0]
    found = _rows(api.trade.get_order(instId=SWAP, clOrdId="conformance1"))[0]
    assert (found["ordId"], found["state"]) == (placed["ordId"], "live")
    assert placed["ordId"] in [row["ordId"] for row in _rows(api.trade.get_order_list(instId=SWAP))]
    _rows(api.trade.cancel_order(instId=SWAP, clOrdId="conformance1"))
    assert _rows(api.trade.get_order(instId=SWAP, ordId=placed["ordId"]))[0]["state"] == "canceled"


def test_batch_tells_of_each_order_by_itself(api: Clients) -> None:
    good = _order(api, ordType="limit", px=_px(api, "bids", 0.97))
    answer = api.trade.place_multiple_orders([good, {**good, "sz": "0.001"}, good])
    assert answer["code"] == "2"
    assert [row["sCode"] == "0" for row in answer["data"]] == [True, False, True]
    ids = [row["ordId"] for row in answer["data"] if row["ordId"]]
    _rows(api.trade.cancel_multiple_orders([{"instId": SWAP, "ordId": one} for one in ids]))
    open_ids = [row["ordId"] for row in _rows(api.trade.get_order_list(instId=SWAP))]
    assert not set(ids) & set(open_ids)


def test_taking_order_fills_and_moves_the_position(api: Clients) -> None:
    def held() -> float:
        return sum(float(row["pos"]) for row in _rows(api.account.get_positions(instId=SWAP)))

    _rows(api.account.set_leverage(lever="7", mgnMode="cross", instId=SWAP))
    assert _rows(api.account.get_leverage(mgnMode="cross", instId=SWAP))[0]["lever"] == "7"
    before = held()
    order = _order(api, ordType="ioc", px=_px(api, "asks", 1.01))
    placed = _rows(api.trade.place_order(**order))[0]
    fills = _rows(api.trade.get_fills(instType="SWAP", ordId=placed["ordId"]))
    assert sum(float(row["fillSz"]) for row in fills) == pytest.approx(1)
    assert held() == pytest.approx(before + 1)


def test_refusals_keep_their_codes(api: Clients, okx: Served) -> None:
    unknown = api.trade.cancel_order(instId=SWAP, ordId="1")
    assert (unknown["code"], unknown["data"][0]["sCode"]) == ("1", "51400")
    assert api.trade.get_order(instId=SWAP, ordId="1")["code"] == "51603"
    poor = api.trade.place_order(**_order(api, ordType="limit", px=_px(api, "bids", 0.97), sz="40000"))
    assert (poor["code"], poor["data"][0]["sCode"]) == ("1", "51008")
    assert Clients.of(okx, "another").account.get_account_balance()["code"] == "50113"


class _Plain(WebSocketFactory):
    """The SDK's connections without TLS, which it knows no way to leave out."""

    async def connect(self) -> Any:
        return await websockets.connect(self.url)


async def test_streams_and_order_entry(okx: Served, api: Clients) -> None:
    seen: dict[str, Any] = {}
    arrived = asyncio.Event()

    def keep(text: str) -> None:
        message = json.loads(text)
        seen.setdefault(message.get("op") or (message["arg"]["channel"] if "data" in message else ""), message)
        if {"books", "orders", "order"} <= set(seen):
            arrived.set()

    public = WsPublicAsync(url=f"{okx.ws}/ws/v5/public")
    private = WsPrivateAsync(KEY, PASSPHRASE, SECRET, f"{okx.ws}/ws/v5/private")
    for socket in (public, private):
        socket.factory = _Plain(socket.url)
        await socket.connect()
    tasks = [asyncio.create_task(socket.consume()) for socket in (public, private)]
    await public.subscribe([{"channel": "books", "instId": SWAP}], keep)
    await private.subscribe([{"channel": "orders", "instType": "SWAP"}], keep)
    code = int(_rows(api.public.get_instruments(instType="SWAP", instId=SWAP))[0]["instIdCode"])
    order = {"instIdCode": code, "tdMode": "cross", "side": "buy", "sz": "1", "ordType": "ioc"}
    await private.place_order([{**order, "px": _px(api, "asks", 1.01)}], id="a1")
    async with asyncio.timeout(ARRIVES_S):
        await arrived.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (seen["order"]["id"], seen["order"]["code"]) == ("a1", "0")
    assert seen["orders"]["data"][0]["ordId"] == seen["order"]["data"][0]["ordId"]
