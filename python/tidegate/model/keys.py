"""Keys: those of venues, which we hold for the owner, and our own, which we lend to programs. No key is ever shown."""

from dataclasses import dataclass

from pydantic import SecretStr

from tidegate.model.access import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What signs orders of one account. Prints as stars."""

    venue: str
    account: str
    key: SecretStr
    secret: SecretStr
    passphrase: SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRights:
    """What a venue lets a key do. `bound`: only from listed addresses.

    one_way: whether positions are in one-way mode, where the same answer tells.
    """

    read: bool
    trade: bool
    withdraw: bool
    bound: bool
    one_way: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """Credentials as they are kept. `id` is what the seal is bound to: it opens under no other. Times are epoch ms.

    `simulated`: of a simulated venue; never used with a real one.
    """

    id: str
    venue: str
    account: str
    simulated: bool
    sealed: str
    created_ts: int
    updated_ts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of our own API. `addresses`: networks it may be used from, none for any. Times are epoch ms."""

    id: str
    user_id: str
    name: str
    key_hash: str
    scopes: frozenset[Permission]
    addresses: tuple[str, ...]
    created_ts: int
    expires_ts: int | None
    last_used_ts: int | None = None
