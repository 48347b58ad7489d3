"""Everything in one process: `tidegate run`.

Order of a start: lock the data directory, take the port, replay the journal, open the embedded venues, serve HTTP
(unhealthy until the books are synced), bring the links up. Each thing that can not be had is one clear line.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.metadata import version
from socket import socket
from ssl import SSLContext
from typing import Final

import uvloop
from aiohttp import web

from tidegate.api.app import build_app
from tidegate.api.server import ApiRunner
from tidegate.app.listen import address_of, listen, local_listener, tls_context
from tidegate.app.loop import check_loop
from tidegate.app.paper import paper_venues
from tidegate.app.sim_host import embedded_venues
from tidegate.app.wire import (
    Logins,
    Node,
    Outside,
    Tables,
    be_sure,
    build_logins,
    build_node,
    build_outside,
    build_projector,
    build_services,
    build_tables,
)
from tidegate.engine.clock import SystemClock
from tidegate.engine.projector import Projector
from tidegate.engine.setup import accounts_of, keys_in_use
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import Credentials
from tidegate.obs import log
from tidegate.obs.latency import Hops
from tidegate.ports.journal import JournalError
from tidegate.ports.settings import Source
from tidegate.ports.store import StoreError
from tidegate.store.lock import DirectoryLock, KeyLocks
from tidegate.store.migrate import ensure_current
from tidegate.store.state import DataDirectory
from tidegate.users.accounts import ensure_admin
from tidegate.users.passwords import Passwords
from tidegate.users.venue_keys import opened
from tidegate.venues.table import VENUES

DRAIN_S: Final = 2.0
"""How long an orderly stop waits for the tables; the journal has everything anyway."""
PREPARE_S: Final = 1.5
"""How long the start waits for instruments and clocks of the venues."""
LIVE_PREPARE_S: Final = 10.0
"""The same for real orders: what is not known by then is a doubt."""
PRIVATE_UMASK: Final = 0o077
"""Whatever is written (orders, password hashes) is its owner's alone, also in a directory open to others."""
STOP_S: Final = 8.0
"""An orderly stop that takes longer is ended hard."""

_log = log.get("app")


@dataclass(frozen=True, slots=True)
class Started:
    """What to tell whoever started the process. `link_token` logs the admin in once."""

    address: str
    profile: str
    link_token: str | None


def run(config: Config, announce: Callable[[Started], None], source: Source | None = None) -> None:
    """Runs until SIGINT or SIGTERM. Raises TidegateError (one clear sentence) when it can not start or go on."""
    check_loop(version("uvloop"))
    log.configure(config.log.level, simulated=config.simulated, paper=config.profile == "paper")
    os.umask(PRIVATE_UMASK)
    try:
        uvloop.run(_serve(config, announce, source))
    except (TidegateError, JournalError, StoreError, OSError, ExceptionGroup) as failure:
        raise _translated(failure, config) from None


def _translated(failure: Exception, config: Config) -> Exception:
    """The first failure of a known kind as one clear sentence; anything else is a bug and stays what it is."""
    while isinstance(failure, ExceptionGroup):
        failure = failure.exceptions[0]
    if isinstance(failure, JournalError | StoreError):
        return TidegateError(Code.INTERNAL, failure.reason)
    if isinstance(failure, OSError) and failure.errno is not None:
        place = failure.filename if failure.filename is not None else config.home
        return TidegateError(Code.INTERNAL, f"{place}: {failure.strerror}; free or choose another place")
    if not isinstance(failure, TidegateError):
        _log.error("stopped_by_a_bug", exc_info=failure, success=False, error_code=Code.INTERNAL)
    return failure


async def _serve(config: Config, announce: Callable[[Started], None], source: Source | None) -> None:
    clock, hops = SystemClock(), Hops()
    stop = _Stop()
    async with AsyncExitStack() as stack:
        stack.enter_context(DirectoryLock(config.home))
        DataDirectory(config.home).claim(config.profile)
        if config.venues.bridge.enabled and config.venues.bridge.exchange is not None:
            DataDirectory(config.home).claim_bridged(config.venues.bridge.exchange)
        ports = _Ports(
            stack.enter_context(listen(config)), stack.enter_context(local_listener(config)), tls_context(config)
        )
        tables = build_tables(config)
        stack.push_async_callback(tables.database.close)
        logins = build_logins(config, tables, clock)
        stack.callback(logins.passwords.close)
        accounts = accounts_of(config, await _kept(config, tables, logins))
        locks = stack.enter_context(KeyLocks())
        for venue, address, key in keys_in_use(config, accounts, VENUES):
            locks.hold(venue, address, key)
        preparing = asyncio.create_task(_prepare_tables(config, tables, logins.passwords, clock), name="tables")
        try:
            node = build_node(config, clock, hops, stop.fail, shown=await _shown(tables), accounts=accounts)
            stack.push_async_callback(node.journal.close)
            embedded = await stack.enter_async_context(embedded_venues(config))
            paper = await stack.enter_async_context(paper_venues(config, node.core, clock))
            await preparing
        finally:
            preparing.cancel()
        outside = build_outside(config, node, embedded, paper)
        stack.push_async_callback(outside.net.close)
        token = logins.auth.issue_link() if config.admin_password is None else None
        await _work(
            config,
            (node, outside, tables),
            (logins, locks),
            ports,
            stop,
            lambda: announce(Started(address_of(config, ports.public), config.profile, token)),
            source,
        )
    if isinstance(stop.failure, JournalError):
        raise TidegateError(Code.INTERNAL, f"{stop.failure.reason}; check the disk, then start again")
    if stop.failure is not None:
        raise TidegateError(Code.INTERNAL, f"the core failed: {stop.failure!r}; the journal is intact, start again")


async def _work(
    config: Config,
    parts: tuple[Node, Outside, Tables],
    people: tuple[Logins, KeyLocks],
    ports: "_Ports",
    stop: "_Stop",
    announce: Callable[[], None],
    source: Source | None,
) -> None:
    """From a recovered engine to the end of the process."""
    node, outside, tables = parts
    logins, locks = people
    projector, sampler, keeper = build_projector(node, tables)
    services, probe, settings = build_services(config, source, parts, projector=projector, logins=logins, locks=locks)
    runner = ApiRunner(build_app(services))
    stop.listen()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, settings.ask)
    try:
        async with asyncio.TaskGroup() as group:
            await runner.setup()
            await ports.serve(runner)
            await _start_engine(group, config, node, outside)
            for name, task in (
                ("projector", projector.run),
                ("spread-sampler", sampler.run),
                ("alerts", keeper.run),
                ("probe", probe.run),
                ("snapshots", node.keeper.run),
                ("audit", logins.trail.run),
                ("settings", settings.run),
            ):
                group.create_task(task(), name=name)
            announce()
            await stop.wait()
            await runner.cleanup()
            stop.end()
    except* _StopError:
        _log.info("stopping", success=True)
    finally:
        await runner.cleanup()
        await _settle(projector, logins)


async def _start_engine(group: asyncio.TaskGroup, config: Config, node: Node, outside: Outside) -> None:
    running = asyncio.Event()
    group.create_task(node.runtime.run(running), name="runtime")
    await running.wait()
    # A venue that hangs must not hold up the others: what is not there in time comes later, by `Upkeep.run`.
    preparing = [
        group.create_task(upkeep.prepare(), name=f"prepare-{upkeep.name}-{upkeep.product}")
        for upkeep in outside.upkeeps
    ]
    await asyncio.wait(preparing, timeout=LIVE_PREPARE_S if config.profile == "live" else PREPARE_S)
    if config.profile == "live":
        await be_sure(config, node, outside)
    node.runtime.start()
    if outside.paper is not None:
        outside.paper.start(node.runtime.watch)
    for upkeep in outside.upkeeps:
        group.create_task(upkeep.run(), name=f"upkeep-{upkeep.name}-{upkeep.product}")
    for link_id, link in outside.net.links.items():
        group.create_task(link.run(), name=f"link-{link_id}")
    for number, tape in enumerate(outside.tapes):
        group.create_task(tape.run(), name=f"tape-{number}")
    for number, keys in enumerate(outside.net.listen_keys):
        group.create_task(keys.run(), name=f"listen-key-{number}")


async def _settle(projector: Projector, logins: Logins) -> None:
    """The tables catch up as far as they can in the time there is."""
    try:
        async with asyncio.timeout(DRAIN_S):
            await logins.trail.drain()
            await projector.drain()
    except TimeoutError:
        _log.warning("tables_behind", records=projector.lag, success=False)


async def _shown(tables: Tables) -> int:
    """The record up to which the tables show everything; 0 for tables that are not there yet."""
    try:
        return await tables.writer.projected_seq()
    except StoreError:
        return 0


async def _kept(config: Config, tables: Tables, logins: Logins) -> tuple[Credentials, ...]:
    """Keys that were entered here; none from tables that are not there yet."""
    try:
        return await opened(tables.keys, logins.vault, simulated=config.simulated)
    except StoreError:
        return ()


async def _prepare_tables(config: Config, tables: Tables, passwords: Passwords, clock: SystemClock) -> None:
    """Schema and first user."""
    await ensure_current(tables.database)
    wanted = config.admin_password.get_secret_value() if config.admin_password is not None else None
    await ensure_admin(tables.accounts, passwords, wanted, clock.wall_ns() // 1_000_000)


@dataclass(frozen=True, slots=True)
class _Ports:
    """`local` is None where the data directory can not hold a socket."""

    public: socket
    local: socket | None
    tls: SSLContext | None

    async def serve(self, runner: ApiRunner) -> None:
        await web.SockSite(runner, self.public, ssl_context=self.tls).start()
        if self.local is not None:
            await web.SockSite(runner, self.local).start()


class _StopError(Exception):
    """Ends the task group in good order."""


class _Stop:
    """Why and when the process ends: a signal, or a failure of the core."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.failure: BaseException | None = None

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal, loop)

    def fail(self, failure: BaseException) -> None:
        self.failure = failure
        self._event.set()

    async def wait(self) -> None:
        await self._event.wait()

    def end(self) -> None:
        """Raises what ends the task group."""
        raise _StopError

    def _on_signal(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._event.is_set():
            watch = threading.Timer(STOP_S, _overdue, (loop,))
            watch.daemon = True
            watch.start()
        self._event.set()


def _overdue(loop: asyncio.AbstractEventLoop) -> None:
    """A stop that hangs is ended hard, and says on what it hung: the journal is written, so nothing is lost by it."""
    tasks = sorted(task.get_name() for task in asyncio.all_tasks(loop) if not task.done())
    threads = sorted(thread.name for thread in threading.enumerate() if not thread.daemon)
    _log.error("stop_overdue", seconds=STOP_S, tasks=tasks[:50], threads=threads, success=False)
    log.flush()
    os._exit(1)
