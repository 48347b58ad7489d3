"""What waits to be sent to one WebSocket client: bounded, with prices conflated and order events never skipped."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

LOSSLESS_MAX: Final = 4096
"""Order events and answers that may wait for one client; one more and it is cut."""


class CloseCode(IntEnum):
    """Why the server closes a WebSocket; 4xxx are ours."""

    GOING_AWAY = 1001
    UNAUTHENTICATED = 4401
    TOO_SLOW = 4408


@dataclass(frozen=True, slots=True)
class Ending:
    code: CloseCode
    reason: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One message, encoded once for all who get it."""

    seq: int
    data: bytes


class Outbox:
    """Frames for one client. A newer price takes the place of an older one that still waits.

    Sequence numbers never step back past an order event: when a price is sent, every order event with a smaller number
    has gone before it, so the last number a client saw tells truly where to resume.
    """

    def __init__(self, lossless_max: int = LOSSLESS_MAX) -> None:
        self._lossless: deque[Frame] = deque()
        self._latest: dict[str, Frame] = {}
        self._lossless_max: Final = lossless_max
        self._wake: Final = asyncio.Event()
        self.ending: Ending | None = None

    def __len__(self) -> int:
        return len(self._lossless) + len(self._latest)

    def put(self, frame: Frame) -> None:
        """Queues what must not be lost; a full queue ends the client instead."""
        if len(self._lossless) >= self._lossless_max:
            self.end(Ending(CloseCode.TOO_SLOW, "too slow: order events would be lost"))
            return
        self._lossless.append(frame)
        self._wake.set()

    def put_latest(self, topic: str, frame: Frame) -> None:
        """Queues what only matters until the next of its topic."""
        self._latest[topic] = frame
        self._wake.set()

    def room(self) -> int:
        return self._lossless_max - len(self._lossless)

    def put_back(self, frames: Sequence[Frame]) -> None:
        """Queues replayed events in their place by number. The caller has asked for `room`."""
        self._lossless = deque(sorted([*self._lossless, *frames], key=lambda frame: frame.seq))
        self._wake.set()

    def end(self, ending: Ending) -> None:
        """The client is to be closed; the first reason stands."""
        if self.ending is None:
            self.ending = ending
        self._wake.set()

    def pop(self) -> Frame | None:
        """The next frame to send, or None. A topic's turn comes from when it began to wait."""
        topic = next(iter(self._latest), None)
        if topic is None:
            return self._lossless.popleft() if self._lossless else None
        if self._lossless and self._lossless[0].seq < self._latest[topic].seq:
            return self._lossless.popleft()
        return self._latest.pop(topic)

    async def wait(self) -> None:
        """Returns when there may be something to send, or an end."""
        await self._wake.wait()
        self._wake.clear()
