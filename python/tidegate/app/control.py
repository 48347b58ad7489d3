"""Users, audit log and seals beside a running server, or without one: the tables are shared, logins end by them."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tidegate.app.wire import Logins, Tables, build_logins, build_tables
from tidegate.engine.clock import SystemClock
from tidegate.model.audit import AuditEntry
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.control import Control
from tidegate.ports.store import StoreError
from tidegate.store.migrate import ensure_current
from tidegate.users.accounts import ensure_admin
from tidegate.users.reseal import reseal

T = TypeVar("T")


def with_control(config: Config, act: Callable[[Control], Awaitable[T]], *, action: str = "", target: str = "") -> T:
    """Runs `act` on the control side of a data directory. Raises TidegateError.

    action: what stands in the audit log of it; empty for what changes nothing.
    """
    log.configure("warning", simulated=config.simulated)
    config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return asyncio.run(_run(config, act, action, target))
    except StoreError as failure:
        raise TidegateError(Code.INTERNAL, failure.reason) from None


async def _run(config: Config, act: Callable[[Control], Awaitable[T]], action: str, target: str) -> T:
    tables, clock = build_tables(config), SystemClock()
    logins = build_logins(config, tables, clock)
    now_ms = clock.wall_ns() // 1_000_000
    try:
        await ensure_current(tables.database)
        # The admin is made by the first start; others may be made before it.
        await ensure_admin(tables.accounts, logins.passwords, None, now_ms)
        return await _audited(_control(tables, logins), act, _entry(now_ms, action, target))
    finally:
        logins.passwords.close()
        await tables.database.close()


def _control(tables: Tables, logins: Logins) -> Control:
    return Control(logins.people, tables.audit, lambda: reseal(tables.keys, tables.accounts, logins.vault))


async def _audited(control: Control, act: Callable[[Control], Awaitable[T]], entry: AuditEntry | None) -> T:
    done = await act(control)
    if entry is not None:
        await control.trail.append(entry)
    return done


def _entry(now_ms: int, action: str, target: str) -> AuditEntry | None:
    if not action:
        return None
    return AuditEntry(
        ts=now_ms, actor=f"local:{os.getuid()}", role="admin", address="", action=action, target=target, outcome="ok"
    )
