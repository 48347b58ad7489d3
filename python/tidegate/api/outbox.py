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
    """One message, encoded once for all who get it: `wire` is the whole WebSocket frame."""

    seq: int
    wire: bytes


def text_frame(text: bytes) -> bytes:
    """A server's text frame (RFC 6455, 5.2): whole, not masked, not compressed."""
    size = len(text)
    if size < 126:
        return b"\x81%c%b" % (size, text)
    if size < 1 << 16:
        return b"\x81\x7e%b%b" % (size.to_bytes(2, "big"), text)
    return b"\x81\x7f%b%b" % (size.to_bytes(8, "big"), text)


class Outbox:
    """Frames for one client. A newer price takes the place of an older one that still waits.

    Sequence numbers never step back past an order event: when a price is sent, every order event with a smaller number
    has gone before it, so the last number a client saw tells truly where to resume.
    """

    def __init__(self, lossless_max: int = LOSSLESS_MAX) -> None:
        self._lossless: deque[Frame] = deque()
        self._latest: dict[str, Frame] = {}
        self._lossless_max: Final = lossless_max
        self.ended: Final = asyncio.Event()
        self.ending: Ending | None = None

    def __len__(self) -> int:
        return len(self._lossless) + len(self._latest)

    def put(self, frame: Frame) -> None:
        """Queues what must not be lost; a full queue ends the client instead."""
        if len(self._lossless) >= self._lossless_max:
            self.end(Ending(CloseCode.TOO_SLOW, "too slow: order events would be lost"))
            return
        self._lossless.append(frame)

    def put_latest(self, topic: str, frame: Frame) -> None:
        """Queues what only matters until the next of its topic."""
        self._latest[topic] = frame

    def room(self) -> int:
        return self._lossless_max - len(self._lossless)

    def put_back(self, frames: Sequence[Frame]) -> None:
        """Queues replayed events in their place by number. The caller has asked for `room`."""
        self._lossless = deque(sorted([*self._lossless, *frames], key=lambda frame: frame.seq))

    def end(self, ending: Ending) -> None:
        """The client is to be closed; the first reason stands."""
        if self.ending is None:
            self.ending = ending
        self.ended.set()

    def pop(self) -> Frame | None:
        """The next frame to send, or None. A topic's turn comes from when it began to wait."""
        topic = next(iter(self._latest), None)
        if topic is None:
            return self._lossless.popleft() if self._lossless else None
        if self._lossless and self._lossless[0].seq < self._latest[topic].seq:
            return self._lossless.popleft()
        return self._latest.pop(topic)

    def take(self, bytes_max: int) -> bytes:
        """Frames in their order, one after the other, until `bytes_max` is reached: one write instead of many."""
        taken: list[bytes] = []
        size = 0
        while size < bytes_max and (frame := self.pop()) is not None:
            taken.append(frame.wire)
            size += len(frame.wire)
        return taken[0] if len(taken) == 1 else b"".join(taken)
