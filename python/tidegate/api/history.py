"""Lists that grow, read from the tables once these have caught up with what the caller may already know."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import orjson

from tidegate.api.jsontext import array, load_objects
from tidegate.api.services import Services
from tidegate.model.errors import Code, TidegateError
from tidegate.model.views import ViewName
from tidegate.ports.read import DocPage, HistoryFilter, PageRequest

FRESH_WAIT_S: Final = 1.0
"""How long a list waits for the tables to show the journal's newest record at the time it was asked for."""

EQUITY_MS: Final = 24 * 3_600_000
"""What an equity history shows when its caller names no beginning."""

NO_ITEMS: Final[Mapping[str, object]] = {"items": [], "nextCursor": None}


async def orders(services: Services, narrow: HistoryFilter, page: PageRequest) -> Mapping[str, object]:
    await _fresh(services)
    return _page(await services.history.orders(narrow, page))


async def open_orders(services: Services, narrow: HistoryFilter, limit: int) -> Mapping[str, object]:
    """The engine's own copies, newest first; open orders are few, so there is one page."""
    wanted = {
        "account": narrow.account,
        "exchange": narrow.exchange,
        "symbol": narrow.symbol,
        "type": narrow.product,
        "planId": narrow.plan_id,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    rows = load_objects(await services.engine.query(ViewName.OPEN_ORDERS))
    fit = [row for row in rows if all(row.get(name) == value for name, value in given.items())]
    fit.sort(key=lambda row: int(str(row.get("createdTs", 0))), reverse=True)
    return {"items": fit[:limit], "nextCursor": None}


async def equity(services: Services, from_ts: int | None, to_ts: int | None, limit: int) -> list[dict[str, object]]:
    """Running totals, oldest first. Raises TidegateError VALIDATION_ERROR for an empty span."""
    end = to_ts if to_ts is not None else services.now_ms + 1
    start = from_ts if from_ts is not None else max(0, end - EQUITY_MS)
    if start >= end:
        raise TidegateError(Code.VALIDATION_ERROR, "the span is empty", {"from": "must be before to"})
    points = await services.history.equity(start, end, limit)
    return [{"ts": p.ts, "pnl": Decimal(p.pnl), "fees": Decimal(p.fees), "equity": Decimal(p.equity)} for p in points]


async def alerts(services: Services, narrow: HistoryFilter, page: PageRequest) -> Mapping[str, object]:
    return _page(await services.history.alerts(narrow, page))


async def trades(services: Services, narrow: HistoryFilter, page: PageRequest) -> Mapping[str, object]:
    await _fresh(services)
    return _page(await services.history.fills(narrow, page))


async def plans(services: Services, narrow: HistoryFilter, page: PageRequest) -> Mapping[str, object]:
    await _fresh(services)
    return _page(await services.history.plans(narrow, page))


async def order(services: Services, order_id: str) -> bytes:
    """Raises TidegateError NOT_FOUND."""
    await _fresh(services)
    return _found(await services.history.order(order_id), f"no order has the id {order_id}")


async def plan(services: Services, plan_id: str) -> bytes:
    """The engine's own copy, else the table's. Raises TidegateError NOT_FOUND."""
    try:
        return await services.engine.query(ViewName.PLAN, planId=plan_id)
    except TidegateError as error:
        if error.code is not Code.NOT_FOUND:
            raise
    await _fresh(services)
    return _found(await services.history.plan(plan_id), f"no plan has the id {plan_id}")


async def twaps(services: Services, narrow: HistoryFilter, page: PageRequest) -> Mapping[str, object]:
    await _fresh(services)
    return _page(await services.history.twaps(narrow, page))


async def twap(services: Services, plan_id: str) -> bytes:
    """The engine's own copy, else the table's. Raises TidegateError NOT_FOUND."""
    try:
        return await services.engine.query(ViewName.TWAP, planId=plan_id)
    except TidegateError as error:
        if error.code is not Code.NOT_FOUND:
            raise
    await _fresh(services)
    return _found(await services.history.twap(plan_id), f"no TWAP has the id {plan_id}")


async def protections(services: Services, narrow: HistoryFilter, page: PageRequest) -> Mapping[str, object]:
    await _fresh(services)
    return _page(await services.history.protections(narrow, page))


async def protection(services: Services, protection_id: str) -> bytes:
    """The engine's own copy, else the table's. Raises TidegateError NOT_FOUND."""
    try:
        return await services.engine.query(ViewName.PROTECTION, protectionId=protection_id)
    except TidegateError as error:
        if error.code is not Code.NOT_FOUND:
            raise
    await _fresh(services)
    return _found(await services.history.protection(protection_id), f"no protection has the id {protection_id}")


async def _fresh(services: Services) -> None:
    # A table still behind after the wait is served as it is: history, unlike a price, is never wrong, only short.
    await services.freshness.reached(services.engine.seq, FRESH_WAIT_S)


def _page(page: DocPage) -> Mapping[str, object]:
    items: orjson.Fragment = array(page.items)
    return {"items": items, "nextCursor": page.next_cursor}


def _found(document: bytes | None, message: str) -> bytes:
    if document is None:
        raise TidegateError(Code.NOT_FOUND, message)
    return document
