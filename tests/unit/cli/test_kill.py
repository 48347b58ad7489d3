"""The kill switch for whoever owns the data directory: over the local socket, without a login."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from tests.unit.api.doubles import World

from tidegate.api.app import build_app
from tidegate.api.server import ApiRunner
from tidegate.app.listen import local_listener
from tidegate.cli.halts import acknowledge
from tidegate.cli.kill import kill, link, reset_kill
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A server whose every login is refused."""
    made = World()
    runner = ApiRunner(build_app(made.services()))
    await runner.setup()
    with local_listener(Config(home=tmp_path)) as listener:
        assert listener is not None
        await web.SockSite(runner, listener).start()
        yield made
        await runner.cleanup()


async def test_kill_and_reset_are_the_owners_own_commands(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await asyncio.to_thread(kill, reason="drill", halt=True, home=tmp_path)
    await asyncio.to_thread(reset_kill, home=tmp_path)
    assert [(command.name, command.actor.partition(":")[0]) for command in world.engine.commands] == [
        ("kill", "local"),
        ("reset", "local"),
    ]
    assert world.engine.commands[0].body == b'{"reason":"drill","mode":"halt"}'
    assert "stopped (halt)" in capsys.readouterr().out


async def test_a_difference_is_acknowledged_by_the_owner(world: World, tmp_path: Path) -> None:
    await asyncio.to_thread(acknowledge, "binance:main/spot/USDT", home=tmp_path)
    command = world.engine.commands[0]
    assert (command.name, command.body) == ("acknowledge_diff", b'{"id":"binance:main/spot/USDT"}')


async def test_a_link_is_printed(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await asyncio.to_thread(link, home=tmp_path)
    assert "/#login=link" in capsys.readouterr().out


async def test_the_link_is_for_the_local_socket_alone(world: World, tmp_path: Path) -> None:
    connector = aiohttp.UnixConnector(str(tmp_path / "local.sock"))
    async with aiohttp.ClientSession("http://local", connector=connector) as client:
        # A token counts for more than the socket: who sends one is asked as its owner.
        async with client.post("/api/auth/link", headers={"Authorization": "Bearer admin-token"}) as answer:
            assert answer.status == 403
        async with client.post("/api/auth/link") as answer:
            assert answer.status == 200
        async with client.get("/api/users/profile") as answer:
            assert answer.status == 403


async def test_a_refusal_keeps_its_code(world: World, tmp_path: Path) -> None:
    world.engine.refusals["reset"] = TidegateError(Code.CONFLICT, "positions are open")
    with pytest.raises(TidegateError, match="positions are open") as caught:
        await asyncio.to_thread(reset_kill, home=tmp_path)
    assert caught.value.code is Code.CONFLICT


async def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(TidegateError, match="no server is running"):
        kill(home=tmp_path)
