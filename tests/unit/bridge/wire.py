"""The wire of a bridge whose exchange is in memory, served on this machine."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from tests.unit.bridge.doubles import World

from tidegate.bridge.books import Books
from tidegate.bridge.hub import Hub
from tidegate.bridge.routes import Parts
from tidegate.bridge.secret import LOGIN, signed
from tidegate.bridge.serve import Plan, _app, now_ms
from tidegate.bridge.sockets import Sockets

SECRET = "hunter2"


@dataclass
class Wire:
    world: World
    host: str
    hub: Hub
    secret: str = SECRET

    @property
    def base(self) -> str:
        return f"{self.host}/fake"

    async def get(self, target: str, *, sign: bool = True) -> tuple[int, Any]:
        moment = str(now_ms())
        headers = {"BRIDGE-ACCESS-TIMESTAMP": moment, "BRIDGE-ACCESS-SIGN": signed(SECRET, moment, target)}
        session = aiohttp.ClientSession(headers=headers if sign else {})
        async with session, session.get(self.base + target) as answer:
            return answer.status, await answer.json()

    def login(self, secret: str = SECRET) -> dict[str, object]:
        moment = str(int(time.time()))
        return {"op": "login", "args": [{"timestamp": moment, "sign": signed(secret, moment, LOGIN)}]}


async def fetch_order_book(symbol: str, limit: int | None = None) -> object:
    return {"bids": [[60000.0, 1.0], [59999.0, 1.0]], "asks": [[60000.1, 2.0]], "timestamp": None}


async def fetch_ticker(symbol: str) -> object:
    return {"last": 60000.0, "bid": 59999.9, "ask": None, "baseVolume": 3, "timestamp": 5}


async def fetch_ohlcv(symbol: str, timeframe: str, since: None, limit: int) -> object:
    return [[0, 1, 2, 0.5, 1.5, 9], [60000, 2, 3, 1, 2, 7.0]]


@asynccontextmanager
async def wired(directory: Path) -> AsyncIterator[Wire]:
    world = World(directory)
    for question in (fetch_order_book, fetch_ticker, fetch_ohlcv):
        setattr(world.client, question.__name__, question)
    world.account._now_ms = world.account.fills._now_ms = now_ms
    hub = Hub()
    async with asyncio.TaskGroup() as owner:
        books = Books(world.client, hub, owner, now_ms)
        sockets = Sockets(
            hub=hub,
            books=books,
            account=world.account,
            markets=world.markets,
            secret=SECRET,
            owner=owner,
            now_ms=now_ms,
        )
        parts = Parts("fake", world.client, world.markets, books, world.account, SECRET, now_ms)
        runner = web.AppRunner(_app(Plan("fake", 0, directory), parts, sockets), shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        yield Wire(world, f"http://127.0.0.1:{port}", hub)
        await sockets.close()
        await runner.cleanup()
        books.stop()
    await world.ledger.close()
