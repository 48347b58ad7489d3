"""Prices: live first, fetched where there is no live book, an error where the live book is not synced."""

import aiohttp
import pytest
from tests.unit.api.documents import BOOK
from tests.unit.api.doubles import World

from tidegate.model.errors import Code, TidegateError

UNSYNCED = TidegateError(Code.EXCHANGE_UNAVAILABLE, "the book of binance:spot:BTCUSDT is not synced")
NO_BOOK = TidegateError(Code.NOT_FOUND, "no live book")
ONE = "/api/prices/binance/BTCUSDT"


async def test_a_live_book_passes_through_byte_by_byte(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.get(ONE, params={"type": "linear", "depth": "5"}) as answer:
        raw = await answer.read()
    assert raw == b'{"success":true,"data":{"source":"book",' + BOOK[1:] + b"}"
    assert world.engine.queries == [("book", {"instrument": "binance:linear:BTCUSDT", "depth": 5})]


async def test_an_unsynced_live_book_is_never_replaced_by_another_price(
    admin: aiohttp.ClientSession, world: World
) -> None:
    world.engine.views["book"] = UNSYNCED
    async with admin.get(ONE) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (503, "EXCHANGE_UNAVAILABLE")


async def test_without_a_live_book_the_venue_is_asked(admin: aiohttp.ClientSession, world: World) -> None:
    world.engine.views["book"] = NO_BOOK
    async with admin.get("/api/prices/binance/ETHBTC") as answer:
        data = (await answer.json())["data"]
    assert (data["source"], data["simulated"], data["bids"]) == ("rest", True, [["0.05", "1"]])


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/prices/kraken/BTCUSDT", 400, "VALIDATION_ERROR"),
        ("/api/prices/okx/BTC-USDT", 503, "EXCHANGE_UNAVAILABLE"),
        ("/api/prices/binance/NOSUCH", 404, "NOT_FOUND"),
        ("/api/prices/binance/BTC%20USDT", 400, "VALIDATION_ERROR"),
        ("/api/prices/BINANCE/BTCUSDT", 400, "VALIDATION_ERROR"),
        (f"{ONE}?depth=0", 400, "VALIDATION_ERROR"),
        (f"{ONE}?depth=1001", 400, "VALIDATION_ERROR"),
        (f"{ONE}?depth=ten", 400, "VALIDATION_ERROR"),
        (f"{ONE}?type=option", 400, "VALIDATION_ERROR"),
        (f"{ONE}?depth=1&depth=2", 400, "VALIDATION_ERROR"),
        ("/api/prices/kraken/BTCUSDT/ticker", 400, "VALIDATION_ERROR"),
    ],
)
async def test_what_can_not_be_priced_is_an_error(
    path: str, status: int, code: str, admin: aiohttp.ClientSession, world: World
) -> None:
    world.engine.views["book"] = NO_BOOK
    async with admin.get(path) as answer:
        envelope = await answer.json()
    assert (answer.status, envelope["error"]["code"]) == (status, code)


async def test_a_batch_keeps_its_order_and_puts_errors_in_their_place(
    admin: aiohttp.ClientSession, world: World
) -> None:
    world.engine.views["book"] = NO_BOOK
    items = [
        {"exchange": "binance", "symbol": "NOSUCH"},
        {"exchange": "binance", "symbol": "ETHBTC"},
        {"exchange": "okx", "symbol": "BTC-USDT", "type": "linear"},
    ]
    async with admin.post("/api/prices/batch", json={"items": items}) as answer:
        first, second, third = (await answer.json())["data"]
    assert first["error"] == {"code": "NOT_FOUND", "message": "binance has no spot symbol NOSUCH"}
    assert (second["symbol"], second["source"]) == ("ETHBTC", "rest")
    assert (third["symbol"], third["error"]["code"]) == ("BTC-USDT", "EXCHANGE_UNAVAILABLE")


@pytest.mark.parametrize("count", [0, 101])
async def test_a_batch_is_one_to_a_hundred_items(count: int, admin: aiohttp.ClientSession) -> None:
    items = [{"exchange": "binance", "symbol": "BTCUSDT"}] * count
    async with admin.post("/api/prices/batch", json={"items": items}) as answer:
        assert (answer.status, set((await answer.json())["error"]["details"])) == (400, {"items"})
