"""One WebSocket link to a venue, kept up: connect, keep alive, notice silence, come back without a storm.

Knows no venue: address, keepalive and budgets come in `LinkPlan`. A text frame's payload goes on as a view of the
receive buffer, uncopied.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from picows import WSError, WSFrame, WSHandshakeError, WSListener, WSMsgType, WSTransport, ws_connect

from tidegate.obs import log
from tidegate.ports.clock import Clock
from tidegate.ports.http import HttpError
from tidegate.ports.link import LinkEvents
from tidegate.transport.backoff import Backoff
from tidegate.transport.rate import SECOND_NS, ConnectBudget, header_count

FRAME_SIZE_MAX: Final = 16 * 1024 * 1024
"""A frame (also when sent in pieces) above this ends the connection."""
STEADY_S: Final = 10.0
"""A connection that lived this long counts as a success; a shorter one makes the next wait longer."""
REFUSED: Final = frozenset({403, 418, 429})

DEFAULT_BACKOFF: Final = Backoff()

_log = log.get("transport")


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """How to keep one link up. Times in seconds.

    url: called before each connection, may fetch a key first. keepalive: text frame sent every `keepalive_s`.
    idle_s: silence after which a ping is sent; without any answer for as long again the connection is dropped.
    lifetime_s: age at which the connection is renewed, before the venue cuts it.
    refused_s: how long to stay away after a refused handshake that names no time.
    """

    link_id: int
    exchange: str
    product: str
    role: str
    url: Callable[[], Awaitable[str]]
    keepalive: bytes | None = None
    keepalive_s: float = 20.0
    idle_s: float = 15.0
    lifetime_s: float = 23 * 3600.0
    connect_s: float = 5.0
    refused_s: float = 60.0
    backoff: Backoff = DEFAULT_BACKOFF


class WsLink:
    """`ports.link.Link` over picows."""

    def __init__(self, plan: LinkPlan, events: LinkEvents, budget: ConnectBudget, clock: Clock, random: Random) -> None:
        self.plan: Final = plan
        self._events = events
        self._budget = budget
        self._clock = clock
        self._random = random
        self._transport: WSTransport | None = None
        self._failures = 0
        self.close_reason = ""
        self.attempts = 0

    @property
    def up(self) -> bool:
        return self._transport is not None

    def send(self, data: bytes) -> bool:
        """See `ports.link.Link.send`. Cost: about 1 us."""
        transport = self._transport
        if transport is None or transport.is_disconnected or transport.is_close_frame_sent:
            return False
        transport.send(WSMsgType.TEXT, data)
        return True

    def restart(self, reason: str) -> None:
        """See `ports.link.Link.restart`."""
        if self._transport is not None:
            self.close_reason = self.close_reason or reason
            self._transport.disconnect(graceful=False)

    async def run(self) -> None:
        """See `ports.link.Link.run`."""
        while True:
            await self._await_budget()
            await asyncio.sleep(await self._live_once())

    async def _await_budget(self) -> None:
        wait_s = self._budget.take(self._clock.mono_ns())
        while wait_s > 0:  # tokens come with time, not with an event
            await asyncio.sleep(wait_s)
            wait_s = self._budget.take(self._clock.mono_ns())

    async def _live_once(self) -> float:
        """One connection from its making to its end; returns the seconds to wait before the next."""
        started_ns = self._clock.mono_ns()
        self.attempts += 1
        self.close_reason = ""
        floor_s = 0.0
        try:
            transport = await self._connect()
            started_ns = self._clock.mono_ns()
            await self._keep(transport)
        except WSHandshakeError as failure:
            floor_s = self._refusal_s(failure)
            self._note("link_refused", str(failure))
        except (WSError, HttpError, OSError, TimeoutError) as failure:
            self._note("link_failed", str(failure) or type(failure).__name__)
        finally:
            self._drop()
        lived_s = (self._clock.mono_ns() - started_ns) / SECOND_NS
        self._failures = 0 if lived_s >= STEADY_S else self._failures + 1
        return max(floor_s, self.plan.backoff.delay_s(max(0, self._failures - 1), self._random))

    async def _connect(self) -> WSTransport:
        url = await self.plan.url()
        async with asyncio.timeout(self.plan.connect_s):
            transport, _ = await ws_connect(
                lambda: _Listener(self),
                url,
                websocket_handshake_timeout=self.plan.connect_s,
                enable_auto_ping=True,
                auto_ping_idle_timeout=self.plan.idle_s,
                auto_ping_reply_timeout=self.plan.idle_s,
                max_frame_size=FRAME_SIZE_MAX,
                max_redirects=0,
            )
        return transport

    async def _keep(self, transport: WSTransport) -> None:
        """Keeps the connection alive until it ends."""
        deadline = asyncio.get_running_loop().time() + self.plan.lifetime_s
        ended = asyncio.ensure_future(transport.wait_disconnected())
        try:
            while not ended.done():
                left_s = deadline - asyncio.get_running_loop().time()
                if left_s <= 0:
                    self.restart("renewed before the venue's limit of age")
                pause_s = min(self.plan.keepalive_s, max(left_s, 1.0)) if self.plan.keepalive else max(left_s, 1.0)
                await asyncio.wait([ended], timeout=pause_s)
                if not ended.done() and self.plan.keepalive is not None:
                    self.send(self.plan.keepalive)
            ended.result()
        finally:
            ended.cancel()
        self._note("link_closed", self.close_reason or "closed by the venue")

    def _refusal_s(self, failure: WSHandshakeError) -> float:
        response = failure.response
        if response is None or int(response.status) not in REFUSED:
            return 0.0
        named = header_count(response.headers.get("Retry-After"))
        return self.plan.refused_s if named is None else float(named)

    def _note(self, event: str, reason: str) -> None:
        plan = self.plan
        _log.warning(
            event, exchange=plan.exchange, type=plan.product, role=plan.role, link=plan.link_id, reason=reason,
            success=False, attempt=self._failures,
        )  # fmt: skip

    # -- from the listener

    def opened(self, transport: WSTransport) -> None:
        self._transport = transport
        _log.info(
            "link_up", exchange=self.plan.exchange, type=self.plan.product, role=self.plan.role,
            link=self.plan.link_id, success=True,
        )  # fmt: skip
        self._events.on_link(self.plan.link_id, True)

    def closed(self, transport: WSTransport) -> None:
        if self._transport is transport:
            self._drop()

    def _drop(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.disconnect(graceful=False)
            self._events.on_link(self.plan.link_id, False)


class _Listener(WSListener):
    """The callbacks of one connection."""

    def __init__(self, link: WsLink) -> None:
        self._link = link
        self._feed = link._events.feed  # noqa: SLF001  # the hot path: one attribute less per frame
        self._id = link.plan.link_id
        self._pieces = bytearray()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._link.opened(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.TEXT and frame.fin:
            self._feed(self._id, frame.get_payload_as_memoryview())
            return
        self._on_rare(transport, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._link.closed(transport)

    def pause_writing(self) -> None:
        self._link.restart("the venue does not read: write buffer full")

    def _on_rare(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind == WSMsgType.CLOSE:
            reason = frame.get_close_message()
            self._link.close_reason = f"venue closed with {frame.get_close_code():d} {reason!r}"
            transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif kind in (WSMsgType.TEXT, WSMsgType.CONTINUATION):
            self._pieces += frame.get_payload_as_memoryview()
            if len(self._pieces) > FRAME_SIZE_MAX:
                self._link.restart(f"a message larger than {FRAME_SIZE_MAX} bytes")
            elif frame.fin:
                whole = memoryview(bytes(self._pieces))
                self._pieces.clear()
                self._feed(self._id, whole)
