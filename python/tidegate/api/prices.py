"""Prices on request: from the live book where there is one, else asked of the venue. Never a stale one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from tidegate.api.fields import EXCHANGES
from tidegate.api.jsontext import with_fields
from tidegate.api.services import Services
from tidegate.model.errors import Code, TidegateError
from tidegate.model.views import ViewName

BATCH_PARALLEL: Final = 8
"""Look-ups of one batch at a time, so that one caller can not spend a venue's whole rate budget at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    exchange: str
    symbol: str
    product: str


async def book(services: Services, wanted: Wanted, depth: int) -> bytes:
    """The book as JSON with its `source`. An unsynced live book is an error, not a reason to look elsewhere."""
    _check_exchange(services, wanted.exchange)
    instrument = f"{wanted.exchange}:{wanted.product}:{wanted.symbol}"
    try:
        live = await services.engine.query(ViewName.BOOK, instrument=instrument, depth=depth)
    except TidegateError as error:
        if error.code is not Code.NOT_FOUND:
            raise
    else:
        return live if b'"source"' in live else with_fields(live, {"source": "book"})
    return _marked(services, await services.market.book(wanted.exchange, wanted.product, wanted.symbol, depth))


async def ticker(services: Services, wanted: Wanted) -> bytes:
    _check_exchange(services, wanted.exchange)
    return _marked(services, await services.market.ticker(wanted.exchange, wanted.product, wanted.symbol))


async def batch(services: Services, items: Sequence[Wanted], depth: int) -> list[orjson.Fragment | dict[str, object]]:
    """Each item's book or its error, in the order asked."""
    gate = asyncio.Semaphore(BATCH_PARALLEL)

    async def one(wanted: Wanted) -> orjson.Fragment | dict[str, object]:
        async with gate:
            try:
                return orjson.Fragment(await book(services, wanted, depth))
            except TidegateError as error:
                return {
                    "exchange": wanted.exchange,
                    "symbol": wanted.symbol,
                    "type": wanted.product,
                    "error": {"code": error.code.value, "message": error.message},
                }

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item), name=f"price-{item.exchange}-{item.symbol}") for item in items]
    return [task.result() for task in tasks]


def _check_exchange(services: Services, exchange: str) -> None:
    """Raises TidegateError: VALIDATION_ERROR for no venue's name, EXCHANGE_UNAVAILABLE for one not run here."""
    venues = services.config.venues
    if venues.runs(exchange):
        return
    if exchange in EXCHANGES:
        running = [name for name, _ in venues.items()]
        raise TidegateError(
            Code.EXCHANGE_UNAVAILABLE, f"{exchange} is not connected here; connected are {', '.join(running)}"
        )
    raise TidegateError(
        Code.VALIDATION_ERROR, f"no exchange is called {exchange}", {"exchange": f"one of {', '.join(EXCHANGES)}"}
    )


def _marked(services: Services, document: bytes) -> bytes:
    """What a simulated venue said carries the mark, whoever fetched it."""
    if services.config.simulated and b'"simulated"' not in document:
        return with_fields(document, {"simulated": True})
    return document
