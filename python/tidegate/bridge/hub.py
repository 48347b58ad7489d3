"""Who listens to what, and the frames on their way. A listener that does not keep up is cut, never waited for."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

QUEUE_MAX: Final = 1000
"""Frames that wait for one listener."""
TOPICS_MAX: Final = 512
"""Of one listener."""

Topic = tuple[str, str]
"""Channel, and the symbol it is about, empty for the account's."""


class Listener:
    """One connection. `lost` is set when it can not be served any longer."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[str] = asyncio.Queue(QUEUE_MAX)
        self.lost: Final = asyncio.Event()
        self.topics: set[Topic] = set()
        self.known = False
        """It has proved that it holds the secret."""

    def send(self, frame: str) -> None:
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.lost.set()

    def say(self, message: Mapping[str, object]) -> None:
        self.send(orjson.dumps(message).decode())


class Hub:
    """All listeners, by topic."""

    def __init__(self) -> None:
        self._listeners: dict[Topic, set[Listener]] = {}

    def join(self, topic: Topic, listener: Listener) -> None:
        listener.topics.add(topic)
        self._listeners.setdefault(topic, set()).add(listener)

    def leave(self, topic: Topic, listener: Listener) -> None:
        listener.topics.discard(topic)
        left = self._listeners.get(topic, set())
        left.discard(listener)
        if not left:
            self._listeners.pop(topic, None)

    def heard(self, topic: Topic) -> bool:
        """Whether anybody listens."""
        return topic in self._listeners

    def publish(self, topic: Topic, rows: Sequence[object], *, action: str = "") -> None:
        listeners = self._listeners.get(topic)
        if not listeners or not rows:
            return
        frame = pushed(topic, rows, action=action)
        for listener in listeners:
            listener.send(frame)


def pushed(topic: Topic, rows: Sequence[object], *, action: str = "") -> str:
    """A message of a stream."""
    arg = arg_of(topic)
    body: dict[str, object] = {"arg": arg, "action": action, "data": rows} if action else {"arg": arg, "data": rows}
    return orjson.dumps(body).decode()


def arg_of(topic: Topic) -> dict[str, str]:
    channel, symbol = topic
    return {"channel": channel, "instId": symbol} if symbol else {"channel": channel}
