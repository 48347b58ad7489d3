"""`ports.link.Link` over a scripted WebSocket server on loopback: up, down, back again, never a storm."""

import asyncio
from contextlib import asynccontextmanager
from random import Random

import pytest
from aiohttp import WSMsgType, web

from tidegate.engine.clock import SystemClock
from tidegate.ports.http import HttpError
from tidegate.transport import ws
from tidegate.transport.backoff import Backoff
from tidegate.transport.rate import ConnectBudget
from tidegate.transport.ws import LinkPlan, WsLink


class Events:
    """Notes what a link says; `changed` is set at each word."""

    def __init__(self):
        self.states = []
        self.frames = []
        self.changed = asyncio.Event()

    def on_link(self, link_id, up):
        self.states.append((link_id, up))
        self.changed.set()

    def feed(self, link_id, payload):
        assert isinstance(payload, memoryview)
        self.frames.append((link_id, bytes(payload)))
        self.changed.set()

    async def until(self, condition):
        async with asyncio.timeout(5):
            while not condition(self):
                self.changed.clear()
                await self.changed.wait()


class Server:
    """Each connection runs `serve(socket)`; handshakes are refused with the statuses of `refusals` first."""

    def __init__(self, serve, refusals=()):
        self.serve = serve
        self.refusals = list(refusals)
        self.handshakes = 0
        self.received = []

    async def handle(self, request):
        self.handshakes += 1
        if self.refusals:
            status, headers = self.refusals.pop(0)
            return web.Response(status=status, headers=headers)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        await self.serve(self, socket)
        return socket


@asynccontextmanager
async def linked(serve, *, refusals=(), budget=None, **plan):
    server, events = Server(serve, refusals), Events()
    app = web.Application()
    app.router.add_get("/ws", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]

    async def url():
        return f"ws://127.0.0.1:{port}/ws"

    facts = {"url": url, "backoff": Backoff(first_s=0.001, cap_s=0.002)} | plan
    link = WsLink(
        LinkPlan(link_id=7, exchange="binance", product="spot", role="public", **facts),
        events,
        budget or ConnectBudget(1000, 1),
        SystemClock(),
        Random(1),
    )
    task = asyncio.create_task(link.run())
    try:
        yield link, server, events
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert not link.up
        await runner.cleanup()


async def echo(server, socket):
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            server.received.append(message.data)
            await socket.send_str(message.data)


async def test_frames_go_out_and_come_in_whole():
    async with linked(echo) as (link, _, events):
        await events.until(lambda e: e.states == [(7, True)])
        assert link.up
        assert link.send(b'{"a":1}')
        await events.until(lambda e: e.frames == [(7, b'{"a":1}')])
    assert events.states == [(7, True), (7, False)]


async def test_a_message_in_pieces_arrives_as_one():
    async def pieces(_, socket):
        socket._req.transport.write(b"\x01\x04" + b'{"a"' + b"\x80\x03" + b":1}")
        await socket.receive()

    async with linked(pieces) as (_, _, events):
        await events.until(lambda e: e.frames == [(7, b'{"a":1}')])


async def test_a_send_while_down_says_that_nothing_left():
    async with linked(echo, refusals=[(503, {})] * 1000) as (link, server, _):
        while server.handshakes < 2:  # noqa: ASYNC110  # counted by the server
            await asyncio.sleep(0)
        assert not link.send(b"order")


async def test_a_closed_connection_comes_back_with_a_new_handshake():
    async def once(server, socket):
        if server.handshakes == 1:
            await socket.close(code=1001, message=b"going away")
        else:
            await echo(server, socket)

    async with linked(once) as (link, server, events):
        await events.until(lambda e: e.states[-3:] == [(7, True), (7, False), (7, True)])
        assert link.send(b"x")
        await events.until(lambda e: bool(e.frames))
    assert server.handshakes == 2


async def test_restart_makes_a_fresh_connection():
    async with linked(echo) as (link, server, events):
        await events.until(lambda e: e.states == [(7, True)])
        link.restart("test")
        await events.until(lambda e: e.states == [(7, True), (7, False), (7, True)])
    assert server.handshakes == 2


async def test_the_venues_keepalive_is_sent_by_the_plan():
    async with linked(echo, keepalive=b'{"op":"ping"}', keepalive_s=0.01) as (_, server, events):
        await events.until(lambda e: len(e.frames) >= 2)
    assert set(server.received) == {'{"op":"ping"}'}


async def test_a_connection_that_answers_nothing_is_dropped():
    async def silent(_, socket):
        socket._autoping = False
        await asyncio.sleep(60)

    async with linked(silent, idle_s=0.05) as (_, _, events):
        await events.until(lambda e: e.states[:2] == [(7, True), (7, False)])


async def test_a_connection_is_renewed_before_the_venue_cuts_it():
    async with linked(echo, lifetime_s=0.02) as (_, _, events):
        await events.until(lambda e: e.states.count((7, True)) >= 2)


@pytest.mark.parametrize("status", [429, 418, 403])
async def test_a_refused_handshake_is_not_repeated_at_once(status):
    async with linked(echo, refusals=[(status, {"Retry-After": "30"})]) as (link, server, _):
        while link.attempts < 1 or not server.handshakes:  # noqa: ASYNC110  # counted by the server
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)
        assert server.handshakes == 1


async def test_a_flapping_venue_sees_no_more_connections_than_its_budget():
    async def slam(_, socket):
        await socket.close()

    async with linked(slam, budget=ConnectBudget(5, 3600)) as (_, server, events):
        await events.until(lambda e: e.states.count((7, False)) >= 5)
        await asyncio.sleep(0.1)
        assert server.handshakes == 5


async def test_an_address_that_can_not_be_had_is_tried_again():
    tries = 0

    async def failing():
        nonlocal tries
        tries += 1
        raise HttpError("no listen key")

    async with linked(echo, url=failing) as (link, server, events):
        while tries < 3:  # noqa: ASYNC110  # counted by the double
            await asyncio.sleep(0)
        assert not link.up
    assert (server.handshakes, events.states) == (0, [])


async def test_a_frame_above_the_limit_ends_the_connection(monkeypatch):
    monkeypatch.setattr(ws, "FRAME_SIZE_MAX", 100)

    async def large(server, socket):
        await socket.send_str("x" * 200 if server.handshakes == 1 else "ok")
        await echo(server, socket)

    async with linked(large) as (_, _, events):
        await events.until(lambda e: e.frames[-1:] == [(7, b"ok")])
    assert events.states[:3] == [(7, True), (7, False), (7, True)]
