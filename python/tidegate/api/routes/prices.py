"""Instruments, order books and tickers."""

from typing import Annotated, Final

import orjson
from pydantic import Field

from tidegate.api import prices
from tidegate.api.fields import Empty, Exchange, Model, PageLimit, Product, Query, Symbol
from tidegate.api.replies import BatchItem, Book, Instrument, Ticker
from tidegate.api.route import Call, route
from tidegate.model.access import Permission
from tidegate.model.views import ViewName

BATCH_MAX: Final = 100
BATCH_DEPTH: Final = 20


class InstrumentsQuery(Query):
    """`search`: a part of the symbol."""

    search: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._-]*$")] = ""
    limit: PageLimit = 100


class BookQuery(Query):
    type: Product = "spot"
    depth: Annotated[int, Field(ge=1, le=1000)] = 20


class TickerQuery(Query):
    type: Product = "spot"


class BatchEntry(Model):
    exchange: Exchange
    symbol: Symbol
    type: Product = "spot"


class BatchBody(Model):
    items: Annotated[list[BatchEntry], Field(min_length=1, max_length=BATCH_MAX)]


async def list_instruments(call: Call[Empty, InstrumentsQuery]) -> bytes:
    """Steps, minima and fees of what can be traded; what is watched now stands first."""
    query = call.query
    return await call.services.engine.query(ViewName.INSTRUMENTS, search=query.search, limit=query.limit)


async def get_book(call: Call[Empty, BookQuery]) -> bytes:
    """An order book, best first: live where subscribed, else fetched through a short-lived cache."""
    wanted = prices.Wanted(call.path["exchange"], call.path["symbol"], call.query.type)
    return await prices.book(call.services, wanted, call.query.depth)


async def get_ticker(call: Call[Empty, TickerQuery]) -> bytes:
    """Last price, best bid and ask, 24 h statistics."""
    wanted = prices.Wanted(call.path["exchange"], call.path["symbol"], call.query.type)
    return await prices.ticker(call.services, wanted)


async def post_batch(call: Call[BatchBody, Query]) -> list[orjson.Fragment | dict[str, object]]:
    """Several books in the order asked; a bad item yields its error in its place."""
    wanted = [prices.Wanted(item.exchange, item.symbol, item.type) for item in call.body.items]
    return await prices.batch(call.services, wanted, BATCH_DEPTH)


_READ: Final = Permission.READ
_ONE: Final = "/api/prices/{exchange}/{symbol}"

ROUTES: Final = (
    route(
        "GET",
        "/api/instruments",
        list_instruments,
        body=Empty,
        query=InstrumentsQuery,
        reply=list[Instrument],
        permission=_READ,
    ),
    route(
        "POST",
        "/api/prices/batch",
        post_batch,
        body=BatchBody,
        query=Query,
        reply=list[BatchItem],
        permission=_READ,
        audited=False,
    ),
    route("GET", _ONE, get_book, body=Empty, query=BookQuery, reply=Book, permission=_READ),
    route("GET", f"{_ONE}/ticker", get_ticker, body=Empty, query=TickerQuery, reply=Ticker, permission=_READ),
)
