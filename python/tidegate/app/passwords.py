"""Setting a password beside a running server, or without one: the tables are shared, sessions end by them."""

import asyncio

from tidegate.app.wire import build_tables
from tidegate.engine.clock import SystemClock
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.store import StoreError
from tidegate.store.migrate import ensure_current
from tidegate.users import accounts
from tidegate.users.passwords import Passwords


def set_password(config: Config, username: str, password: str) -> None:
    """Replaces a password and ends every session of the user. Raises TidegateError."""
    log.configure("warning", simulated=config.simulated)
    config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        asyncio.run(_set(config, username, password))
    except StoreError as failure:
        raise TidegateError(Code.INTERNAL, failure.reason) from None


async def _set(config: Config, username: str, password: str) -> None:
    tables, passwords = build_tables(config), Passwords()
    now_ms = SystemClock().wall_ns() // 1_000_000
    try:
        await ensure_current(tables.database)
        if username == accounts.ADMIN:
            # The admin is made by the first start; a password may be chosen before it.
            await accounts.ensure_admin(tables.accounts, passwords, None, now_ms)
        await accounts.set_password(tables.accounts, passwords, username, password, now_ms)
    finally:
        passwords.close()
        await tables.database.close()
