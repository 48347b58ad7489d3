"""Alembic's entry: on the connection that the program hands over, or, for developers, on one of its own."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

import tidegate.store.control.tables
import tidegate.store.trading.tables  # noqa: F401  both fill the metadata
from tidegate.store.types import metadata


def migrate(connection: Connection) -> None:
    """Runs the scripts in one transaction. SQLite alters tables by copying them (batch mode)."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def migrate_alone() -> None:
    """For the `alembic` command."""
    fallback = context.config.get_main_option("sqlalchemy.url") or "sqlite+aiosqlite://"
    engine = create_async_engine(os.environ.get("TIDEGATE_DATABASE_URL", fallback))
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(migrate_alone())
else:
    migrate(given)
