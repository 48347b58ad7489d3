"""typed-bitget, which checks each answer against a schema of its own, over both products."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from typed_bitget import Bitget
from typed_core.exceptions import ApiError, AuthError

from .servers import KEY, PASSPHRASE, SECRET, Served

ARRIVES_S = 20.0
SYMBOL = "BTCUSDT"
FUTURES: Literal["USDT-FUTURES"] = "USDT-FUTURES"
LOOSE = {"validate": False}
"""Of a futures order without fills the venue says an empty average and, one-way, the side "net" (recorded 2024); the
client's schema wants a number there, and long or short in lists."""
KIND = {"symbol": SYMBOL, "product_type": FUTURES}


def _client(served: Served, secret: str = SECRET) -> Bitget:
    made = Bitget.new(access_key=KEY, secret_key=secret, passphrase=PASSPHRASE)
    made.http_client.base_url = served.rest
    streams = made.classic_streams_client
    streams.public_conn.url = f"{served.ws}/v2/ws/public"
    streams.private_conn.url = f"{served.ws}/v2/ws/private"
    return made


@pytest_asyncio.fixture
async def spot(bitget_spot: Served) -> AsyncIterator[Bitget]:
    async with _client(bitget_spot) as made:
        yield made


@pytest_asyncio.fixture
async def linear(bitget: Served) -> AsyncIterator[Bitget]:
    async with _client(bitget) as made:
        yield made


async def _spot_px(api: Bitget, side: Literal["bids", "asks"], factor: str) -> str:
    book = await api.classic.spot.orderbook(symbol=SYMBOL, limit=1)
    return f"{float(book[side][0][0]) * float(factor):.2f}"


async def _linear_px(api: Bitget, side: Literal["bids", "asks"], factor: str) -> str:
    book = await api.classic.mix.market.orderbook(**KIND, limit="1")
    return f"{float(book[side][0][0]) * float(factor):.1f}"


def _spot_order(px: str, force: str = "gtc", size: str = "0.01", **more: str) -> Any:
    limit = {"symbol": SYMBOL, "side": "buy", "orderType": "limit"}
    return {**limit, "force": force, "price": px, "size": size, **more}


def _linear_order(px: str, force: str = "gtc", size: str = "0.01", **more: str) -> Any:
    margin = {"productType": FUTURES, "marginMode": "crossed", "marginCoin": "USDT"}
    return {**_spot_order(px, force, size), **margin, **more}


async def test_spot_market_data_has_the_documented_shape(spot: Bitget) -> None:
    assert (await spot.classic.common.time())["serverTime"]
    coins = await spot.classic.spot.coins()
    assert {"BTC", "USDT"} <= {row["coin"] for row in coins}
    listed = {row["symbol"]: row for row in await spot.classic.spot.symbols()}
    assert listed[SYMBOL]["status"] == "online"
    ticker = (await spot.classic.spot.tickers(symbol=SYMBOL))[0]
    assert ticker["low24h"] <= ticker["lastPr"] <= ticker["high24h"]
    assert len(await spot.classic.spot.candles(symbol=SYMBOL, granularity="1min", limit=3)) == 3
    assert await spot.classic.spot.recent_trades(symbol=SYMBOL, limit=2) is not None


async def test_futures_market_data_has_the_documented_shape(linear: Bitget) -> None:
    market = linear.classic.mix.market
    contracts = await market.contracts(product_type=FUTURES)
    assert SYMBOL in {row["symbol"] for row in contracts}
    assert (await market.ticker(**KIND))[0]["markPrice"] > 0
    assert (await market.funding.current_rate(**KIND))[0]["nextUpdate"]
    assert len(await market.funding.rate_history(**KIND, page_size=3)) == 3
    assert (await market.funding.time(**KIND))[0]["ratePeriod"] == 8


async def test_spot_order_life(spot: Bitget) -> None:
    orders = spot.classic.spot.order
    placed = await orders.place(_spot_order(await _spot_px(spot, "bids", "0.97"), clientOid="conformance1"))
    assert placed["clientOid"] == "conformance1"
    found = (await orders.info(client_oid="conformance1"))[0]
    assert (found["orderId"], found["status"]) == (placed["orderId"], "live")
    assert placed["orderId"] in [row["orderId"] for row in await orders.open(symbol=SYMBOL)]
    await orders.cancel(symbol=SYMBOL, order_id=placed["orderId"])
    assert (await orders.info(order_id=placed["orderId"]))[0]["status"] == "cancelled"
    await orders.place(_spot_order(await _spot_px(spot, "bids", "0.97")))
    await orders.cancel_symbol(SYMBOL)
    assert await orders.open(symbol=SYMBOL) == []


async def test_spot_taker_fills_and_its_fees(spot: Bitget) -> None:
    orders = spot.classic.spot.order
    placed = await orders.place(_spot_order(await _spot_px(spot, "asks", "1.01"), force="ioc"))
    fills = await orders.fills(symbol=SYMBOL, order_id=placed["orderId"])
    assert sum(float(row["size"]) for row in fills) == pytest.approx(0.01)
    assert all(row["feeDetail"]["feeCoin"] == "BTC" for row in fills)
    assert (await orders.info(order_id=placed["orderId"]))[0]["status"] == "filled"
    assert placed["orderId"] in [row["orderId"] for row in await orders.history(symbol=SYMBOL)]
    assert {"BTC", "USDT"} <= {row["coin"] for row in await spot.classic.spot.account.assets()}
    assert (await spot.classic.spot.account.info())["userId"]


async def test_futures_order_life(linear: Bitget) -> None:
    orders = linear.classic.mix.order
    placed = await orders.place(_linear_order(await _linear_px(linear, "bids", "0.97"), clientOid="conformance1"))
    found = await orders.detail(**KIND, client_oid="conformance1", **LOOSE)
    assert (found["orderId"], found["state"]) == (placed["orderId"], "live")
    await orders.cancel(**KIND, order_id=placed["orderId"])
    assert (await orders.detail(**KIND, order_id=placed["orderId"], **LOOSE))["state"] == "canceled"
    resting = await orders.place(_linear_order(await _linear_px(linear, "bids", "0.97")))
    gone = await orders.cancel_all(product_type=FUTURES, margin_coin="USDT")
    assert resting["orderId"] in [row["orderId"] for row in gone["successList"]]


async def test_futures_taker_moves_the_position(linear: Bitget) -> None:
    mix = linear.classic.mix

    async def held() -> float:
        rows = await mix.position.list(product_type=FUTURES, margin_coin="USDT")
        return sum(float(row["total"]) for row in rows if row["symbol"] == SYMBOL)

    set_to = await mix.account.set_leverage(**KIND, margin_coin="USDT", leverage="7")
    assert set_to["crossMarginLeverage"] == "7"
    before = await held()
    placed = await mix.order.place(_linear_order(await _linear_px(linear, "asks", "1.01"), force="ioc"))
    fills = await mix.order.fills(product_type=FUTURES, order_id=placed["orderId"])
    assert sum(float(row["baseVolume"]) for row in fills["fillList"]) == pytest.approx(0.01)
    assert await held() == pytest.approx(before + 0.01)
    history = await mix.order.history(**KIND, **LOOSE)
    assert placed["orderId"] in [row["orderId"] for row in history["entrustedList"] or []]
    one = await mix.account.get(**KIND, margin_coin="USDT")
    assert (one["posMode"], one["marginMode"]) == ("one_way_mode", "crossed")
    assert (await mix.account.list(product_type=FUTURES))[0]["marginCoin"] == "USDT"


async def test_refusals_keep_their_codes(spot: Bitget, linear: Bitget, bitget: Served) -> None:
    def code(error: pytest.ExceptionInfo[Any]) -> str:
        return str(error.value.args[0])

    with pytest.raises(ApiError) as unknown:
        await spot.classic.spot.order.cancel(symbol=SYMBOL, order_id="1")
    assert code(unknown) == "43001"
    with pytest.raises(ApiError) as missing:
        await linear.classic.mix.order.detail(**KIND, order_id="1")
    assert code(missing) == "40109"
    with pytest.raises(ApiError) as poor:
        await spot.classic.spot.order.place(_spot_order(await _spot_px(spot, "bids", "0.97"), size="40"))
    assert code(poor) == "43012"
    with pytest.raises(ApiError) as thin:
        await linear.classic.mix.order.place(_linear_order(await _linear_px(linear, "bids", "0.97"), size="400"))
    assert code(thin) == "40762"
    async with _client(bitget, "another") as stranger:
        with pytest.raises(AuthError):
            await stranger.classic.mix.account.list(product_type=FUTURES)


async def test_streams_and_order_entry(linear: Bitget) -> None:
    streams = linear.classic_streams
    async with asyncio.timeout(ARRIVES_S):
        async with (
            streams.orderbook(FUTURES, inst_id=SYMBOL, depth="") as books,
            streams.trade(FUTURES, inst_id=SYMBOL) as trades,
            streams.orders(FUTURES, inst_id="default") as orders,
            streams.fill(FUTURES, inst_id="default") as fills,
            streams.account(FUTURES, coin="default") as accounts,
        ):
            order = _linear_order(await _linear_px(linear, "asks", "1.01"), force="ioc")
            reply = await streams.order.place(FUTURES, SYMBOL, order)
            placed = reply["arg"][0]["params"]["orderId"]
            book = await anext(aiter(books))
            assert book["data"][0]["bids"][0][0] < book["data"][0]["asks"][0][0]
            assert (await anext(aiter(trades)))["data"][0]["price"] > 0
            assert (await anext(aiter(orders)))["data"][0]["orderId"] == placed
            assert (await anext(aiter(fills)))["data"][0]["orderId"] == placed
            assert (await anext(aiter(accounts)))["data"][0]["marginCoin"] == "USDT"
