"""One open WebSocket as the hub sees it: what it listens to, how far it has come, whether it still reads."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

from tidegate.api.backlog import Audience
from tidegate.api.channels import Channel
from tidegate.api.frames import Batch, CloseCode, Ending, Frame, batch_of
from tidegate.model.access import Principal

OWN_MAX: Final = 4096
"""Answers, and events replayed for it alone, that may wait for one client; one more and it is cut."""
HELD_BYTES_MAX: Final = 64 * 1024
"""Bytes that the process holds for one socket; until they are fewer nothing more is written."""
WRITE_BYTES_MAX: Final = 64 * 1024
"""Of one write; a frame that begins within it is written whole."""
SEND_STALL_S: Final = 4.0
"""A client whose socket takes nothing for so long is cut."""
PING_S: Final = 1.5
"""A client that says nothing for so long is asked whether it still reads, and so on."""
SILENT_S: Final = 4.0
"""A client that was not heard for so long, pongs included, is cut: its reader stands still, or it is gone."""

_PING: Final = b"\x89\x00"


class Wire(Protocol):
    """What is needed of a socket's transport."""

    def write(self, data: bytes) -> None: ...
    def get_write_buffer_size(self) -> int: ...
    def is_closing(self) -> bool: ...


class Client:
    """Made when somebody was let in; `attach` once the socket is open.

    Sequence numbers never step back past an order event: when a price is sent, every order event with a smaller number
    has gone before it, so the last number a client saw tells truly where to resume.
    """

    def __init__(self, principal: Principal, audience: Audience, after: int) -> None:
        self.principal: Final = principal
        self.channels: Final[dict[Channel, int]] = {}
        """Channel -> the newest event's number when it was subscribed."""
        self.ended: Final = asyncio.Event()
        self.ending: Ending | None = None
        self._audience = audience
        self._upto = after
        self._own: list[Frame] = []
        self._wire: Wire | None = None
        self._heard_s = self._asked_s = 0.0
        self._stuck_s: float | None = None

    @property
    def is_stuck(self) -> bool:
        """Its socket took nothing when something was to be written."""
        return self._stuck_s is not None

    def attach(self, wire: Wire, now_s: float) -> None:
        """From now on it can be written to. Times are the loop's."""
        self._wire = wire
        self.hear(now_s)

    def hear(self, now_s: float) -> None:
        """It has just said something."""
        self._heard_s = self._asked_s = now_s

    def end(self, ending: Ending) -> None:
        """It is to be closed; the first reason stands."""
        if self.ending is None:
            self.ending = ending
        self.ended.set()

    def move(self, audience: Audience, seq: int) -> None:
        """Listens to other channels from `seq` on; what it lacks of those before stays due."""
        self._own.extend(self._audience.frames(self._upto))
        self._audience, self._upto = audience, seq
        self._bound()

    def room(self) -> int:
        """How many frames of its own may wait besides those that do."""
        return OWN_MAX - len(self._own)

    def give(self, frames: Sequence[Frame]) -> None:
        """Frames for it alone."""
        self._own.extend(frames)
        self._bound()

    def deliver(self, now_s: float) -> bool:
        """Writes what it lacks, as far as the socket takes it; True when more waits that it would take."""
        wire = self._wire
        if wire is None or self.ending is not None or wire.is_closing():
            return False
        if wire.get_write_buffer_size() >= HELD_BYTES_MAX:
            self._stuck_s = now_s if self._stuck_s is None else self._stuck_s
            if self._audience.has_lost(self._upto):
                self._overrun()
            return False
        self._stuck_s = None
        batch = self._audience.batch(self._upto, WRITE_BYTES_MAX)
        if batch is None:
            self._overrun()
            return False
        if self._own:
            batch = self._with_own()
        self._upto = batch.upto
        if batch.data:
            wire.write(batch.data)
        return batch.more

    def look_after(self, now_s: float) -> None:
        """Asks a silent one for a sign of life, and ends one that gives none: a reader that stands still gives none."""
        wire = self._wire
        if wire is None or wire.is_closing():
            return
        if self._stuck_s is not None and now_s - self._stuck_s >= SEND_STALL_S:
            self.end(Ending(CloseCode.TOO_SLOW, f"nothing was read for {SEND_STALL_S:g} s"))
        elif now_s - self._heard_s >= SILENT_S:
            self.end(Ending(CloseCode.TOO_SLOW, f"nothing was heard for {SILENT_S:g} s"))
        elif now_s - self._asked_s >= PING_S and self.ending is None:
            self._asked_s = now_s
            wire.write(_PING)

    def _with_own(self) -> Batch:
        lacking = self._audience.frames(self._upto)
        newest = max((frame.seq for frame in (*lacking, *self._own)), default=self._upto)
        batch = batch_of((*self._own, *lacking), max(newest, self._upto), WRITE_BYTES_MAX)
        self._own = [frame for frame in self._own if frame.seq > batch.upto]
        return replace(batch, upto=max(batch.upto, self._upto))

    def _bound(self) -> None:
        if len(self._own) > OWN_MAX:
            self._overrun()

    def _overrun(self) -> None:
        self._own.clear()
        self.end(Ending(CloseCode.TOO_SLOW, "too slow: order events would be lost"))
