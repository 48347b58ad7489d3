"""One message for WebSocket clients, encoded once for all who get it; and why the server closes a socket."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


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
    """`wire`: the whole WebSocket frame."""

    seq: int
    wire: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Frames for one write. `upto`: whoever got it has everything up to this number; `more` waits behind it."""

    data: bytes
    upto: int
    more: bool


def text_frame(text: bytes) -> bytes:
    """A server's text frame (RFC 6455, 5.2): whole, not masked, not compressed."""
    size = len(text)
    if size < 126:
        return b"\x81%c%b" % (size, text)
    if size < 1 << 16:
        return b"\x81\x7e%b%b" % (size.to_bytes(2, "big"), text)
    return b"\x81\x7f%b%b" % (size.to_bytes(8, "big"), text)


def batch_of(frames: Iterable[Frame], upto: int, bytes_max: int) -> Batch:
    """The frames by number, one after the other, as far as they begin within `bytes_max`.

    upto: the newest number that there is; all of its frames that matter are among these.
    """
    ordered = sorted(frames, key=_seq_of)
    size = 0
    for count, frame in enumerate(ordered):
        if size >= bytes_max:
            taken = ordered[:count]
            return Batch(b"".join([one.wire for one in taken]), taken[-1].seq, more=True)
        size += len(frame.wire)
    return Batch(b"".join([one.wire for one in ordered]), upto, more=False)


def _seq_of(frame: Frame) -> int:
    return frame.seq
