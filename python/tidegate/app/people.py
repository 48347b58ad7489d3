"""Users beside a running server, or without one: the tables are shared, logins end by them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tidegate.app.wire import build_tables
from tidegate.engine.clock import SystemClock
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.people import UserAdmin
from tidegate.ports.store import StoreError
from tidegate.store.migrate import ensure_current
from tidegate.users.accounts import ensure_admin
from tidegate.users.passwords import Passwords
from tidegate.users.people import People

T = TypeVar("T")


def with_people(config: Config, act: Callable[[UserAdmin], Awaitable[T]]) -> T:
    """Runs `act` on the users of a data directory. Raises TidegateError."""
    log.configure("warning", simulated=config.simulated)
    config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return asyncio.run(_act(config, act))
    except StoreError as failure:
        raise TidegateError(Code.INTERNAL, failure.reason) from None


async def _act(config: Config, act: Callable[[UserAdmin], Awaitable[T]]) -> T:
    tables, passwords, clock = build_tables(config), Passwords(), SystemClock()
    try:
        await ensure_current(tables.database)
        # The admin is made by the first start; others may be made before it.
        await ensure_admin(tables.accounts, passwords, None, clock.wall_ns() // 1_000_000)
        return await act(People(tables.accounts, passwords, clock))
    finally:
        passwords.close()
        await tables.database.close()
