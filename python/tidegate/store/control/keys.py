"""Keys over SQL: venues' sealed, our own hashed."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.engine import Row

from tidegate.model.access import Permission
from tidegate.model.keys import ApiKey, SealedKey
from tidegate.store.control.tables import api_keys, venue_keys
from tidegate.store.database import Database


class SqlKeys:
    """`tidegate.ports.keys.KeyStore` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def venue_keys(self) -> tuple[SealedKey, ...]:
        """See the port."""
        async with self._database.read() as connection:
            found = (await connection.execute(select(venue_keys).order_by(venue_keys.c.id))).all()
        return tuple(SealedKey(**row._asdict()) for row in found)

    async def put_venue_key(self, key: SealedKey) -> None:
        """See the port."""
        await self.replace_venue_keys([key])

    async def remove_venue_key(self, key_id: str) -> bool:
        """See the port."""
        gone = delete(venue_keys).where(venue_keys.c.id == key_id).returning(venue_keys.c.id)
        async with self._database.write() as connection:
            return (await connection.execute(gone)).one_or_none() is not None

    async def replace_venue_keys(self, keys: Sequence[SealedKey]) -> None:
        """See the port."""
        async with self._database.write() as connection:
            await connection.run_sync(_replace, keys)

    async def add_api_key(self, key: ApiKey) -> None:
        """See the port."""
        values = asdict(key) | {"scopes": " ".join(sorted(key.scopes)), "addresses": " ".join(key.addresses)}
        async with self._database.write() as connection:
            await connection.execute(insert(api_keys).values(**values))

    async def api_key(self, key_id: str) -> ApiKey | None:
        """See the port."""
        async with self._database.read() as connection:
            found = (await connection.execute(select(api_keys).where(api_keys.c.id == key_id))).one_or_none()
        return None if found is None else _api_key(found)

    async def api_keys(self, user_id: str) -> tuple[ApiKey, ...]:
        """See the port."""
        query = select(api_keys).where(api_keys.c.user_id == user_id).order_by(api_keys.c.created_ts, api_keys.c.id)
        async with self._database.read() as connection:
            return tuple(map(_api_key, (await connection.execute(query)).all()))

    async def touch_api_key(self, key_id: str, ts: int) -> None:
        """See the port."""
        async with self._database.write() as connection:
            await connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(last_used_ts=ts))

    async def remove_api_key(self, user_id: str, key_id: str) -> bool:
        """See the port."""
        which = (api_keys.c.id == key_id) & (api_keys.c.user_id == user_id)
        async with self._database.write() as connection:
            gone = delete(api_keys).where(which).returning(api_keys.c.id)
            return (await connection.execute(gone)).one_or_none() is not None


def _replace(connection: Connection, keys: Sequence[SealedKey]) -> None:
    for key in keys:
        connection.execute(delete(venue_keys).where(venue_keys.c.id == key.id))
        connection.execute(insert(venue_keys).values(**asdict(key)))


def _api_key(row: Row[tuple[object, ...]]) -> ApiKey:
    values = row._asdict()
    scopes = frozenset(Permission(word) for word in values["scopes"].split())
    return ApiKey(**{**values, "scopes": scopes, "addresses": tuple(values["addresses"].split())})
