"""A running HTTP face on a loopback port, and a client for it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from tests.unit.api.doubles import World
from tests.unit.api.logins import GOOD_TOKEN

from tidegate.api.app import build_app
from tidegate.api.server import ApiRunner


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def base(world: World) -> AsyncIterator[str]:
    runner = ApiRunner(build_app(world.services()))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


@pytest.fixture
async def anyone(base: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A client without a token."""
    async with aiohttp.ClientSession(base) as session:
        yield session


@pytest.fixture
async def admin(base: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that may do everything."""
    async with aiohttp.ClientSession(base, headers={"Authorization": f"Bearer {GOOD_TOKEN}"}) as session:
        yield session
