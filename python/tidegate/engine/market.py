"""Prices outside the live books: asked of the venue, kept for a second, never invented."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

import orjson

from tidegate.model.errors import Code, TidegateError
from tidegate.ports.clock import Clock
from tidegate.ports.http import Http, HttpError
from tidegate.venues.spec import Product, Request, Ticker, Venue, VenueReplyError

TTL_NS: Final = 1_000_000_000
ENTRIES_MAX: Final = 1024
DEADLINE_S: Final = 3.0
_UNKNOWN_SYMBOL: Final = frozenset({"-1121", "10001", "10029", "170121", "51001", "40034", "40309"})
"""Codes by which the venues say that they know no such symbol."""
_TOO_MANY: Final = 429
_BANNED: Final = frozenset({403, 418})


@dataclass(frozen=True, slots=True)
class _Entry:
    at_ns: int
    document: dict[str, object]


class VenueMarket:
    """`ports.market.MarketFetch` over the venues' REST. `rests` by (venue, product)."""

    def __init__(
        self,
        venues: Mapping[str, Venue],
        rests: Mapping[tuple[str, str], Http],
        clock: Clock,
        *,
        simulated: bool,
    ) -> None:
        self._venues = venues
        self._rests = rests
        self._clock = clock
        self._simulated = simulated
        self._entries: OrderedDict[tuple[str, ...], _Entry] = OrderedDict()
        self._locks: dict[tuple[str, ...], asyncio.Lock] = {}

    async def book(self, exchange: str, product: str, symbol: str, depth: int) -> bytes:
        """See `MarketFetch.book`. The venue is asked for at least 20 levels, so that callers share one answer."""
        wanted = next((size for size in (20, 100, 1000) if size >= depth), 1000)

        async def fetch() -> dict[str, object]:
            venue, kind = self._venue(exchange, product)
            page = venue.parse_book(await self._get(exchange, kind, venue.book(kind, symbol, wanted)))
            if not page.bids or not page.asks:
                raise TidegateError(Code.EXCHANGE_UNAVAILABLE, f"the book of {exchange} {symbol} has an empty side")
            wall_ms = self._clock.wall_ns() // 1_000_000
            return {"bids": page.bids, "asks": page.asks, "ts": page.ts if page.ts is not None else wall_ms}

        entry, source = await self._cached(("book", exchange, product, symbol, str(wanted)), fetch)
        bids, asks = entry.document["bids"], entry.document["asks"]
        return self._render(
            exchange, product, symbol, entry, source,
            {"bids": _first(bids, depth), "asks": _first(asks, depth), "synced": False},
        )  # fmt: skip

    async def ticker(self, exchange: str, product: str, symbol: str) -> bytes:
        """See `MarketFetch.ticker`."""

        async def fetch() -> dict[str, object]:
            venue, kind = self._venue(exchange, product)
            bodies = [await self._get(exchange, kind, request) for request in venue.ticker(kind, symbol)]
            return _numbers(venue.parse_ticker(bodies))

        entry, source = await self._cached(("ticker", exchange, product, symbol), fetch)
        return self._render(exchange, product, symbol, entry, source, {})

    async def _cached(
        self, key: tuple[str, ...], fetch: Callable[[], Awaitable[dict[str, object]]]
    ) -> tuple[_Entry, str]:
        """One question at a time per key; callers that wait share its answer."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                entry = self._entries.get(key)
                if entry is not None and self._clock.mono_ns() - entry.at_ns < TTL_NS:
                    return entry, "cache"
                fresh = _Entry(self._clock.mono_ns(), await _translated(key[1], fetch()))
                self._keep(key, fresh)
                return fresh, "rest"
        finally:
            if not lock.locked():
                self._locks.pop(key, None)

    def _keep(self, key: tuple[str, ...], entry: _Entry) -> None:
        self._entries[key] = entry
        self._entries.move_to_end(key)
        while len(self._entries) > ENTRIES_MAX:
            self._entries.popitem(last=False)

    def _venue(self, exchange: str, product: str) -> tuple[Venue, Product]:
        venue = self._venues.get(exchange)
        if venue is None or (exchange, product) not in self._rests:
            raise TidegateError(Code.NOT_FOUND, f"no venue {exchange} with product {product} is enabled")
        return venue, "spot" if product == "spot" else "linear"

    async def _get(self, exchange: str, product: Product, request: Request) -> bytes:
        venue = self._venues[exchange]
        try:
            reply = await self._rests[exchange, product].request(
                request.method, request.target, headers=request.headers, deadline_s=DEADLINE_S
            )
        except HttpError as failure:
            raise TidegateError(Code.EXCHANGE_UNAVAILABLE, f"{exchange}: {failure.reason}") from None
        if reply.status == _TOO_MANY:
            raise TidegateError(Code.RATE_LIMITED, f"{exchange} limits our requests", {"exchange": exchange})
        if reply.status in _BANNED:
            raise TidegateError(
                Code.EXCHANGE_UNAVAILABLE, f"{exchange} lets us in no more for now (HTTP {reply.status})"
            )
        failure_of = venue.parse_failure(reply.status, reply.body) if reply.status != 200 else None
        if failure_of is not None:
            raise _refused(exchange, failure_of)
        return reply.body

    def _render(  # the parts of one document
        self, exchange: str, product: str, symbol: str, entry: _Entry, source: str, override: dict[str, object]
    ) -> bytes:
        age_ms = (self._clock.mono_ns() - entry.at_ns) // 1_000_000
        document = {"exchange": exchange, "symbol": symbol, "type": product, **entry.document, **override}
        document |= {"ageMs": age_ms, "source": source}
        if self._simulated:
            document["simulated"] = True
        return orjson.dumps(document)


async def _translated(exchange: str, fetched: Awaitable[dict[str, object]]) -> dict[str, object]:
    try:
        return await fetched
    except VenueReplyError as failure:
        raise _refused(exchange, failure) from None


def _refused(exchange: str, failure: VenueReplyError) -> TidegateError:
    if failure.code in _UNKNOWN_SYMBOL:
        return TidegateError(Code.NOT_FOUND, f"{exchange} knows no such symbol", {"venueCode": failure.code})
    return TidegateError(
        Code.UPSTREAM_ERROR, f"{exchange} answered with an error: {failure.message}", {"venueCode": failure.code}
    )


def _numbers(ticker: Ticker) -> dict[str, object]:
    """Amounts as JSON numbers with the venue's exact digits."""
    return {
        name: orjson.Fragment(value) if isinstance(value, str) and _is_number(value) else value
        for name, value in asdict(ticker).items()
    }


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    whole, _, fraction = digits.partition(".")
    return whole.isdecimal() and (whole == "0" or whole[0] != "0") and (not fraction or fraction.isdecimal())


def _first(levels: object, depth: int) -> object:
    return levels[:depth] if isinstance(levels, tuple) else levels
