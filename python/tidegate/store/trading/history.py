"""Reading the trading tables back: filtered pages, newest first, by a cursor that stays right while rows are added."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Table, and_, func, or_, select, true

from tidegate.model.errors import Code, TidegateError
from tidegate.ports.read import (
    NO_FILTER,
    DocPage,
    Earned,
    EquityPoint,
    HistoryFilter,
    PageRequest,
    PlanResult,
    SpreadPage,
    SpreadPoint,
)
from tidegate.store.database import Database
from tidegate.store.trading import tables
from tidegate.store.trading.sums import beside_plans

LIMIT_MAX: Final = 1000
"""Most items of one page."""
_TS_DIGITS_MAX: Final = 16
"""Of epoch milliseconds; a number much longer fits no database."""


class SqlTradingHistory:
    """`tidegate.ports.read.TradingHistory` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def orders(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage:
        """See the port."""
        return await self._page(tables.orders, narrow, page or PageRequest())

    async def order(self, order_id: str) -> bytes | None:
        """See the port."""
        return await self._one(tables.orders, order_id)

    async def fills(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage:
        """See the port."""
        return await self._page(tables.fills, narrow, page or PageRequest())

    async def plans(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage:
        """See the port."""
        return await self._page(tables.plans, narrow, page or PageRequest())

    async def plan(self, plan_id: str) -> bytes | None:
        """See the port."""
        return await self._one(tables.plans, plan_id)

    async def twaps(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage:
        """See the port."""
        return await self._page(tables.twap_plans, narrow, page or PageRequest())

    async def twap(self, plan_id: str) -> bytes | None:
        """See the port."""
        return await self._one(tables.twap_plans, plan_id)

    async def protections(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage:
        """See the port."""
        return await self._page(tables.protections, narrow, page or PageRequest())

    async def protection(self, protection_id: str) -> bytes | None:
        """See the port."""
        return await self._one(tables.protections, protection_id)

    async def alerts(self, narrow: HistoryFilter = NO_FILTER, page: PageRequest | None = None) -> DocPage:
        """See the port."""
        return await self._page(tables.alerts, narrow, page or PageRequest())

    async def spreads(self, pair_id: str, from_ts: int, to_ts: int, limit: int = LIMIT_MAX) -> SpreadPage:
        """See the port. A range with more than `limit` samples is thinned: the newest of each of `limit` stretches."""
        samples = tables.spread_samples
        found = await self._thinned(samples, samples.c.pair_id == pair_id, (from_ts, to_ts), limit)
        return SpreadPage(tuple(SpreadPoint(row.ts, _plain(row.leg1_buy), _plain(row.leg2_buy)) for row in found))

    async def equity(self, from_ts: int, to_ts: int, limit: int = LIMIT_MAX) -> tuple[EquityPoint, ...]:
        """See the port; oldest first. Thinned like spreads."""
        found = await self._thinned(tables.equity_samples, true(), (from_ts, to_ts), limit)
        return tuple(
            EquityPoint(row.ts, format(row.pnl, "f"), format(row.fees, "f"), format(row.equity, "f")) for row in found
        )

    async def results(self, from_day: str) -> tuple[PlanResult, ...]:
        """See the port."""
        c, f = tables.plan_results.c, tables.fill_results.c
        query = select(tables.plan_results).where(c.day >= from_day).order_by(c.day, c.pair_id, c.exchange)
        others = select(tables.fill_results).where(f.day >= from_day).order_by(f.day, f.strategy, f.exchange)
        async with self._database.read() as connection:
            found = (await connection.execute(query)).all()
            beside = (await connection.execute(others)).all()
        of_plans = tuple(
            PlanResult(
                day=row.day,
                pair_id=row.pair_id,
                exchange=row.exchange,
                pnl=format(row.pnl, "f"),
                fees=format(row.fees, "f"),
                turnover=format(row.turnover, "f"),
                plans=row.plans,
                wins=row.wins,
            )
            for row in found
        )
        of_fills = tuple(
            PlanResult(
                day=row.day,
                strategy=row.strategy,
                pair_id="",
                exchange=row.exchange,
                pnl=format(row.pnl, "f"),
                fees=format(row.fees, "f"),
                turnover=format(row.turnover, "f"),
                plans=0,
                wins=0,
            )
            for row in beside
        )
        return tuple(sorted((*of_plans, *of_fills), key=lambda row: row.day))

    async def beside_plans(self) -> Earned:
        """See the port."""
        async with self._database.read() as connection:
            gain = await beside_plans(connection)
        return Earned(gain.pnl, gain.fees, gain.turnover)

    async def _thinned(
        self, samples: Table, wanted: ColumnElement[bool], span: tuple[int, int], limit: int
    ) -> Sequence[Row[Any]]:
        """The newest sample of each of `limit` stretches of the span, oldest first."""
        _check_limit(limit)
        inside = and_(wanted, samples.c.ts >= span[0], samples.c.ts < span[1])
        async with self._database.read() as connection:
            extent = select(func.min(samples.c.ts), func.max(samples.c.ts)).where(inside)
            first, last = (await connection.execute(extent)).one()
            if first is None:
                return ()
            stretch = (last - first) // limit + 1
            chosen = select(func.max(samples.c.ts)).where(inside).group_by((samples.c.ts - first) // stretch)
            query = select(samples).where(wanted, samples.c.ts.in_(chosen)).order_by(samples.c.ts)
            return (await connection.execute(query)).all()

    async def ping_ms(self) -> float:
        """See the port."""
        return await self._database.ping_ms()

    async def _one(self, table: Table, row_id: str) -> bytes | None:
        async with self._database.read() as connection:
            found = (await connection.execute(select(table.c.doc).where(table.c.id == row_id))).scalar_one_or_none()
        return None if found is None else str(found).encode()

    async def _page(self, table: Table, narrow: HistoryFilter, page: PageRequest) -> DocPage:
        _check_limit(page.limit)
        wanted = _conditions(table, narrow)
        if page.cursor is not None:
            ts, row_id = _parse_cursor(page.cursor)
            wanted.append(or_(table.c.ts < ts, and_(table.c.ts == ts, table.c.id < row_id)))
        query = (
            select(table.c.ts, table.c.id, table.c.doc)
            .where(*wanted)
            .order_by(table.c.ts.desc(), table.c.id.desc())
            .limit(page.limit + 1)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(query)).all()
        shown = found[: page.limit]
        more = len(found) > page.limit
        cursor = _cursor(shown[-1].ts, shown[-1].id) if more else None
        return DocPage(tuple(str(row.doc).encode() for row in shown), cursor)


_COLUMN_OF: Final[Mapping[str, str]] = {
    "account": "account",
    "exchange": "exchange",
    "symbol": "symbol",
    "product": "product",
    "state": "state",
    "plan_id": "plan_id",
    "pair_id": "pair_id",
    "severity": "severity",
}


def _conditions(table: Table, narrow: HistoryFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if narrow.from_ts is not None:
        wanted.append(table.c.ts >= narrow.from_ts)
    if narrow.to_ts is not None:
        wanted.append(table.c.ts < narrow.to_ts)
    for field in fields(narrow):
        value = getattr(narrow, field.name)
        if value is None or field.name not in _COLUMN_OF:
            continue
        column = _COLUMN_OF[field.name]
        if column not in table.c:
            raise TidegateError(Code.VALIDATION_ERROR, f"{table.name} cannot be filtered by {field.name}")
        wanted.append(table.c[column] == value)
    return wanted


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= LIMIT_MAX:
        raise TidegateError(Code.VALIDATION_ERROR, f"limit must be 1 to {LIMIT_MAX}", {"limit": LIMIT_MAX})


def _cursor(ts: int, row_id: str) -> str:
    return base64.urlsafe_b64encode(f"{ts}:{row_id}".encode()).decode().rstrip("=")


def _parse_cursor(cursor: str) -> tuple[int, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        ts, _, row_id = base64.urlsafe_b64decode(padded.encode("ascii")).decode().partition(":")
    except (ValueError, binascii.Error):
        ts = row_id = ""
    if not (ts.isascii() and ts.isdigit() and len(ts) <= _TS_DIGITS_MAX) or "\0" in row_id:
        raise TidegateError(Code.VALIDATION_ERROR, "cursor is not one that this list gave out")
    return int(ts), row_id


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
