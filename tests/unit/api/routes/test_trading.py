"""Single orders over HTTP: what reaches the engine, and what is refused before it."""

import aiohttp
import orjson
import pytest
from tests.unit.api.doubles import World

ORDERS = "/api/trading/orders"
MARKET = {"exchange": "bybit", "symbol": "BTCUSDT", "type": "linear", "side": "buy", "orderType": "market", "qty": 1}
LIMIT = {**MARKET, "orderType": "limit", "price": "60000.5"}


async def test_an_order_reaches_the_engine_with_its_decimals_as_text(
    admin: aiohttp.ClientSession, world: World
) -> None:
    raw = orjson.dumps({**LIMIT, "postOnly": True, "clientTag": "mine"}).replace(b'"60000.5"', b"60000.50000000000001")
    async with admin.post(ORDERS, data=raw) as answer:
        assert (answer.status, (await answer.json())["data"]) == (200, {"orderId": "TGA70010000010", "state": "SENT"})
    command = world.engine.commands[0]
    assert command.name == "place_order"
    assert orjson.loads(command.body) == {
        "exchange": "bybit",
        "account": "main",
        "symbol": "BTCUSDT",
        "type": "linear",
        "side": "buy",
        "orderType": "limit",
        "qty": "1",
        "price": "60000.50000000000001",
        "postOnly": True,
        "reduceOnly": False,
        "clientTag": "mine",
    }


async def test_the_levels_of_an_order_reach_the_engine(admin: aiohttp.ClientSession, world: World) -> None:
    levels = {"stopLoss": "59000.5", "takeProfit": 70000, "trailingPct": "1.5", "triggerBy": "bidAsk"}
    async with admin.post(ORDERS, json={**MARKET, **levels}) as answer:
        assert answer.status == 200
    sent = orjson.loads(world.engine.commands[0].body)
    assert {name: sent[name] for name in levels} == {**levels, "takeProfit": "70000"}


async def test_one_key_is_one_order(admin: aiohttp.ClientSession, world: World) -> None:
    for _ in range(2):
        async with admin.post(ORDERS, json=MARKET, headers={"Idempotency-Key": "k1"}) as answer:
            assert answer.status == 200
    async with admin.post(ORDERS, json=MARKET) as answer:
        assert answer.status == 200
    ids = [command.command_id for command in world.engine.commands]
    assert ids[0] == ids[1] != ids[2]


BAD_ORDERS = {
    "a limit order without a price": {**LIMIT, "price": None},
    "a market order with a price": {**MARKET, "price": 1},
    "a resting market order": {**MARKET, "timeInForce": "GTC"},
    "no quantity": {**MARKET, "qty": 0},
    "no side": {**MARKET, "side": "hold"},
    "an order type that is not built": {**MARKET, "orderType": "stop"},
    "a stop at no price": {**MARKET, "stopLoss": 0},
    "a trail that is no percentage": {**MARKET, "trailingPct": 51},
    "a price that nobody watches": {**MARKET, "stopLoss": 1, "triggerBy": "moon"},
}


@pytest.mark.parametrize("body", BAD_ORDERS.values(), ids=BAD_ORDERS.keys())
async def test_an_order_that_does_not_fit_is_refused(
    body: dict[str, object], admin: aiohttp.ClientSession, world: World
) -> None:
    async with admin.post(ORDERS, json=body) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert world.engine.commands == []


async def test_open_orders_are_the_engines_own_and_narrowed_like_the_others(
    admin: aiohttp.ClientSession, world: World
) -> None:
    rows = [
        {"orderId": "a", "exchange": "binance", "symbol": "BTCUSDT", "planId": "p", "createdTs": 1},
        {"orderId": "b", "exchange": "bybit", "symbol": "BTCUSDT", "planId": None, "createdTs": 3},
        {"orderId": "c", "exchange": "bybit", "symbol": "ETHUSDT", "planId": "p", "createdTs": 2},
    ]
    world.engine.views["open_orders"] = orjson.dumps(rows)
    for query, ids in (("", ["b", "c", "a"]), ("&exchange=bybit", ["b", "c"]), ("&plan=p&limit=1", ["c"])):
        async with admin.get(f"/api/orders?state=open{query}") as answer:
            data = (await answer.json())["data"]
        assert ([row["orderId"] for row in data["items"]], data["nextCursor"]) == (ids, None), query
    assert world.history.asked == []
