"""Prices that the engine does not hold in a live book: asked of the venue, never invented."""

from typing import Protocol


class MarketFetch(Protocol):
    """REST look-ups behind a short-TTL cache.

    Both raise `TidegateError`: EXCHANGE_UNAVAILABLE, NOT_FOUND or UPSTREAM_ERROR.
    """

    async def book(self, exchange: str, product: str, symbol: str, depth: int) -> bytes:
        """`{exchange, symbol, type, bids, asks, ts, ageMs, synced, source: cache | rest}` as `GET /api/prices`."""
        ...

    async def ticker(self, exchange: str, product: str, symbol: str) -> bytes:
        """Last price, best bid and ask, 24 h statistics as `GET /api/prices/.../ticker`."""
        ...


class SystemProbe(Protocol):
    """What the process knows about itself."""

    def status(self) -> bytes:
        """JSON object of `GET /api/system/status` without the parts that the API adds (DB latency)."""
        ...

    def exchanges(self) -> bytes:
        """JSON array of `{name, latencyMs, rateLimit: {used, limit}, clockOffsetMs, bannedMs}`: the transport's part
        of `GET /api/exchanges`; the engine's `exchanges` view has the rest."""
        ...

    def components(self) -> bytes:
        """JSON object name -> {status: healthy|degraded|unhealthy, detail?} of the I/O side, for `/health`."""
        ...
