"""Keeps the sums of results, in the transaction that shows what they are made of: a batch given twice counts once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tidegate.store.trading import tables
from tidegate.store.trading.books import EVER, PLANNED, Book, Gain, booked, fill_of
from tidegate.store.trading.columns import Lifted, load
from tidegate.store.trading.results import Key, Totals, Traded, added, changes, has_ended
from tidegate.store.trading.upsert import upsert

_PLANS: Final = "plan_"
"""What the ids of arbitrage plans begin with."""
Rows = Mapping[str, Lifted]
Documents = Mapping[str, Mapping[str, object]]


async def count_plans(connection: AsyncConnection, plans: Rows, fills: Rows, zone: ZoneInfo) -> None:
    """Before the batch is written: plans that ended, with their fills."""
    filled = {str(fill["plan_id"]) for fill in fills.values()}
    ids = {*plans, *(plan_id for plan_id in filled if plan_id.startswith(_PLANS))}
    if not ids:
        return
    c = tables.plans.c
    rows = (await connection.execute(select(c.id, c.doc).where(c.id.in_(ids)))).all()
    before = {row.id: _document(row.doc) for row in rows}
    after = {**before, **{plan_id: _document(plan["doc"]) for plan_id, plan in plans.items()}}
    ended = {plan_id for docs in (before, after) for plan_id, doc in docs.items() if has_ended(doc)}
    if not ended:
        return
    held = await _fills_of(connection, ended)
    new = {**held, **{fill_id: fill for fill_id, fill in fills.items() if fill["plan_id"] in ended}}
    gained = changes(_added(before, held, zone), _added(after, new, zone))
    if gained:
        await _add_to_plans(connection, gained)


async def book_fills(connection: AsyncConnection, fills: Rows, zone: ZoneInfo) -> None:
    """Before the batch is written: fills outside arbitrage plans that the table does not have yet."""
    made = {fill_id: fill_of(fill) for fill_id, fill in fills.items()}
    others = {fill_id: fill for fill_id, fill in made.items() if fill.strategy != PLANNED}
    if not others:
        return
    c, b = tables.fills.c, tables.fill_books.c
    known = set((await connection.execute(select(c.id).where(c.id.in_(others)))).scalars())
    new = sorted((fill for fill_id, fill in others.items() if fill_id not in known), key=lambda fill: fill.ts)
    if not new:
        return
    names = {fill.book for fill in new}
    rows = (await connection.execute(select(tables.fill_books).where(b.id.in_(names)))).all()
    gained, held = booked(new, {row.id: Book(row.qty, row.cost) for row in rows}, zone)
    before = await _gains(connection, {day for day, _, _ in gained})
    sums: list[Lifted] = [
        {"day": key[0], "strategy": key[1], "exchange": key[2], **asdict(before.get(key, Gain()).plus(gain))}
        for key, gain in gained.items()
    ]
    await upsert(connection, tables.fill_results, sums)
    await upsert(connection, tables.fill_books, [{"id": name, **asdict(book)} for name, book in held.items()])


async def beside_plans(connection: AsyncConnection) -> Gain:
    """What all fills outside arbitrage plans brought."""
    total = Gain()
    for gain in (await _gains(connection, {EVER})).values():
        total = total.plus(gain)
    return total


async def _gains(connection: AsyncConnection, days: Collection[str]) -> dict[Key, Gain]:
    table = tables.fill_results
    rows = (await connection.execute(select(table).where(table.c.day.in_(days)))).all()
    return {(row.day, row.strategy, row.exchange): Gain(row.pnl, row.fees, row.turnover) for row in rows}


async def _add_to_plans(connection: AsyncConnection, gained: Mapping[Key, Totals]) -> None:
    results = tables.plan_results
    days = {day for day, _, _ in gained}
    rows = (await connection.execute(select(results).where(results.c.day.in_(days)))).all()
    held = {
        (row.day, row.pair_id, row.exchange): Totals(row.pnl, row.fees, row.turnover, row.plans, row.wins)
        for row in rows
    }
    values: list[Lifted] = [
        {"day": key[0], "pair_id": key[1], "exchange": key[2], **asdict(held.get(key, Totals()).plus(totals))}
        for key, totals in gained.items()
    ]
    await upsert(connection, results, values)


async def _fills_of(connection: AsyncConnection, plan_ids: Collection[str]) -> dict[str, Lifted]:
    c = tables.fills.c
    wanted = select(c.id, c.plan_id, c.exchange, c.side, c.price, c.qty).where(c.plan_id.in_(plan_ids))
    return {str(row["id"]): dict(row) for row in (await connection.execute(wanted)).mappings()}


def _added(plans: Documents, fills: Rows, zone: ZoneInfo) -> Iterable[dict[Key, Totals]]:
    traded: dict[str, list[Traded]] = {}
    for fill in fills.values():
        traded.setdefault(str(fill["plan_id"]), []).append(Traded.of(fill))
    return [added(document, traded.get(plan_id, ()), zone) for plan_id, document in plans.items()]


def _document(text: object) -> Mapping[str, object]:
    document = load(str(text).encode())
    return document if isinstance(document, dict) else {}
