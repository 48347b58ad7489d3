"""Questions over HTTP: the envelope, who may ask, and what is refused."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.unit.bridge.wire import Wire, wired

from tidegate.bridge.routes import ROUTES
from tidegate.bridge.secret import signed


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    async with wired(tmp_path) as made:
        yield made


async def test_public_questions_are_answered_to_anybody_on_this_machine(wire: Wire) -> None:
    status, body = await wire.get("/v1/instruments", sign=False)
    assert (status, body["code"], [row["symbol"] for row in body["data"]]) == (200, "0", ["BTC-USDT"])
    _, body = await wire.get("/v1/book?symbol=BTC-USDT&depth=1", sign=False)
    assert (body["data"]["bids"], body["data"]["asks"]) == ([["60000", "1"]], [["60000.1", "2"]])
    _, body = await wire.get("/v1/ticker?symbol=BTC-USDT", sign=False)
    assert (body["data"]["last"], body["data"]["ask"], body["data"]["volume"]) == ("60000", "", "3")
    _, body = await wire.get("/v1/klines?symbol=BTC-USDT&interval=1m&limit=1", sign=False)
    assert body["data"] == [["60000", "2", "3", "1", "2", "7"]]
    _, body = await wire.get("/v1/time", sign=False)
    assert abs(int(body["data"]["ts"]) - time.time() * 1000) < 60_000


@pytest.mark.parametrize("path", [route.path for route in ROUTES if route.private])
async def test_private_questions_need_the_secret(wire: Wire, path: str) -> None:
    status, body = await wire.get(path, sign=False)
    assert (status, body["code"], body["data"]) == (401, "10", [])
    assert wire.world.client.asked == []


async def test_balances_orders_and_fills_are_told(wire: Wire) -> None:
    status, body = await wire.get("/v1/balances")
    assert (status, [row["asset"] for row in body["data"]]) == (200, ["BTC", "USDT"])
    assert (await wire.get("/v1/open-orders"))[1]["data"] == []
    assert (await wire.get("/v1/fills?symbol=BTC-USDT&since=0&limit=100"))[0] == 400
    since = int(time.time() * 1000) - 1000
    assert (await wire.get(f"/v1/fills?symbol=BTC-USDT&since={since}&limit=100"))[1]["data"] == []
    status, body = await wire.get("/v1/order?symbol=BTC-USDT&clientId=TGA70010000010")
    assert (status, body["code"]) == (404, "6")
    assert (await wire.get("/v1/key"))[1]["data"] == {"exchange": "fake", "read": True, "trade": True, "why": ""}


async def test_what_can_not_be_asked_is_refused_with_its_word(wire: Wire) -> None:
    for target, status, code in (
        ("/v1/book?symbol=XRP-USDT", 404, "7"),
        ("/v1/book?symbol=../etc", 400, "3"),
        ("/v1/book", 400, "3"),
        ("/v1/order?symbol=BTC-USDT", 400, "3"),
        ("/v1/fills?symbol=BTC-USDT&since=-1", 400, "3"),
    ):
        found, body = await wire.get(target)
        assert (found, body["code"]) == (status, code), target


async def test_another_exchange_than_the_one_behind_is_not_there(wire: Wire) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{wire.host}/kraken/v1/time") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
async def test_no_page_of_a_browser_is_answered(wire: Wire, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession(headers=headers) as session:
        for path in ("/v1/instruments", "/v1/public"):
            async with session.get(f"{wire.base}{path}") as answer:
                assert answer.status == 403


async def test_a_signature_is_for_one_question(wire: Wire) -> None:
    moment = str(int(time.time() * 1000))
    headers = {
        "BRIDGE-ACCESS-TIMESTAMP": moment,
        "BRIDGE-ACCESS-SIGN": signed(wire.secret, moment, "/v1/balances"),
    }
    async with aiohttp.ClientSession(headers=headers) as session:
        for path, status in (("/v1/balances", 200), ("/v1/open-orders", 401), ("/v1/balances?x=1", 401)):
            async with session.get(f"{wire.base}{path}") as answer:
                assert answer.status == status
