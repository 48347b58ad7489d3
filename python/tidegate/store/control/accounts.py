"""Users and sessions over SQL."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import ColumnElement, UpdateBase, delete, func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from tidegate.model.access import Role
from tidegate.model.accounts import Session, User
from tidegate.ports.accounts import LOGINS_MAX
from tidegate.store.control import tables
from tidegate.store.database import Database

_LIVE: Final = tables.sessions.c.revoked_ts.is_(None)
_ENABLED_ADMIN: Final = (tables.users.c.role == Role.ADMIN) & tables.users.c.disabled.is_(False)


class SqlAccounts:
    """`tidegate.ports.accounts.AccountStore` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def user_by_name(self, username: str) -> User | None:
        """See the port."""
        async with self._database.read() as connection:
            query = select(tables.users).where(tables.users.c.username == username)
            return _user((await connection.execute(query)).one_or_none())

    async def user(self, user_id: str) -> User | None:
        """See the port."""
        async with self._database.read() as connection:
            query = select(tables.users).where(tables.users.c.id == user_id)
            return _user((await connection.execute(query)).one_or_none())

    async def users(self) -> tuple[User, ...]:
        """See the port."""
        async with self._database.read() as connection:
            found = (await connection.execute(select(tables.users).order_by(tables.users.c.username))).all()
        return tuple(user for user in map(_user, found) if user is not None)

    async def add_user(self, user: User) -> bool:
        """See the port."""
        async with self._database.write() as connection:
            try:
                async with connection.begin_nested():
                    await connection.execute(insert(tables.users).values(**asdict(user)))
            except IntegrityError:
                return False
        return True

    async def change_user(self, user: User, *, end_sessions: bool) -> bool:
        """See the port."""
        users = tables.users
        change = (
            update(users)
            .where(users.c.id == user.id)
            .values(role=user.role, disabled=user.disabled, updated_ts=user.updated_ts)
        )
        return await self._unless_headless(change, user.id, user.updated_ts if end_sessions else None)

    async def remove_user(self, user_id: str) -> bool:
        """See the port."""
        return await self._unless_headless(delete(tables.users).where(tables.users.c.id == user_id), user_id, None)

    async def set_password(self, user_id: str, password_hash: str, ts: int, *, end_sessions: bool) -> None:
        """See the port."""
        users, sessions = tables.users, tables.sessions
        async with self._database.write() as connection:
            await connection.execute(
                update(users).where(users.c.id == user_id).values(password_hash=password_hash, updated_ts=ts)
            )
            if end_sessions:
                await connection.execute(_revocation(sessions.c.user_id == user_id, ts))

    async def set_totp(self, user_id: str, sealed: str | None, ts: int) -> None:
        """See the port."""
        users = tables.users
        async with self._database.write() as connection:
            await connection.execute(
                update(users).where(users.c.id == user_id).values(totp=sealed, totp_step=0, updated_ts=ts)
            )

    async def reseal_totp(self, user_id: str, sealed: str) -> None:
        """See the port."""
        users = tables.users
        async with self._database.write() as connection:
            await connection.execute(update(users).where(users.c.id == user_id).values(totp=sealed))

    async def spend_totp(self, user_id: str, step: int) -> bool:
        """See the port."""
        users = tables.users
        mark = (
            update(users)
            .where(users.c.id == user_id, users.c.totp_step < step)
            .values(totp_step=step)
            .returning(users.c.id)
        )
        async with self._database.write() as connection:
            return (await connection.execute(mark)).one_or_none() is not None

    async def add_session(self, session: Session) -> None:
        """See the port."""
        async with self._database.write() as connection:
            await connection.execute(insert(tables.sessions).values(**asdict(session)))

    async def session_by_hash(self, token_hash: str) -> Session | None:
        """See the port."""
        async with self._database.read() as connection:
            query = select(tables.sessions).where(tables.sessions.c.token_hash == token_hash)
            found = (await connection.execute(query)).one_or_none()
        return None if found is None else Session(**_values(found))

    async def rotate(self, old_id: str, new: Session, ts: int) -> bool:
        """See the port."""
        sessions = tables.sessions
        async with self._database.write() as connection:
            mark = (
                update(sessions)
                .where(sessions.c.id == old_id, sessions.c.used_ts.is_(None), _LIVE)
                .values(used_ts=ts)
                .returning(sessions.c.id)
            )
            if (await connection.execute(mark)).one_or_none() is None:
                return False
            await connection.execute(insert(sessions).values(**asdict(new)))
        return True

    async def revoke_family(self, family: str, ts: int) -> None:
        """See the port."""
        async with self._database.write() as connection:
            await connection.execute(_revocation(tables.sessions.c.family == family, ts))

    async def revoke_user(self, user_id: str, ts: int) -> None:
        """See the port."""
        async with self._database.write() as connection:
            await connection.execute(_revocation(tables.sessions.c.user_id == user_id, ts))

    async def logins(self, user_id: str, now_ms: int) -> tuple[Session, ...]:
        """See the port."""
        c = tables.sessions.c
        query = (
            select(tables.sessions)
            .where(c.user_id == user_id, c.used_ts.is_(None), _LIVE, c.expires_ts > now_ms)
            .order_by(c.login_ts.desc(), c.id)
            .limit(LOGINS_MAX)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(query)).all()
        return tuple(Session(**_values(row)) for row in found)

    async def holders(self, families: Collection[str], now_ms: int) -> Mapping[str, User]:
        """See the port."""
        users, c = tables.users, tables.sessions.c
        standing = select(users, c.family).where(users.c.id == c.user_id, _LIVE, c.expires_ts > now_ms)
        async with self._database.read() as connection:
            rows = (await connection.execute(standing.where(c.family.in_(families)))).all()
        return {row.family: _user_of(row) for row in rows}

    async def prune_sessions(self, before_ts: int) -> int:
        """See the port."""
        sessions = tables.sessions
        async with self._database.write() as connection:
            gone = delete(sessions).where(sessions.c.expires_ts < before_ts).returning(sessions.c.id)
            return len((await connection.execute(gone)).all())

    async def _unless_headless(self, change: UpdateBase, user_id: str, end_ts: int | None) -> bool:
        """Carries out `change` and ends the user's logins, unless it would leave nobody who may let others in."""
        try:
            async with self._database.write() as connection:
                await connection.execute(change)
                left = await connection.execute(select(func.count()).where(_ENABLED_ADMIN))
                if left.scalar_one() == 0:
                    raise _HeadlessError
                if end_ts is not None:
                    await connection.execute(_revocation(tables.sessions.c.user_id == user_id, end_ts))
        except _HeadlessError:
            return False
        return True


class _HeadlessError(Exception):
    """Rolls a transaction back."""


def _revocation(which: ColumnElement[bool], ts: int) -> UpdateBase:
    return update(tables.sessions).where(which, _LIVE).values(revoked_ts=ts)


def _values(row: Row[Any]) -> Mapping[str, Any]:
    values: Mapping[str, Any] = row._asdict()
    return values


def _user(row: Row[Any] | None) -> User | None:
    return None if row is None else _user_of(row)


def _user_of(row: Row[Any]) -> User:
    values = {name: value for name, value in _values(row).items() if name in tables.users.c}
    return User(**{**values, "role": Role(values["role"])})
