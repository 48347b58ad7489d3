"""The message bus inside one process.

`publish` is on the hot path: no await, nothing encoded; a topic that nobody hears costs one dictionary look-up.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Sequence
from typing import Final

from tidegate.model.events import CONFLATED, kind_of
from tidegate.ports.bus import Message

RING: Final = 8192
"""Messages of order class kept for readers that come back."""
_ROUTES_MAX: Final = 4096
"""Topics whose listeners are remembered; beyond it the memory is started anew."""


def _matches(pattern: str, topic: str) -> bool:
    return topic.startswith(pattern[:-1]) if pattern.endswith("*") else topic == pattern


def _is_conflated(topic: str) -> bool:
    """An unknown kind counts as order class: nothing of it is dropped unseen."""
    try:
        return CONFLATED[kind_of(topic)]
    except ValueError:
        return False


class MemorySubscription:
    """One reader's queue."""

    def __init__(self, bus: "MemoryBus", topics: Sequence[str], capacity: int) -> None:
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self._bus = bus
        self._topics = tuple(topics)
        self._capacity = capacity
        # Keyed by seq, or by topic where conflated: a newer message takes the older one's right, but goes to the back,
        # so that numbers never run backwards for the reader.
        self._waiting: OrderedDict[int | str, Message] = OrderedDict()
        self._dropped = 0
        self._closed = False
        self._arrival: asyncio.Future[None] | None = None

    @property
    def dropped(self) -> int:
        """See the port."""
        return self._dropped

    def hears(self, topic: str) -> bool:
        """Whether a message on `topic` is for this reader."""
        return any(_matches(pattern, topic) for pattern in self._topics)

    def put(self, message: Message, conflated: bool) -> None:
        """Queues one message; for the bus."""
        waiting = self._waiting
        if conflated:
            waiting.pop(message.topic, None)
            waiting[message.topic] = message
        else:
            waiting[message.seq] = message
        if len(waiting) > self._capacity:
            oldest, _ = waiting.popitem(last=False)
            self._dropped += isinstance(oldest, int)
        if self._arrival is not None:
            self._wake()

    async def __aiter__(self) -> AsyncIterator[Message]:
        while True:
            while self._waiting:
                yield self._waiting.popitem(last=False)[1]
            if self._closed:
                return
            self._arrival = asyncio.get_running_loop().create_future()
            try:
                await self._arrival
            finally:
                self._arrival = None

    def close(self) -> None:
        """See the port."""
        self._closed = True
        self._bus.forget(self)
        self._wake()

    def _wake(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)


class MemoryBus:
    """`tidegate.ports.bus.MessageBus` in one process, used from one loop.

    first_seq: messages are numbered from the one after it. Start each process higher than the one before (wall time),
    and a reader that comes back after a restart is told that its place is gone instead of given a wrong one.
    """

    def __init__(self, first_seq: int = 0, ring: int = RING) -> None:
        self._seq = first_seq
        self._ring: deque[Message] = deque(maxlen=ring)
        self._forgotten = first_seq
        self._readers: list[MemorySubscription] = []
        self._routes: dict[str, tuple[bool, tuple[MemorySubscription, ...]]] = {}

    @property
    def seq(self) -> int:
        """See the port."""
        return self._seq

    def publish(self, topic: str, data: bytes) -> None:
        """See the port."""
        self._seq += 1
        route = self._routes.get(topic)
        if route is None:
            route = self._route(topic)
        conflated, readers = route
        if conflated and not readers:
            return
        message = Message(self._seq, topic, data)
        if not conflated:
            self._keep(message)
        for reader in readers:
            reader.put(message, conflated)

    def replay(self, topics: Sequence[str], after: int) -> tuple[Message, ...] | None:
        """See the port."""
        if not self._forgotten <= after <= self._seq:
            return None
        return tuple(
            message
            for message in self._ring
            if message.seq > after and any(_matches(pattern, message.topic) for pattern in topics)
        )

    def subscribe(self, topics: Sequence[str], *, capacity: int = 1024) -> MemorySubscription:
        """See the port."""
        reader = MemorySubscription(self, topics, capacity)
        self._readers.append(reader)
        self._routes.clear()
        return reader

    def forget(self, reader: MemorySubscription) -> None:
        """Stops delivering to a closed reader."""
        if reader in self._readers:
            self._readers.remove(reader)
            self._routes.clear()

    def _keep(self, message: Message) -> None:
        if len(self._ring) == self._ring.maxlen:
            self._forgotten = self._ring[0].seq
        self._ring.append(message)

    def _route(self, topic: str) -> tuple[bool, tuple[MemorySubscription, ...]]:
        if len(self._routes) >= _ROUTES_MAX:
            self._routes.clear()
        route = (_is_conflated(topic), tuple(reader for reader in self._readers if reader.hears(topic)))
        self._routes[topic] = route
        return route
