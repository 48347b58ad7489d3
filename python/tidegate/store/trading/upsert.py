"""Rows that take the place of those with their keys, in both databases."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import Insert

from tidegate.store.trading.columns import Lifted


async def upsert(connection: AsyncConnection, table: Table, values: list[Lifted]) -> None:
    """Inserts `values`, which is not empty, or overwrites what has their keys."""
    await connection.execute(_statement(connection.dialect.name, table), values)


def _statement(dialect: str, table: Table) -> Insert:
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in keys]
    if dialect == "postgresql":
        for_postgresql = postgresql.insert(table)
        excluded = {name: for_postgresql.excluded[name] for name in others}
        return for_postgresql.on_conflict_do_update(index_elements=keys, set_=excluded)
    for_sqlite = sqlite.insert(table)
    return for_sqlite.on_conflict_do_update(
        index_elements=keys, set_={name: for_sqlite.excluded[name] for name in others}
    )
