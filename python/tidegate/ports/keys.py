"""Where keys are kept, and who can say what a venue lets one do."""

from collections.abc import Sequence
from typing import Protocol

from tidegate.model.access import Permission
from tidegate.model.keys import ApiKey, Credentials, KeyRights, SealedKey


class KeyStore(Protocol):
    """The only writer of the tables of keys. Raises StoreError."""

    async def venue_keys(self) -> tuple[SealedKey, ...]: ...
    async def put_venue_key(self, key: SealedKey) -> None:
        """Adds it, or replaces the one with its id."""
        ...

    async def remove_venue_key(self, key_id: str) -> bool: ...
    async def replace_venue_keys(self, keys: Sequence[SealedKey]) -> None:
        """Replaces the seals of all given, or of none."""
        ...

    async def add_api_key(self, key: ApiKey) -> None: ...
    async def api_key(self, key_id: str) -> ApiKey | None: ...
    async def api_keys(self, user_id: str) -> tuple[ApiKey, ...]: ...
    async def touch_api_key(self, key_id: str, ts: int) -> None: ...
    async def remove_api_key(self, user_id: str, key_id: str) -> bool: ...


class KeyProbe(Protocol):
    """Asks a venue what a key may do."""

    async def rights(self, credentials: Credentials) -> KeyRights:
        """Raises `TidegateError`: UPSTREAM_ERROR for a key that the venue refuses, EXCHANGE_UNAVAILABLE, NOT_FOUND."""
        ...


class KeyUser(Protocol):
    """Takes an entered key into use."""

    def use(self, credentials: Credentials) -> bool:
        """False where the account is not run by this process. Raises `TidegateError` CONFLICT for another one's key."""
        ...


class VenueKeys(Protocol):
    """Keys of venues: in, tested, replaced, removed; never out."""

    async def put(self, credentials: Credentials) -> tuple[KeyRights, bool]:
        """Tests, seals and keeps; says whether it could be taken into use at once.

        Raises `TidegateError`: FORBIDDEN for a key that may withdraw or may not trade, CONFLICT for another process's.
        """
        ...

    async def test(self, venue: str, account: str) -> KeyRights:
        """Asks the venue about the key that is kept. Raises NOT_FOUND where there is none."""
        ...

    async def remove(self, venue: str, account: str) -> None: ...
    async def kept(self) -> tuple[SealedKey, ...]:
        """What is kept, of this profile's kind (simulated or real)."""
        ...


class ApiKeys(Protocol):
    """Keys of our own API, each a user's own."""

    async def issue(
        self,
        user_id: str,
        name: str,
        *,
        scopes: frozenset[Permission],
        addresses: tuple[str, ...],
        expires_ts: int | None,
    ) -> tuple[ApiKey, str]:
        """A new key and its text, which is shown once. Raises `TidegateError` VALIDATION_ERROR, CONFLICT."""
        ...

    async def of(self, user_id: str) -> tuple[ApiKey, ...]: ...
    async def revoke(self, user_id: str, key_id: str) -> None:
        """Raises `TidegateError` NOT_FOUND for a key of somebody else."""
        ...
