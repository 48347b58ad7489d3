"""Fan-out: one reader of the bus, every event encoded once, any number of clients.

Sequence numbers begin at the start's epoch milliseconds times 1000, so that they never repeat over a restart and a
client that resumes with a number of an earlier process is told that it can not.
"""

import asyncio
from collections.abc import Iterable
from typing import Final
from weakref import WeakValueDictionary

from tidegate.api.backlog import Audience, Backlog
from tidegate.api.channels import CONFLATED_TOPICS, LOSSLESS_TOPICS, Channel, channels_of
from tidegate.api.client import Client, Wire
from tidegate.api.courier import Courier
from tidegate.api.frames import CloseCode, Ending, Frame, text_frame
from tidegate.api.jsontext import dumps
from tidegate.api.services import Services
from tidegate.model.access import Principal
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.bus import Message, Subscription
from tidegate.ports.store import StoreError

CLIENTS_MAX: Final = 2000
CHANNELS_MAX: Final = 200
BUS_QUEUE_MAX: Final = 8192
SESSION_CHECK_S: Final = 1.0
LOOK_S: Final = 0.25
"""How often every client is looked after."""
LOOK_PARTS: Final = 10
RESTART_S: Final = 0.5

_LOG = log.get("api")


class Hub:
    """All clients of this process. `run` is the pump; it is owned by the application."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services
        self._clients: Final[set[Client]] = set()
        self._listeners: Final[dict[str, set[Client]]] = {}
        self._watched: Final[dict[str, int]] = {}
        self._backlog: Final = Backlog(services.now_ms * 1000)
        self._audiences: Final[WeakValueDictionary[frozenset[str], Audience]] = WeakValueDictionary()
        self._courier: Final = Courier()

    @property
    def clients(self) -> int:
        return len(self._clients)

    # -- clients

    def join(self, principal: Principal) -> Client:
        """Raises TidegateError RATE_LIMITED when there are too many."""
        own = sum(1 for client in self._clients if client.principal.user_id == principal.user_id)
        own_max = self._services.config.api.sockets_per_user
        if len(self._clients) >= CLIENTS_MAX or own >= own_max:
            raise TidegateError(
                Code.RATE_LIMITED,
                "too many open WebSockets",
                {"perUser": own_max, "total": CLIENTS_MAX, "retryAfterS": 5},
            )
        client = Client(principal, self._audience(frozenset()), self._backlog.seq)
        self._clients.add(client)
        return client

    def opened(self, client: Client, wire: Wire) -> None:
        """Its socket can be written to."""
        client.attach(wire, asyncio.get_running_loop().time())

    def heard(self, client: Client) -> None:
        """It has said something, if only that it is there."""
        client.hear(asyncio.get_running_loop().time())

    def leave(self, client: Client) -> None:
        self.unsubscribe(client, tuple(client.channels))
        self._clients.discard(client)
        self._courier.forget(client)

    def subscribe(self, client: Client, channels: Iterable[Channel]) -> None:
        """Raises TidegateError: NOT_FOUND for an unknown instrument, VALIDATION_ERROR for too many channels."""
        for channel in channels:
            if channel in client.channels:
                continue
            if len(client.channels) >= CHANNELS_MAX:
                raise TidegateError(Code.VALIDATION_ERROR, f"at most {CHANNELS_MAX} channels for one connection")
            if channel.instrument is not None:
                self._watch(channel.instrument, 1)
            client.channels[channel] = self._backlog.seq
            self._listeners.setdefault(channel.topic, set()).add(client)
        self._seat(client)

    def unsubscribe(self, client: Client, channels: Iterable[Channel]) -> None:
        for channel in channels:
            if client.channels.pop(channel, None) is None:
                continue
            listeners = self._listeners.get(channel.topic, set())
            listeners.discard(client)
            if not listeners:
                self._listeners.pop(channel.topic, None)
                self._backlog.drop(channel.topic)
            if channel.instrument is not None:
                self._watch(channel.instrument, -1)
        self._seat(client)

    def answer(self, client: Client, event: str, data: object) -> None:
        """A message for one client alone, numbered like every other."""
        seq = self._backlog.next_seq()
        client.give((Frame(seq, text_frame(dumps({"event": event, "data": data, "seq": seq}))),))
        self._courier.at_once((client,))

    def resume(self, client: Client, after: int) -> None:
        """Replays what the client missed on its lossless channels, or says that it can not be done."""
        backlog = self._backlog
        missed = [
            frame
            for channel, since in client.channels.items()
            for frame in backlog.events_between(channel.topic, after, since)
        ]
        if not backlog.complete_after <= after <= backlog.seq:
            reason = "the events after this number are not held any more; read orders and plans again"
        elif len(missed) + 1 > client.room():
            reason = "too many events were missed; read orders and plans again"
        else:
            client.give(missed)
            self.answer(client, "resumed", {"after": after, "replayed": len(missed)})
            return
        self.answer(client, "resume_failed", {"after": after, "oldest": backlog.complete_after, "reason": reason})

    def end_all(self, ending: Ending) -> None:
        for client in self._clients:
            client.end(ending)

    def _seat(self, client: Client) -> None:
        """Among those who listen to the same."""
        client.move(self._audience(frozenset(channel.topic for channel in client.channels)), self._backlog.seq)

    def _audience(self, names: frozenset[str]) -> Audience:
        return self._audiences.setdefault(names, Audience(self._backlog, names))

    # -- the pump

    async def run(self) -> None:
        """Carries events until cancelled. A fault of ours cuts the clients, who resume, and is tried anew."""
        while True:
            try:
                await self._carry()
            except* Exception as fault:
                _LOG.error("stream_failed", success=False, error_code=Code.INTERNAL.value, exc_info=fault)
                self._backlog.forget()
                self.end_all(Ending(CloseCode.GOING_AWAY, "the stream starts anew: connect again"))
            await asyncio.sleep(RESTART_S)

    async def _carry(self) -> None:
        bus = self._services.bus
        lossless = bus.subscribe(LOSSLESS_TOPICS, capacity=BUS_QUEUE_MAX)
        conflated = bus.subscribe(CONFLATED_TOPICS, capacity=BUS_QUEUE_MAX)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump_lossless(lossless), name="hub-lossless")
                group.create_task(self._pump_conflated(conflated), name="hub-conflated")
                group.create_task(self._check_sessions(), name="hub-sessions")
                group.create_task(self._courier.run(), name="hub-courier")
                group.create_task(self._look_after(), name="hub-look-after")
        finally:
            lossless.close()
            conflated.close()

    async def _pump_lossless(self, subscription: Subscription) -> None:
        lost = 0
        async for message in subscription:
            if subscription.dropped > lost:
                lost = subscription.dropped
                self._gap(lost)
            self._backlog.add(message.topic, self._encode(message))
            self._courier.at_once(self._listeners.get(message.topic, ()))

    async def _pump_conflated(self, subscription: Subscription) -> None:
        async for message in subscription:
            # Until a round may begin, newer prices take the place of older ones in the bus's own queue.
            await self._courier.rested()
            channels = [name for name in channels_of(message.topic) if name in self._listeners]
            if channels:
                self._backlog.add_latest(channels, message.topic, self._encode(message))
            for name in channels:
                self._courier.in_turn(self._listeners[name])

    async def _look_after(self) -> None:
        """Who stands still is cut; who could not take all a moment ago gets the rest.

        A few at a time: what they answer comes back as evenly, and keeps no order event waiting.
        """
        loop = asyncio.get_running_loop()
        while True:
            everybody = tuple(self._clients)
            for part in range(LOOK_PARTS):
                await asyncio.sleep(LOOK_S / LOOK_PARTS)
                some = [client for client in everybody[part::LOOK_PARTS] if client in self._clients]
                for client in some:
                    client.look_after(loop.time())
                stuck = [client for client in some if client.is_stuck]
                if stuck:
                    self._courier.in_turn(stuck)

    async def _check_sessions(self) -> None:
        """A session that was ended closes its sockets within a second."""
        while True:
            await asyncio.sleep(SESSION_CHECK_S)
            clients = tuple(self._clients)
            try:
                live = await self._services.auth.live(client.principal for client in clients)
            except StoreError as failure:
                # Nothing proves that a session ended; the next look decides.
                _LOG.warning("session_check_failed", reason=failure.reason, success=False)
                continue
            for client in clients:
                if client.principal.session_id not in live:
                    client.end(Ending(CloseCode.UNAUTHENTICATED, "the session has ended: log in again"))

    def _encode(self, message: Message) -> Frame:
        """`{"event", "data"}` of the bus with the number put in; the bytes are shared by all clients."""
        seq = self._backlog.next_seq()
        return Frame(seq, text_frame(b'%b,"seq":%d}' % (message.data[:-1], seq)))

    def _gap(self, lost: int) -> None:
        """The bus overran us: whoever counts on order events must know."""
        _LOG.error("order_events_lost", lost=lost, success=False)
        self._backlog.forget()
        for topic in LOSSLESS_TOPICS:
            for client in self._listeners.get(topic, ()):
                client.end(Ending(CloseCode.TOO_SLOW, "order events were lost: connect again"))

    def _watch(self, instrument: str, step: int) -> None:
        count = self._watched.get(instrument, 0) + step
        if count == (1 if step > 0 else 0):
            self._services.engine.watch(instrument, step > 0)
        if count:
            self._watched[instrument] = count
        else:
            self._watched.pop(instrument, None)
