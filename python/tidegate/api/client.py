"""One open WebSocket as the hub sees it: what it listens to, what waits for it, whether it still reads."""

from typing import Final, Protocol

from tidegate.api.channels import Channel
from tidegate.api.outbox import CloseCode, Ending, Outbox
from tidegate.model.access import Principal

HELD_BYTES_MAX: Final = 64 * 1024
"""Bytes that the process holds for one socket on top of its outbox; until they are gone nothing more is written."""
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
    """Made when somebody was let in; `attach` once the socket is open."""

    def __init__(self, principal: Principal) -> None:
        self.principal: Final = principal
        self.outbox: Final = Outbox()
        self.channels: Final[dict[Channel, int]] = {}
        """Channel -> the newest event's number when it was subscribed."""
        self._wire: Wire | None = None
        self._heard_s = self._asked_s = 0.0
        self._stuck_s: float | None = None

    def attach(self, wire: Wire, now_s: float) -> None:
        """From now on it can be written to. Times are the loop's."""
        self._wire = wire
        self.hear(now_s)

    def hear(self, now_s: float) -> None:
        """It has just said something."""
        self._heard_s = self._asked_s = now_s

    def deliver(self, now_s: float) -> bool:
        """Writes what waits, as far as the socket takes it; True when more waits that it would take."""
        wire, outbox = self._wire, self.outbox
        if wire is None or outbox.ending is not None or wire.is_closing():
            return False
        if wire.get_write_buffer_size() >= HELD_BYTES_MAX:
            self._stuck_s = self._stuck_s or now_s
            return False
        self._stuck_s = None
        data = outbox.take(WRITE_BYTES_MAX)
        if data:
            wire.write(data)
        return len(outbox) > 0

    def look_after(self, now_s: float) -> None:
        """Asks a silent one for a sign of life, and ends one that gives none: a reader that stands still gives none."""
        wire = self._wire
        if wire is None or wire.is_closing():
            return
        if self._stuck_s is not None and now_s - self._stuck_s >= SEND_STALL_S:
            self.outbox.end(Ending(CloseCode.TOO_SLOW, f"nothing was read for {SEND_STALL_S:g} s"))
        elif now_s - self._heard_s >= SILENT_S:
            self.outbox.end(Ending(CloseCode.TOO_SLOW, f"nothing was heard for {SILENT_S:g} s"))
        elif now_s - self._asked_s >= PING_S and self.outbox.ending is None:
            self._asked_s = now_s
            wire.write(_PING)
