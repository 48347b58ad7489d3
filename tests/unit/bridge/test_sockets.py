"""The two sockets: who may do what, books as they come, orders that outlive their connection."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.unit.bridge import doubles
from tests.unit.bridge.wire import Wire, wired

from tidegate.bridge import books
from tidegate.bridge.serve import now_ms

ONE = "TGA70010000010"


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    async with wired(tmp_path) as made:
        yield made


def place(client: str = ONE, **change: object) -> dict[str, object]:
    order = {"symbol": "BTC-USDT", "clientId": client, "side": "sell", "kind": "ioc", "qty": "0.1", "px": "60000"}
    return {"id": client, "op": "place", "expires": str(now_ms() + 5000), "args": [order | change]}


async def said(socket: aiohttp.ClientWebSocketResponse) -> Any:
    return await socket.receive_json(timeout=5)


async def test_a_ping_in_text_is_answered(wire: Wire) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{wire.base}/v1/public") as socket:
        await socket.send_str("ping")
        assert await socket.receive_str(timeout=5) == "pong"


async def test_a_book_is_sent_whole_and_again_while_its_stream_is_silent(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "QUIET_S", 0.05)
    wire.world.client.has = {"watchOrderBook": True}
    streamed: asyncio.Queue[object] = asyncio.Queue()

    async def watch_order_book(symbol: str) -> object:
        return await streamed.get()

    wire.world.client.watch_order_book = watch_order_book  # type: ignore[attr-defined]
    await streamed.put({"bids": [[60000.0, 3.0]], "asks": [], "timestamp": 7})
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{wire.base}/v1/public") as socket:
        arg = {"channel": "books", "instId": "BTC-USDT"}
        await socket.send_json({"op": "subscribe", "args": [arg]})
        assert await said(socket) == {"event": "subscribe", "arg": arg}
        first, asked, again = [await said(socket) for _ in range(3)]
    assert (first["action"], first["data"][0]["bids"], first["data"][0]["ts"]) == ("snapshot", [["60000", "3"]], "7")
    # What the exchange says when it is asked: silence alone is no proof that the book stands.
    assert asked["data"][0]["asks"] == [["60000.1", "2"]]
    seqs = [frame["data"][0]["seqId"] for frame in (first, asked, again)]
    assert (seqs == sorted(set(seqs)), {frame["data"][0]["prevSeqId"] for frame in (first, asked)}) == (True, {0})
    async with asyncio.timeout(5):
        while wire.hub.heard(("books", "BTC-USDT")):  # noqa: ASYNC110  # what ends it is what is tested
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("path", "request_", "code"),
    [
        ("public", {"op": "subscribe", "args": [{"channel": "orders"}]}, "7"),
        ("public", {"op": "subscribe", "args": [{"channel": "books", "instId": "XRP-USDT"}]}, "7"),
        ("public", {"op": "subscribe", "args": [{"channel": "trades", "instId": "BTC-USDT"}]}, "11"),
        ("public", {"op": "place", "args": [{}]}, "3"),
        ("account", {"op": "subscribe", "args": [{"channel": "orders"}]}, "10"),
        ("account", {"op": "subscribe", "args": [{"channel": "books", "instId": "BTC-USDT"}]}, "7"),
        ("account", {"op": "login", "args": [{}]}, "10"),
        ("account", {"op": "withdraw", "args": [{}]}, "3"),
    ],
)
async def test_what_is_not_for_this_socket_is_refused(wire: Wire, path: str, request_: object, code: str) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{wire.base}/v1/{path}") as socket:
        await socket.send_json(request_)
        answer = await said(socket)
    assert (answer["event"], answer["code"]) == ("error", code)


async def test_orders_need_the_secret(wire: Wire) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{wire.base}/v1/account") as socket:
        await socket.send_json(wire.login("wrong"))
        assert (await said(socket))["code"] == "10"
        await socket.send_json(place())
        assert (await said(socket))["code"] == "10"
    assert wire.world.client.created == []


async def test_an_order_is_answered_by_its_id(wire: Wire) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{wire.base}/v1/account") as socket:
        await socket.send_json(wire.login())
        assert await said(socket) == {"event": "login", "code": "0"}
        await socket.send_json(place())
        assert await said(socket) == {"id": ONE, "op": "place", "code": "0", "msg": "", "orderId": "O1"}
        await socket.send_json(place(qty="0.000001"))
        assert (await said(socket))["code"] == "3"
        await socket.send_json({"id": f"c{ONE}", "op": "cancel", "args": [{"symbol": "BTC-USDT", "clientId": ONE}]})
        assert await said(socket) == {"id": f"c{ONE}", "op": "cancel", "code": "0", "msg": "", "orderId": "O1"}
        wire.world.client.lost = doubles.RequestTimeout("no answer")
        await socket.send_json(place("TGA70010000020"))
        answer = await said(socket)
        assert (answer["id"], answer["code"], answer["orderId"]) == ("TGA70010000020", "1", "")


async def test_an_order_under_way_goes_on_when_its_connection_ends(wire: Wire) -> None:
    wire.world.client.gate.clear()
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{wire.base}/v1/account") as socket:
        await socket.send_json(wire.login())
        await socket.send_json(place())
        async with asyncio.timeout(5):
            await wire.world.client.reached.wait()
    wire.world.client.gate.set()
    async with asyncio.timeout(5):
        while (await wire.get(f"/v1/order?symbol=BTC-USDT&clientId={ONE}"))[0] != 200:  # noqa: ASYNC110  # likewise
            await asyncio.sleep(0.01)
    assert len(wire.world.client.created) == 1
