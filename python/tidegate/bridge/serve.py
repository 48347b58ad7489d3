"""One bridge as a process: loads the exchange's markets, then serves the wire until it is told to stop."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import orjson
from aiohttp import web

from tidegate.bridge.account import Account
from tidegate.bridge.books import Books
from tidegate.bridge.exchange import Clients, connect
from tidegate.bridge.hub import Hub
from tidegate.bridge.ledger import Ledger
from tidegate.bridge.markets import Markets
from tidegate.bridge.routes import ROUTES, Parts, handler, local
from tidegate.bridge.secret import SECRET_FILE, load_keys, load_secret
from tidegate.bridge.sockets import Sockets
from tidegate.bridge.watch import Watch
from tidegate.bridge.ways import WAYS
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log

T = TypeVar("T")

HOST: Final = "127.0.0.1"
"""The wire is not encrypted; it never leaves the machine."""
LOAD_S: Final = 60.0
"""How long the exchange may take to tell its markets, tries and all."""
RETRY_S: Final = 2.0
LEDGER_FILE: Final = "orders.db"
GRACE_S: Final = 12.0
"""An order that is being sent has its whole deadline to be answered."""

_log = log.get("bridge")


@dataclass(frozen=True, slots=True)
class Plan:
    """exchange: as ccxt calls it. home: the data directory. simulated: `host:port` that stands for the exchange."""

    exchange: str
    port: int
    home: Path
    simulated: str | None = None


def serve(plan: Plan) -> None:
    """Runs until SIGINT or SIGTERM; the first line of standard output says where. Raises TidegateError."""
    log.configure("info", simulated=plan.simulated is not None)
    directory = plan.home / "bridge" / plan.exchange
    secret = load_secret(directory)
    clients = connect(plan.exchange, load_keys(directory, os.environ), plan.simulated)
    try:
        asyncio.run(_serve(plan, clients, secret, directory))
    except ExceptionGroup as failures:
        found, _ = failures.split(TidegateError)
        raise (_first(found) if found is not None else failures) from None


def _first(failures: BaseExceptionGroup[TidegateError]) -> BaseException:
    failure: BaseException = failures
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def _serve(plan: Plan, clients: Clients, secret: str, directory: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ledger = Ledger(directory / LEDGER_FILE)
    try:
        markets = await _unless(stop, _markets(plan, clients))
        if markets is None:
            return
        async with asyncio.TaskGroup() as owner:
            await _until(stop, plan, clients, (markets, ledger, secret, directory), owner)
    finally:
        await clients.close()
        await ledger.close()


async def _unless(stop: asyncio.Event, work: Coroutine[object, object, T]) -> T | None:
    """What the work gives; None when it is told to stop before."""
    working, stopping = asyncio.create_task(work, name="load"), asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        stopping.cancel()


async def _markets(plan: Plan, clients: Clients) -> Markets:
    """Tried again for a while. Raises TidegateError EXCHANGE_UNAVAILABLE."""
    deadline = time.monotonic() + LOAD_S
    while True:
        try:
            async with asyncio.timeout(LOAD_S):
                return _usable(plan, Markets(await _listed(clients), clients.public.precisionMode))
        except TidegateError:
            raise
        except Exception as error:
            if time.monotonic() + RETRY_S > deadline:
                why = f"{plan.exchange} does not tell its markets: {type(error).__name__}"
                raise TidegateError(Code.EXCHANGE_UNAVAILABLE, why) from error
            _log.warning("markets_failed", error=type(error).__name__, retry_s=RETRY_S)
            await asyncio.sleep(RETRY_S)


async def _listed(clients: Clients) -> Mapping[str, object]:
    """Of the private client where there is one: its numbers are exact text. Both have to know their markets."""
    found = await clients.public.load_markets()
    return found if clients.private is None else await clients.private.load_markets()


def _usable(plan: Plan, markets: Markets) -> Markets:
    if not markets.by_symbol:
        raise TidegateError(Code.EXCHANGE_UNAVAILABLE, f"{plan.exchange} has no spot market that can be traded safely")
    return markets


async def _until(
    stop: asyncio.Event, plan: Plan, clients: Clients, kept: tuple[Markets, Ledger, str, Path], owner: asyncio.TaskGroup
) -> None:
    markets, ledger, secret, directory = kept
    hub = Hub()
    books = Books(clients.public, hub, owner, now_ms)
    account, watching = None, None
    if clients.private is not None:
        account = Account(clients.private, WAYS.get(plan.exchange), markets, ledger, now_ms)
        watch = Watch(clients.private, account, ledger, markets, hub)
        account.changed = watch.poke
        if not account.why_not:
            watching = owner.create_task(watch.run(), name="bridge-watch")
    sending = asyncio.TaskGroup()
    async with sending:
        sockets = Sockets(
            hub=hub, books=books, account=account, markets=markets, secret=secret, owner=sending, now_ms=now_ms
        )
        parts = Parts(plan.exchange, clients.public, markets, books, account, secret, now_ms)
        runner = web.AppRunner(_app(plan, parts, sockets), access_log=None, shutdown_timeout=GRACE_S)
        await runner.setup()
        site = web.TCPSite(runner, HOST, plan.port)
        await _listen(site, plan)
        _announce(plan, runner, parts, directory)
        await stop.wait()
        await sockets.close()
        await runner.cleanup()
    books.stop()
    if watching is not None:
        watching.cancel()


async def _listen(site: web.TCPSite, plan: Plan) -> None:
    try:
        await site.start()
    except OSError as error:
        raise TidegateError(Code.CONFIG_ERROR, f"cannot listen on {HOST}:{plan.port}: {error.strerror}") from error


def _app(plan: Plan, parts: Parts, sockets: Sockets) -> web.Application:
    app = web.Application(middlewares=[local])
    prefix = f"/{plan.exchange}"
    for route in ROUTES:
        app.router.add_get(prefix + route.path, handler(parts, route, prefix))
    app.router.add_get(f"{prefix}/v1/public", sockets.public)
    app.router.add_get(f"{prefix}/v1/account", sockets.private)
    return app


def _announce(plan: Plan, runner: web.AppRunner, parts: Parts, directory: Path) -> None:
    host, port = runner.addresses[0][:2]
    why = parts.account.why_not if parts.account is not None else "no keys of the exchange"
    ready = {
        "ready": True,
        "exchange": plan.exchange,
        "port": port,
        "rest": f"http://{host}:{port}/{plan.exchange}",
        "instruments": len(parts.markets.by_symbol),
        "orders": not why,
        "why": why,
        "secretFile": str(directory / SECRET_FILE),
    }
    sys.stdout.buffer.write(orjson.dumps(ready) + b"\n")
    sys.stdout.buffer.flush()
