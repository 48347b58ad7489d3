"""HTTP/1.1 bytes: building a request, reading an answer as it arrives. Pure; everything is bounded."""

import re
from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from tidegate.ports.http import HttpError, HttpReply

HEAD_SIZE_MAX: Final = 64 * 1024
CHUNK_LINE_MAX: Final = 256
_STATUS: Final = re.compile(r"[1-9][0-9]{2}", re.ASCII)


def encode_request(method: str, target: str, host: str, headers: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    """One request. Raises HttpError when a part would break out of its line, or is not Latin-1."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers)]
    if body or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines) or " " in target:
        raise HttpError("the request has a line break or space where none may be")
    try:
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body
    except UnicodeEncodeError:
        raise HttpError("the request holds a character that may not be in its head") from None


class ReplyReader:
    """Feed bytes until `reply` is set. One reader per answer."""

    __slots__ = ("_body", "_body_size_max", "_buffer", "_headers", "_left", "_status", "_step", "keep_alive", "reply")

    def __init__(self, body_size_max: int) -> None:
        self._buffer = bytearray()
        self._body = bytearray()
        self._body_size_max = body_size_max
        self._headers: tuple[tuple[str, str], ...] = ()
        self._left = 0
        self._status = 0
        self._step = "head"
        self.keep_alive = True
        self.reply: HttpReply | None = None

    def feed(self, data: bytes) -> None:
        """Takes the next bytes. Raises HttpError for what is not HTTP or is too large."""
        self._buffer += data
        while self.reply is None and self._advance():
            pass

    @property
    def surplus(self) -> bool:
        """Whether more came than the answer: the connection is out of step and must not be used again."""
        return self.reply is not None and len(self._buffer) > 0

    def end(self) -> None:
        """The peer closed. Completes an answer that is delimited by the close. Raises HttpError otherwise."""
        if self._step == "until_close":
            self._finish()
        elif self.reply is None:
            raise HttpError("connection closed before the answer was whole")

    def _advance(self) -> bool:
        """One step of parsing; False when more bytes are needed."""
        return self._STEPS[self._step](self)

    def _read_length(self) -> bool:
        return self._take(self._left, "done")

    def _read_chunk(self) -> bool:
        return self._take(self._left, "chunk_end")

    def _read_until_close(self) -> bool:
        self._grow(bytes(self._buffer))
        self._buffer.clear()
        return False

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > HEAD_SIZE_MAX:
                raise HttpError("the answer's head is too large")
            return False
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        parts = lines[0].split(" ", 2)
        if len(parts) < 2 or not parts[0].startswith("HTTP/1.") or not _STATUS.fullmatch(parts[1]):
            raise HttpError("the answer is not HTTP")
        self._status = int(parts[1])
        if self._status < 200:
            return True  # an interim answer (100 Continue); the real head follows
        split = (line.partition(":") for line in lines[1:])
        self._headers = tuple((name.strip().lower(), value.strip()) for name, _, value in split)
        self._choose_body()
        return True

    def _choose_body(self) -> None:
        fields = dict(self._headers)
        self.keep_alive = fields.get("connection", "").lower() != "close"
        length = fields.get("content-length")
        if self._status in (204, 304):
            self._finish()
        elif "chunked" in fields.get("transfer-encoding", "").lower():
            self._step = "chunk_line"
        elif length is not None:
            self._expect(length, 10)
            self._step = "length"
        else:
            self.keep_alive = False
            self._step = "until_close"

    def _expect(self, digits: str, base: int) -> None:
        try:
            self._left = int(digits, base)
        except ValueError:
            raise HttpError("the answer has no valid length") from None
        if self._left < 0 or len(self._body) + self._left > self._body_size_max:
            raise HttpError(f"the answer is larger than {self._body_size_max} bytes")

    def _take(self, count: int, then: str) -> bool:
        if len(self._buffer) < count:
            return False
        self._grow(bytes(self._buffer[:count]))
        del self._buffer[:count]
        if then == "done":
            self._finish()
        else:
            self._step = then
        return True

    def _read_chunk_line(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > CHUNK_LINE_MAX:
                raise HttpError("a chunk's size line is too long")
            return False
        self._expect(self._buffer[:end].decode("latin-1").partition(";")[0].strip(), 16)
        del self._buffer[: end + 2]
        self._step = "chunk" if self._left else "trailer"
        return True

    def _read_chunk_end(self) -> bool:
        if len(self._buffer) < 2:
            return False
        del self._buffer[:2]
        self._step = "chunk_line"
        return True

    def _read_trailer(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > HEAD_SIZE_MAX:
                raise HttpError("the answer's trailer is too large")
            return False
        del self._buffer[: end + 2]
        if end == 0:
            self._finish()
        return True

    def _grow(self, data: bytes) -> None:
        if len(self._body) + len(data) > self._body_size_max:
            raise HttpError(f"the answer is larger than {self._body_size_max} bytes")
        self._body += data

    def _finish(self) -> None:
        self._step = "done"
        self.reply = HttpReply(self._status, self._headers, bytes(self._body))

    _STEPS: ClassVar[Mapping[str, Callable[["ReplyReader"], bool]]] = {
        "head": _read_head,
        "length": _read_length,
        "chunk_line": _read_chunk_line,
        "chunk": _read_chunk,
        "chunk_end": _read_chunk_end,
        "trailer": _read_trailer,
        "until_close": _read_until_close,
    }
