"""Events from the engine to whoever listens."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """`data` is a JSON object `{"event": ..., "data": {...}}`; `seq` counts all messages of the bus up by one."""

    seq: int
    topic: str
    data: bytes


class Subscription(Protocol):
    """A bounded queue of messages, in the order of their `seq`.

    Of topics that are conflated (`model.events.CONFLATED`) a slow reader gets only the newest message. Of the others it
    loses the oldest when the queue is full, and can see how many.
    """

    @property
    def dropped(self) -> int:
        """Messages of topics that are not conflated, lost because the queue was full."""
        ...

    def __aiter__(self) -> AsyncIterator[Message]: ...

    def close(self) -> None:
        """Ends the iteration; further messages are not queued. Safe to call twice."""
        ...


class MessageBus(Protocol):
    """Topics are those of the WebSocket (`orders`, `plans`, `pairs:ID`, `prices:VENUE:TYPE:SYMBOL`, ...)."""

    def publish(self, topic: str, data: bytes) -> None:
        """Queues one event for every subscriber. Never blocks and never raises for a slow or gone subscriber."""
        ...

    @property
    def seq(self) -> int:
        """Number of the newest message."""
        ...

    def replay(self, topics: Sequence[str], after: int) -> tuple[Message, ...] | None:
        """The messages after number `after`, of topics that are not conflated. None when some are no longer held."""
        ...

    def subscribe(self, topics: Sequence[str], *, capacity: int = 1024) -> Subscription:
        """Starts to listen at once. A topic that ends in `*` matches every topic with that beginning."""
        ...
