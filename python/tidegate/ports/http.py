"""HTTP requests to venues, one try each."""

from dataclasses import dataclass
from typing import Protocol


class HttpError(Exception):
    """No answer: refused, reset, too large, or past the deadline. Proves nothing about what the venue did."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class HttpReply:
    """`headers` with lower-case names, in order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header (`name` in lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


class Http(Protocol):
    """One base address. Never retries: a request that may have arrived is not sent twice."""

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        deadline_s: float = 2.0,
    ) -> HttpReply:
        """`target` is path and query exactly as signed. Raises HttpError when no whole answer came in time."""
        ...

    async def close(self) -> None:
        """Closes all connections. Safe to call twice."""
        ...
