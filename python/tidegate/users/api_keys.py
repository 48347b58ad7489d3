"""Keys of our own API: shown once, kept as a keyed hash, never able to do more than their user.

The text of a key is `tg_<id>_<secret>`: the id finds the row, the secret proves it.
"""

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import Final

from tidegate.model.access import Peer, Permission, Principal
from tidegate.model.accounts import User
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import ApiKey
from tidegate.obs import log
from tidegate.ports.accounts import AccountStore
from tidegate.ports.clock import Clock
from tidegate.ports.keys import KeyStore
from tidegate.ports.store import StoreError
from tidegate.users.roles import PERMISSIONS
from tidegate.users.tokens import refused

PREFIX: Final = "tg_"
KEYS_PER_USER_MAX: Final = 20
ADDRESSES_MAX: Final = 20
RECHECK_S: Final = 1
TOUCH_S: Final = 60
"""How exactly `last_used_ts` is kept."""
_KNOWN_MAX: Final = 1_000
_TEXT: Final = re.compile(rf"{PREFIX}([0-9a-f]{{16}})_([0-9a-f]{{64}})", re.ASCII)
LENDABLE: Final = frozenset(Permission) - {Permission.OWN, Permission.USERS, Permission.SETTINGS, Permission.AUDIT}
"""What a key may be given; people and keys are administered by people."""

_log = log.get("users")


class LentKeys:
    """`tidegate.ports.keys.ApiKeys` over a KeyStore; `pepper` keys the hashes and lies outside the database."""

    def __init__(self, store: KeyStore, accounts: AccountStore, pepper: bytes, clock: Clock) -> None:
        self._store = store
        self._accounts = accounts
        self._pepper = pepper
        self._clock = clock
        self._known: OrderedDict[str, tuple[int, ApiKey | None, User | None]] = OrderedDict()

    async def issue(
        self,
        user_id: str,
        name: str,
        *,
        scopes: frozenset[Permission],
        addresses: tuple[str, ...],
        expires_ts: int | None,
    ) -> tuple[ApiKey, str]:
        """See the port."""
        if not scopes <= LENDABLE:
            raise TidegateError(
                Code.VALIDATION_ERROR, "a key may not be given this", {"scopes": sorted(scopes - LENDABLE)}
            )
        if len(await self._store.api_keys(user_id)) >= KEYS_PER_USER_MAX:
            raise TidegateError(Code.CONFLICT, f"at most {KEYS_PER_USER_MAX} keys", {"limit": KEYS_PER_USER_MAX})
        key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
        key = ApiKey(
            id=key_id,
            user_id=user_id,
            name=name,
            key_hash=self._hash(secret),
            scopes=scopes,
            addresses=tuple(_network(address) for address in addresses[:ADDRESSES_MAX]),
            created_ts=self._now_ms,
            expires_ts=expires_ts,
        )
        await self._store.add_api_key(key)
        return key, f"{PREFIX}{key_id}_{secret}"

    async def of(self, user_id: str) -> tuple[ApiKey, ...]:
        """See the port."""
        return await self._store.api_keys(user_id)

    async def revoke(self, user_id: str, key_id: str) -> None:
        """See the port."""
        if not await self._store.remove_api_key(user_id, key_id):
            raise TidegateError(Code.NOT_FOUND, f"there is no key {key_id}")
        self._known.pop(key_id, None)

    async def authenticate(self, text: str, peer: Peer) -> Principal:
        """Who lent this key. Raises TidegateError UNAUTHENTICATED, the same for whatever is wrong with it."""
        parts = _TEXT.fullmatch(text)
        if parts is None:  # nothing of it reaches the tables: it may be bytes of any kind
            raise refused()
        key_id, secret = parts.groups()
        key, user = await self._standing(key_id)
        if key is None or user is None or not hmac.compare_digest(key.key_hash, self._hash(secret)):
            raise refused()
        if key.addresses and not any(_within(peer.address, network) for network in key.addresses):
            _log.warning("key_from_elsewhere", key=key.id, user=user.username, peer=peer.address, success=False)
            raise refused()
        await self._touch(key)
        return Principal(
            user_id=user.id,
            name=f"{user.username}/{key.name}",
            role=user.role,
            permissions=key.scopes & PERMISSIONS[user.role],
            session_id=f"{PREFIX}{key.id}",
            expires_ts=key.expires_ts if key.expires_ts is not None else 2**53 - 1,
        )

    async def is_live(self, key_id: str) -> bool:
        """Whether the key still stands."""
        key, user = await self._standing(key_id)
        return key is not None and user is not None

    async def _standing(self, key_id: str) -> tuple[ApiKey | None, User | None]:
        """Asked of the store at most once per RECHECK_S."""
        now_ms = self._now_ms
        asked, key, user = self._known.get(key_id, (0, None, None))
        if now_ms - asked >= RECHECK_S * 1000:
            key = await self._store.api_key(key_id)
            user = await self._accounts.user(key.user_id) if key is not None else None
            self._known[key_id] = (now_ms, key, user)
            self._known.move_to_end(key_id)
            while len(self._known) > _KNOWN_MAX:
                self._known.popitem(last=False)
        if key is None or (key.expires_ts is not None and key.expires_ts <= now_ms):
            return None, None
        return key, None if user is None or user.disabled else user

    async def _touch(self, key: ApiKey) -> None:
        if key.last_used_ts is None or self._now_ms - key.last_used_ts >= TOUCH_S * 1000:
            with suppress(StoreError):  # a locked database must not shut out who was let in
                await self._store.touch_api_key(key.id, self._now_ms)
                self._known.pop(key.id, None)

    def _hash(self, secret: str) -> str:
        return hmac.new(self._pepper, secret.encode(), hashlib.sha256).hexdigest()

    @property
    def _now_ms(self) -> int:
        return self._clock.wall_ns() // 1_000_000


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        message = f"{text[:64]} is not an address or network such as 192.0.2.7 or 192.0.2.0/24"
        raise TidegateError(Code.VALIDATION_ERROR, message, {"addresses": message}) from None


def _within(address: str, network: str) -> bool:
    try:
        return ip_address(address) in ip_network(network)
    except (ValueError, TypeError):
        return False
