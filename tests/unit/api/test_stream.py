"""The WebSocket against a running server: who may open it, what it sends, when it is cut."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError, web
from tests.unit.api.doubles import NOW_NS, World, event
from tests.unit.api.logins import GOOD_TOKEN, VIEWER_TOKEN

from tidegate.api.app import build_app
from tidegate.api.backlog import EVENTS_MAX
from tidegate.api.hub import CHANNELS_MAX
from tidegate.api.server import ApiRunner
from tidegate.model.access import Principal
from tidegate.ports.store import StoreError

Socket = aiohttp.ClientWebSocketResponse
FIRST_SEQ = NOW_NS // 1_000_000 * 1000
PRICES = "prices:binance:spot:BTCUSDT"


@pytest.fixture
async def socket(admin: aiohttp.ClientSession) -> AsyncIterator[Socket]:
    async with admin.ws_connect("/ws") as opened:
        yield opened


async def ask(socket: Socket, op: str, **fields: object) -> dict[str, object]:
    """Sends one message and reads up to the answer to it."""
    await socket.send_json({"op": op, **fields})
    return await socket.receive_json(timeout=5)


async def test_a_ticket_opens_one_socket(admin: aiohttp.ClientSession, anyone: aiohttp.ClientSession) -> None:
    async with admin.post("/api/auth/ws-ticket") as answer:
        ticket = (await answer.json())["data"]["ticket"]
    async with anyone.ws_connect("/ws", params={"ticket": ticket}) as socket:
        assert (await ask(socket, "ping"))["event"] == "pong"
    with pytest.raises(WSServerHandshakeError) as caught:
        await anyone.ws_connect("/ws", params={"ticket": ticket})
    assert caught.value.status == 401


async def test_a_ticket_of_a_session_that_has_ended_since_opens_nothing(
    admin: aiohttp.ClientSession, anyone: aiohttp.ClientSession, world: World
) -> None:
    async with admin.post("/api/auth/ws-ticket") as answer:
        ticket = (await answer.json())["data"]["ticket"]
    world.auth.stands = False
    with pytest.raises(WSServerHandshakeError) as caught:
        await anyone.ws_connect("/ws", params={"ticket": ticket})
    assert caught.value.status == 401


HANDSHAKES = {
    "no token": ({}, 401),
    "bad token": ({"Authorization": "Bearer wrong"}, 401),
    "foreign page": ({"Authorization": f"Bearer {GOOD_TOKEN}", "Origin": "https://evil.example"}, 403),
    "malformed origin": ({"Authorization": f"Bearer {GOOD_TOKEN}", "Origin": "http://["}, 403),
    "page without an origin": ({"Authorization": f"Bearer {GOOD_TOKEN}", "Origin": "null"}, 403),
}


@pytest.mark.parametrize(("headers", "status"), HANDSHAKES.values(), ids=HANDSHAKES.keys())
async def test_a_handshake_that_may_not_is_refused(
    headers: dict[str, str], status: int, anyone: aiohttp.ClientSession
) -> None:
    with pytest.raises(WSServerHandshakeError) as caught:
        await anyone.ws_connect("/ws", headers=headers)
    assert caught.value.status == status


async def test_the_local_socket_carries_it_too(world: World, tmp_path: Path) -> None:
    runner = ApiRunner(build_app(world.services()))
    await runner.setup()
    place = str(tmp_path / "s")
    await web.UnixSite(runner, place).start()
    headers = {"Authorization": f"Bearer {GOOD_TOKEN}"}
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(place)) as session,
        session.ws_connect("http://local/ws", headers=headers) as socket,
    ):
        assert (await ask(socket, "ping"))["event"] == "pong"
    await runner.cleanup()


async def test_our_own_page_may_open_it(base: str, anyone: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {VIEWER_TOKEN}", "Origin": base}
    async with anyone.ws_connect("/ws", headers=headers) as socket:
        assert (await ask(socket, "ping"))["event"] == "pong"


async def test_a_plain_request_is_told_so(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/ws") as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "VALIDATION_ERROR")


async def test_events_of_the_channels_arrive_numbered_and_others_do_not(socket: Socket, world: World) -> None:
    answer = await ask(socket, "subscribe", channels=["prices:binance:BTCUSDT", "pairs:*", "orders"])
    assert answer["data"] == {"channels": sorted(["orders", "pairs:*", PRICES])}
    assert world.engine.watched == [("binance:spot:BTCUSDT", True)]
    world.bus.publish("plans", event("plan_update"))
    world.bus.publish(PRICES, event("price_update", bid="1"))
    world.bus.publish("pairs:a", event("opportunity", pairId="a"))
    world.bus.publish("orders", event("order_filled", orderId="o"))
    got = [await socket.receive_json(timeout=5) for _ in range(3)]
    assert {message["event"] for message in got} == {"price_update", "opportunity", "order_filled"}
    seqs = [message["seq"] for message in got]
    assert len(set(seqs)) == 3
    assert all(seq > FIRST_SEQ for seq in seqs)


async def test_unsubscribing_and_leaving_stop_the_watch(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.ws_connect("/ws") as first, admin.ws_connect("/ws") as second:
        for socket in (first, second):
            await ask(socket, "subscribe", channels=[PRICES])
        answer = await ask(first, "unsubscribe", channels=[PRICES])
        assert answer["data"] == {"channels": []}
        assert world.engine.watched == [("binance:spot:BTCUSDT", True)]
    # Leaving is noticed when the socket's end has been read, which a later request comes after.
    await (await admin.get("/api/balance")).read()
    assert world.engine.watched[-1] == ("binance:spot:BTCUSDT", False)


BAD_OPS = {
    "not JSON": "{",
    "no op": "{}",
    "an op we do not have": '{"op":"trade"}',
    "an unknown field": '{"op":"ping","x":1}',
    "no such channel": '{"op":"subscribe","channels":["secrets"]}',
    "no channel": '{"op":"subscribe","channels":[]}',
    "a channel that is no text": '{"op":"subscribe","channels":[1]}',
    "too many at once": '{"op":"subscribe","channels":[' + ",".join(['"orders"'] * (CHANNELS_MAX + 1)) + "]}",
    "a list": "[]",
    "a page event we do not know": '{"op":"log","events":[{"event":"drop_tables","data":{},"ts":1}]}',
    "a page event with a structure": '{"op":"log","events":[{"event":"login","data":{"a":{}},"ts":1}]}',
    "an unknown instrument": '{"op":"subscribe","channels":["prices:binance:NOSUCH"]}',
}


@pytest.mark.parametrize("text", BAD_OPS.values(), ids=BAD_OPS.keys())
async def test_a_message_that_does_not_fit_is_answered_and_survived(text: str, socket: Socket) -> None:
    await socket.send_str(text)
    answer = await socket.receive_json(timeout=5)
    assert answer["event"] == "error"
    assert answer["data"]["code"] in {"VALIDATION_ERROR", "NOT_FOUND"}
    assert (await ask(socket, "ping"))["event"] == "pong"


async def test_binary_messages_are_refused_and_huge_ones_end_the_socket(socket: Socket) -> None:
    await socket.send_bytes(b"{}")
    assert (await socket.receive_json(timeout=5))["data"]["message"] == "messages are JSON text"
    await socket.send_str("x" * (64 * 1024 + 1))
    end = await socket.receive(timeout=5)
    assert (end.type, end.data) == (WSMsgType.CLOSE, 1009)


async def test_channels_are_bounded_over_several_messages(socket: Socket) -> None:
    await ask(socket, "subscribe", channels=[f"pairs:p{number}" for number in range(CHANNELS_MAX)])
    answer = await ask(socket, "subscribe", channels=["orders"])
    assert answer["event"] == "error"


async def test_sockets_of_one_user_are_bounded(admin: aiohttp.ClientSession) -> None:
    opened = [await admin.ws_connect("/ws") for _ in range(20)]
    with pytest.raises(WSServerHandshakeError) as caught:
        await admin.ws_connect("/ws")
    assert (caught.value.status, (caught.value.headers or {}).get("Retry-After")) == (429, "5")
    for socket in opened:
        await socket.close()


async def test_a_session_that_was_ended_closes_its_sockets(socket: Socket, world: World) -> None:
    await ask(socket, "ping")
    world.auth.stands = False
    end = await socket.receive(timeout=5)
    assert (end.type, end.data) == (WSMsgType.CLOSE, 4401)
    assert "log in" in (end.extra or "")


async def test_resume_replays_the_order_events_that_were_missed(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.ws_connect("/ws") as socket:
        await ask(socket, "subscribe", channels=["orders", "plans"])
        world.bus.publish("orders", event("order_submitted", orderId="1"))
        seen = (await socket.receive_json(timeout=5))["seq"]
    world.bus.publish("orders", event("order_filled", orderId="1"))
    world.bus.publish("plans", event("plan_update", planId="p"))
    world.bus.publish("alerts", event("engine_alert", code="x"))
    async with admin.ws_connect("/ws") as socket:
        await ask(socket, "subscribe", channels=["orders", "plans"])
        await socket.send_json({"op": "resume", "after": seen})
        got = [await socket.receive_json(timeout=5) for _ in range(3)]
    assert [message["event"] for message in got] == ["order_filled", "plan_update", "resumed"]
    assert got[-1]["data"] == {"after": seen, "replayed": 2}
    assert seen < got[0]["seq"] < got[1]["seq"] < got[2]["seq"]


@pytest.mark.parametrize(
    "after", [1, FIRST_SEQ - 1, FIRST_SEQ + 10**9], ids=["ancient", "another process", "the future"]
)
async def test_resume_says_when_it_can_not(after: int, socket: Socket) -> None:
    answer = await ask(socket, "resume", after=after)
    assert answer["event"] == "resume_failed"


async def test_resume_can_not_reach_behind_what_is_held(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.ws_connect("/ws") as socket:
        seen = (await ask(socket, "subscribe", channels=["alerts"]))["seq"]
        for _ in range(EVENTS_MAX + 1):
            world.bus.publish("orders", event("order_submitted"))
        world.bus.publish("alerts", event("engine_alert"))
        assert (await socket.receive_json(timeout=30))["event"] == "engine_alert"
        assert (await ask(socket, "resume", after=seen))["event"] == "resume_failed"


async def test_events_that_the_bus_lost_cut_those_who_count_on_them(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.ws_connect("/ws") as orders, admin.ws_connect("/ws") as prices:
        await ask(orders, "subscribe", channels=["orders"])
        await ask(prices, "subscribe", channels=[PRICES])
        lossless = next(found for found in world.bus.subscriptions if "orders" in found.topics)
        lossless.dropped = 3
        world.bus.publish("orders", event("order_filled"))
        end = await orders.receive(timeout=5)
        assert (end.type, end.data) == (WSMsgType.CLOSE, 4408)
        assert (await ask(prices, "ping"))["event"] == "pong"


async def test_a_client_that_does_not_read_is_cut_with_a_reason(admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.ws_connect("/ws", max_msg_size=0) as socket:
        await ask(socket, "subscribe", channels=["orders"])
        padding = "x" * 4096
        for _ in range(8000):
            world.bus.publish("orders", event("order_filled", padding=padding))
        await (await admin.get("/api/balance")).read()
        end = await socket.receive(timeout=5)
        while end.type is WSMsgType.TEXT:
            end = await socket.receive(timeout=5)
    assert (end.type, end.data) == (WSMsgType.CLOSE, 4408)
    assert end.extra == "too slow: order events would be lost"


async def test_page_events_are_logged_and_bounded(socket: Socket, capsys: pytest.CaptureFixture[str]) -> None:
    events = [{"event": "ui_error", "data": {"text": "odd"}, "ts": 1}] * 20
    for _ in range(3):
        await socket.send_json({"op": "log", "events": events})
    answer = await ask(socket, "log", events=events)
    assert answer["data"]["code"] == "RATE_LIMITED"
    logged = capsys.readouterr()
    assert (logged.out + logged.err).count("page_event") == 60


async def test_a_database_that_is_away_ends_no_session(
    socket: Socket, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def live(_principals: Iterable[Principal]) -> frozenset[str]:
        asked.set()
        raise StoreError("the database is locked")

    monkeypatch.setattr(world.auth, "live", live)
    await asyncio.wait_for(asked.wait(), 5)
    assert (await ask(socket, "ping"))["event"] == "pong"


async def test_a_fault_of_the_stream_cuts_the_clients_and_is_survived(
    admin: aiohttp.ClientSession, world: World
) -> None:
    async with admin.ws_connect("/ws") as socket:
        await ask(socket, "subscribe", channels=["orders"])
        while not world.bus.listened.locked():
            await world.bus.listened.acquire()
        world.bus.publish("orders", None)  # type: ignore[arg-type]
        end = await socket.receive(timeout=5)
        assert (end.type, end.data) == (WSMsgType.CLOSE, 1001)
    await asyncio.wait_for(world.bus.listened.acquire(), 5)
    async with admin.ws_connect("/ws") as socket:
        await ask(socket, "subscribe", channels=["orders"])
        world.bus.publish("orders", event("order_filled"))
        assert (await socket.receive_json(timeout=5))["event"] == "order_filled"


async def test_a_client_that_stands_still_is_cut_though_nothing_is_sent_to_it(
    base: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidegate.api.client.PING_S", 0.01)
    monkeypatch.setattr("tidegate.api.hub.LOOK_S", 0.01)
    monkeypatch.setattr("tidegate.api.client.SILENT_S", 0.6)
    monkeypatch.setattr("tidegate.api.stream.CLOSE_WAIT_S", 0.01)
    address = urlsplit(base)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"GET /ws HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {GOOD_TOKEN}\r\n\r\n".encode()
    )
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    said = b""
    with suppress(ConnectionResetError):
        said = await reader.read()  # up to its end: no pong is ever given
    assert said.count(b"\x89\x00") >= 1
    writer.close()


async def test_a_client_that_answers_pings_stays(admin: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.api.client.PING_S", 0.01)
    monkeypatch.setattr("tidegate.api.hub.LOOK_S", 0.01)
    async with admin.ws_connect("/ws", autoping=False) as socket:
        for _ in range(3):
            asked = await socket.receive(timeout=5)
            assert asked.type is WSMsgType.PING
            await socket.pong(asked.data)
        await socket.ping(b"there")
        while (answer := await socket.receive(timeout=5)).type is WSMsgType.PING:
            await socket.pong(answer.data)
        assert (answer.type, answer.data) == (WSMsgType.PONG, b"there")
