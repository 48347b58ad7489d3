"""The slow client: aiohttp, for look-ups where a few hundred microseconds do not matter.

Used for idempotent questions only; orders and cancels never go this way.
"""

import asyncio
from typing import Final

import aiohttp

from tidegate.ports.http import HttpError, HttpReply

BODY_SIZE_MAX: Final = 64 * 1024 * 1024
"""exchangeInfo of a large venue is above 10 MB."""


class SlowHttp:
    """`ports.http.Http` over one aiohttp session, made at the first request."""

    def __init__(self, base: str, *, connections_max: int = 8, body_size_max: int = BODY_SIZE_MAX) -> None:
        self._base = base.rstrip("/")
        self._connections_max = connections_max
        self._body_size_max = body_size_max
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        deadline_s: float = 2.0,
    ) -> HttpReply:
        """See `ports.http.Http.request`."""
        try:
            async with asyncio.timeout(deadline_s):
                return await self._exchange(method, target, headers, body)
        except TimeoutError:
            raise HttpError(f"no answer from {self._base} within {deadline_s} s") from None
        except aiohttp.ClientError as failure:
            raise HttpError(f"can not reach {self._base}: {failure}") from None
        except ValueError as failure:
            raise HttpError(f"the request can not be sent: {failure}") from None

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _exchange(self, method: str, target: str, headers: tuple[tuple[str, str], ...], body: bytes) -> HttpReply:
        async with self._open().request(
            method, self._base + target, headers=headers, data=body or None, allow_redirects=False
        ) as response:
            content = await self._bounded(response)
            fields = tuple((name.lower(), value) for name, value in response.headers.items())
            return HttpReply(response.status, fields, content)

    async def _bounded(self, response: aiohttp.ClientResponse) -> bytes:
        content = bytearray()
        async for piece in response.content.iter_chunked(1 << 16):
            content += piece
            if len(content) > self._body_size_max:
                raise HttpError(f"the answer is larger than {self._body_size_max} bytes")
        return bytes(content)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections_max)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True)
        return self._session
