"""A few warm keep-alive connections to one host. One try per request: what may have arrived is never sent again.

A kept connection that the peer has closed is noticed by its close and never picked; one that dies under a request is
an error of that request.
"""

import asyncio
import ssl
from typing import Final, cast
from urllib.parse import urlsplit

from tidegate.ports.http import HttpError, HttpReply
from tidegate.transport.wire import ReplyReader, encode_request

BODY_SIZE_MAX: Final = 16 * 1024 * 1024


class PooledHttp:
    """`ports.http.Http` over asyncio.Protocol. `base` as in `https://api.bybit.com`; a path in it is kept."""

    def __init__(self, base: str, *, connections_max: int = 4, body_size_max: int = BODY_SIZE_MAX) -> None:
        parts = urlsplit(base)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._authority = parts.netloc.rpartition("@")[2]
        self._prefix = parts.path.rstrip("/")
        self._tls = ssl.create_default_context() if self._secure else None
        self._idle: list[_Connection] = []
        self._busy: set[_Connection] = set()
        self._slots = asyncio.Semaphore(connections_max)
        self._body_size_max = body_size_max
        self._closed = False

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        deadline_s: float = 2.0,
    ) -> HttpReply:
        """See `ports.http.Http.request`. The deadline covers waiting for a free connection and connecting too."""
        data = encode_request(method, self._prefix + target, self._authority, headers, body)
        try:
            async with asyncio.timeout(deadline_s), self._slots:
                return await self._exchange(data)
        except TimeoutError:
            raise HttpError(f"no answer from {self._authority} within {deadline_s} s") from None
        except OSError as failure:
            raise HttpError(f"can not reach {self._authority}: {failure.strerror or failure}") from None

    async def close(self) -> None:
        self._closed = True
        for connection in (*self._idle, *self._busy):
            connection.abort()
        self._idle.clear()

    async def _exchange(self, data: bytes) -> HttpReply:
        connection = self._pick() or await self._connect()
        self._busy.add(connection)
        try:
            reply = await connection.exchange(data)
        except BaseException:
            connection.abort()  # also on cancellation: a late answer must not meet the next request
            raise
        finally:
            self._busy.discard(connection)
        if connection.reusable and not self._closed:
            self._idle.append(connection)
        else:
            connection.abort()
        return reply

    def _pick(self) -> "_Connection | None":
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                return connection
        return None

    async def _connect(self) -> "_Connection":
        if self._closed:
            raise HttpError("the client is closed")
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: _Connection(self._body_size_max), self._host, self._port, ssl=self._tls
        )
        return connection


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, body_size_max: int) -> None:
        self._body_size_max = body_size_max
        self._transport: asyncio.Transport | None = None
        self._reader: ReplyReader | None = None
        self._answer: asyncio.Future[HttpReply] | None = None
        self.reusable = True

    async def exchange(self, data: bytes) -> HttpReply:
        if self._transport is None:
            raise HttpError("the connection is closed")
        self._reader = ReplyReader(self._body_size_max)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        return await self._answer

    def abort(self) -> None:
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by its methods, not by its class

    def data_received(self, data: bytes) -> None:
        if self._reader is None or self._answer is None or self._answer.done():
            self.abort()  # bytes that nobody asked for: the next answer could be mistaken
            return
        try:
            self._reader.feed(data)
        except HttpError as failure:
            self._fail(failure)
            return
        self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        self.reusable = False
        self._transport = None
        if self._reader is None or self._answer is None or self._answer.done():
            return
        try:
            self._reader.end()
        except HttpError as failure:
            self._fail(HttpError(f"connection lost: {exc}") if exc is not None else failure)
            return
        self._settle()

    def _settle(self) -> None:
        reader, answer = self._reader, self._answer
        if reader is None or answer is None or reader.reply is None:
            return
        self.reusable = self.reusable and reader.keep_alive and not reader.surplus
        answer.set_result(reader.reply)

    def _fail(self, failure: HttpError) -> None:
        self.abort()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(failure)
