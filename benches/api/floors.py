"""Servers that have nothing else to do, driven by the same clients in the same minute: what the machine itself takes.

Each runs in a process of its own, on the cores that the service has.
"""

import asyncio
import json
import multiprocessing
import os
import time
from typing import ClassVar

import uvloop
from aiohttp import web

from tidegate.api.frames import text_frame

ANSWER_BYTES = 1024
EVENT_BYTES = 700
"""About what an order event and the prices that go with it have."""
BURST_GAP_S = 0.003
EVERY_S = 0.1
"""Two events three milliseconds apart, as an order and its fill are, ten times a second."""


async def hello(pipe):
    """aiohttp alone on uvloop, an answer as long as ours."""
    answer = b"x" * ANSWER_BYTES

    async def handle(_request):
        return web.Response(body=answer, content_type="application/json")

    app = web.Application()
    app.router.add_get("/{name:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    pipe.send(runner.addresses[0][1])
    await asyncio.Event().wait()


class Listener(asyncio.Protocol):
    """Lets everybody in as a WebSocket, and hears nothing."""

    everybody: ClassVar[list[asyncio.Transport]] = []

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        if data.startswith(b"GET "):
            self.transport.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
            Listener.everybody.append(self.transport)


async def broadcast(pipe):
    """One loop over all of them for each event: nobody waits for anything but the writes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Listener, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    while True:
        await asyncio.sleep(EVERY_S)
        for gap_s in (BURST_GAP_S, 0):
            told = {"event": "order_filled", "ts": time.time_ns() // 1_000_000}
            frame = text_frame(json.dumps(told | {"filling": "x" * EVENT_BYTES}, separators=(",", ":")).encode())
            for transport in Listener.everybody:
                if not transport.is_closing():
                    transport.write(frame)
            await asyncio.sleep(gap_s)


def serve(pipe, cores, work):
    os.sched_setaffinity(0, cores)
    uvloop.run(work(pipe))


def serving(work, cores):
    """The process, and the port that it listens on."""
    mine, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, cores, work), daemon=True)
    server.start()
    return server, mine.recv()
