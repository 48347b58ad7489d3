"""Carries HTTP and WebSocket between loopback and a `SimVenue`; keeps its book of record, written before any answer.

Knows no venue's wire format: bytes in, effects out, in their order.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import orjson
from aiohttp import WSMsgType, web

from tidegate._core import FRAME, HANGUP, HTTP, RECORD, CoreError, SimEffect, SimVenue
from tidegate.app.net import Bases
from tidegate.app.sim_book import RecordBook
from tidegate.app.sim_conn import SimConn, Travellers
from tidegate.app.sim_faults import CONTROL_PATH, SOUND, Fate, Faults, Rates
from tidegate.app.sim_market import play
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log

MESSAGE_BYTES_MAX: Final = 1 << 20
HEARTBEAT_S: Final = 20.0
"""Binance pings its sockets this often; Bybit leaves it to the client."""
STOP_S: Final = 1.0
PAGE: Final = "<html><head><title>Gateway</title></head><body><h1>The server did not answer in time</h1></body></html>"

_log = log.get("sim")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimPlan:
    """One simulated venue. `record`: its book of record; `frames`: a recording that is its market."""

    venue: str
    products: tuple[str, ...]
    seed: int = 1
    record: Path | None = None
    frames: Path | None = None
    speed: float = 1.0
    host: str = "127.0.0.1"
    port: int = 0
    faults: Rates = SOUND
    more: Mapping[str, object] = field(default_factory=dict)
    """Further keys of the SimVenue configuration: accounts, symbols, feeTaker, feeMaker."""

    def config(self) -> bytes:
        market = "frames" if self.frames is not None else "synthetic"
        base = {"venue": self.venue, "products": self.products, "seed": self.seed, "market": market}
        return orjson.dumps({**base, **self.more})


class LiveMarket(Protocol):
    """What a dry run hangs on: the real venue's market, and how far away it is."""

    def follow(self, venue: SimVenue, *, whole: bool, wall_ns: int) -> list[SimEffect]:
        """Takes the live books over: the whole market before a request, else what resting orders need."""
        ...

    def travel_s(self) -> float:
        """How long a request is under way before it meets the book as it is known here."""
        ...

    def settled(self, venue: SimVenue) -> None:
        """Called after whatever may have changed which orders rest."""
        ...


class SimHost:
    """One simulated venue on one port. `async with` serves it; REST and WebSocket share the port."""

    def __init__(
        self, plan: SimPlan, *, wall_ns: Callable[[], int] = time.time_ns, market: LiveMarket | None = None
    ) -> None:
        """`market`: of a dry run. Raises TidegateError CONFIG_ERROR on a bad plan, JOURNAL_CORRUPT on a bad book."""
        self._plan = plan
        self._market = market
        self._wall_ns = wall_ns
        try:
            self._venue = SimVenue(plan.config())
        except CoreError as error:
            raise TidegateError(Code.CONFIG_ERROR, error.message) from error
        self._book = RecordBook(plan.record) if plan.record is not None else None
        self._faults = Faults(plan.faults, plan.seed)
        self._conns: dict[int, SimConn] = {}
        self._opened = 0
        self._timer: asyncio.TimerHandle | None = None
        self._player: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None
        self._failure: OSError | None = None
        self.port = 0

    @property
    def venue(self) -> SimVenue:
        """The venue itself, for whoever asks it without a wire."""
        return self._venue

    @property
    def bases(self) -> Bases:
        """Where clients find it."""
        place = f"{self._plan.host}:{self.port}"
        return Bases(rest=f"http://{place}", ws=f"ws://{place}")

    async def __aenter__(self) -> "SimHost":
        """Raises TidegateError CONFLICT when the port or the book of record is in use."""
        try:
            await self._open()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._close()

    async def _open(self) -> None:
        if self._book is not None:
            self._book.restore(self._venue.restore)
        self._run(self._venue.start(self._wall_ns()))
        app = web.Application(client_max_size=MESSAGE_BYTES_MAX)
        app.router.add_route("*", "/{path:.*}", self._on_request)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=STOP_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._plan.host, self._plan.port)
        try:
            await site.start()
        except OSError as failure:
            place = f"{self._plan.host}:{self._plan.port}"
            raise TidegateError(
                Code.CONFLICT, f"can not listen on {place}: {failure.strerror}; choose another port with --port"
            ) from failure
        self.port = self._runner.addresses[0][1]
        self._arm()
        if self._plan.frames is not None:
            frames = play(self._plan.frames, self._plan.speed, self._feed)
            self._player = asyncio.create_task(frames, name=f"sim-frames-{self._plan.venue}")
            self._player.add_done_callback(self._on_market_end)

    async def _close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._player is not None:
            self._player.cancel()
            await asyncio.wait([self._player])
        for conn in self._conns.values():
            conn.end()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._book is not None:
            self._book.close()

    # -- effects
    def _run(self, effects: list[SimEffect]) -> web.Response | None:
        """Executes effects in order; the HTTP answer is returned, not sent."""
        answer: web.Response | None = None
        for effect in effects:
            kind = effect.kind
            if kind == FRAME:
                self._post(effect.conn, effect.data)
            elif kind == HTTP:
                answer = web.Response(status=effect.status, body=effect.data, headers=effect.headers)
            elif kind == RECORD and self._book is not None:
                self._append(effect.data)
            elif kind == HANGUP:
                self._post(effect.conn, None)
        return answer

    def _append(self, data: bytes) -> None:
        """What can not be put on record must not be answered: the venue stops serving."""
        try:
            if self._failure is None and self._book is not None:
                self._book.append(data)
        except OSError as failure:
            self._failure = failure
            _log.error("sim_record_failed", exchange=self._plan.venue, reason=failure.strerror, success=False)
            for conn in self._conns:
                self._post(conn, None)

    def _post(self, conn: int, frame: bytes | None) -> None:
        """Queues a frame, or the end (None)."""
        state = self._conns.get(conn)
        if state is None:
            return
        if frame is None:
            state.end()
        elif self._failure is None and not state.post(frame, self._faults.frame()):
            _log.warning("sim_slow_client", exchange=self._plan.venue, success=False)

    # -- time
    def _arm(self) -> None:
        delay = max(0, self._venue.next_wake_ns - self._wall_ns()) / 1e9
        self._timer = asyncio.get_running_loop().call_later(delay, self._on_timer)

    def _on_timer(self) -> None:
        self._run(self._venue.on_timer(self._wall_ns()))
        self.on_market()
        self._arm()

    def on_market(self) -> None:
        """The real venue's books may have changed."""
        self._follow(whole=False)
        self._settle()

    def on_trades(self, product: str, frame: memoryview) -> None:
        """One frame of the real venue's public trades; `frame` is valid only during the call."""
        self._run(self._venue.tape(product, frame, self._wall_ns()))
        self._settle()

    def _follow(self, *, whole: bool) -> None:
        if self._market is not None:
            self._run(self._market.follow(self._venue, whole=whole, wall_ns=self._wall_ns()))

    def _settle(self) -> None:
        if self._market is not None:
            self._market.settled(self._venue)

    def _travel_s(self) -> float:
        return self._market.travel_s() if self._market is not None else 0.0

    def _feed(self, frame: bytes) -> None:
        self._run(self._venue.feed(frame, self._wall_ns()))

    def _on_market_end(self, player: asyncio.Task[None]) -> None:
        """A market that stands still because its recording is damaged says so."""
        if not player.cancelled() and (failure := player.exception()) is not None:
            reason = failure.message if isinstance(failure, TidegateError) else repr(failure)
            _log.error("sim_market_stopped", exchange=self._plan.venue, reason=reason, success=False)

    # -- requests
    async def _on_request(self, request: web.Request) -> web.StreamResponse:
        if request.path == CONTROL_PATH:
            return await self._control(request)
        fate = self._faults.request()
        refusal = self._refusal(request, fate)
        if refusal is not None:
            return refusal
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._on_socket(request)
        body = await request.read()
        if (under_way := self._travel_s()) > 0:
            await asyncio.sleep(under_way)
        answer = self._serve(request, body)
        if (delay := self._faults.delay_s()) > 0:
            await asyncio.sleep(delay)
        if fate is Fate.ANSWER_LOST:
            return _broken(request)
        return _gateway(504) if fate is Fate.ERROR_AFTER else answer

    def _refusal(self, request: web.Request, fate: Fate) -> web.Response | None:
        """Why the venue never hears of a request."""
        if self._faults.outage or fate is Fate.REQUEST_LOST:
            return _broken(request)
        if self._failure is not None:
            return web.json_response({"code": -1001, "msg": "Internal error; book of record unavailable"}, status=503)
        return _gateway(503) if fate is Fate.BUSY else None

    def _serve(self, request: web.Request, body: bytes) -> web.Response:
        headers = list(request.headers.items())
        self._follow(whole=True)
        answer = self._run(self._venue.on_http(request.method, request.raw_path, headers, body, self._wall_ns()))
        self._settle()
        if answer is None or self._failure is not None:
            return web.json_response({"code": -1001, "msg": "Internal error; unable to process"}, status=503)
        return answer

    async def _control(self, request: web.Request) -> web.Response:
        """Faults as they are, and changed while the venue runs."""
        if request.method == "PUT":
            try:
                wanted = orjson.loads(await request.read())
                if not isinstance(wanted, dict):
                    raise TidegateError(Code.VALIDATION_ERROR, 'a JSON object of rates, such as {"outage": 1}')
                self._faults.rates = self._faults.rates.changed(wanted)
            except (orjson.JSONDecodeError, TidegateError) as error:
                return web.json_response({"error": str(error)}, status=400)
            if self._faults.outage:
                for conn in self._conns.values():
                    conn.end()
        return web.json_response(self._faults.report())

    async def _on_socket(self, request: web.Request) -> web.WebSocketResponse:
        heartbeat = HEARTBEAT_S if self._plan.venue == "binance" else None
        socket = web.WebSocketResponse(heartbeat=heartbeat, max_msg_size=MESSAGE_BYTES_MAX, compress=False)
        await socket.prepare(request)
        self._opened += 1
        conn = self._opened
        self._conns[conn] = SimConn()
        self._follow(whole=True)  # where a venue lists nothing it lets nobody in, and its list comes with the books
        self._run(self._venue.on_open(conn, request.raw_path, self._wall_ns()))
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._conns[conn].write(socket), name=f"sim-socket-{conn}")]
                if self._market is not None:
                    under_way = Travellers(lambda data: self._hear(conn, data))
                    tasks.append(group.create_task(under_way.run(), name=f"dry-run-{conn}"))
                    await self._read(conn, socket, under_way)
                else:
                    await self._read(conn, socket, None)
                for task in tasks:
                    task.cancel()
        finally:
            del self._conns[conn]
            self._venue.on_close(conn, self._wall_ns())
        return socket

    async def _read(self, conn: int, socket: web.WebSocketResponse, under_way: Travellers | None) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            if under_way is None:
                self._hear(conn, message.data.encode())
            elif not under_way.send(message.data.encode(), self._travel_s()):
                _log.warning("dry_run_overloaded", exchange=self._plan.venue, success=False)
                return

    def _hear(self, conn: int, data: bytes) -> None:
        self._follow(whole=True)
        self._run(self._venue.on_frame(conn, data, self._wall_ns()))
        self._settle()


def _broken(request: web.Request) -> web.Response:
    """The connection ends here and now; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


def _gateway(status: int) -> web.Response:
    return web.Response(status=status, text=PAGE, content_type="text/html")


@asynccontextmanager
async def embedded_venues(config: Config) -> AsyncIterator[dict[str, Bases]]:
    """The venues that live in this process: those of profile sim without addresses of their own."""
    async with AsyncExitStack() as stack:
        bases: dict[str, Bases] = {}
        if config.profile == "sim":
            for name, venue in config.venues.items():
                if venue.rest is None:
                    record = config.home.expanduser() / "sim" / f"{name}.jsonl"
                    plan = SimPlan(venue=name, products=venue.products, seed=config.sim.seed, record=record)
                    bases[name] = (await stack.enter_async_context(SimHost(plan))).bases
        yield bases
