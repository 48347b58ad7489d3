"""Keys of venues: tested before they are kept, sealed where they lie, opened for the engine alone."""

import json
from typing import Final

from pydantic import SecretStr

from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import Credentials, KeyRights, SealedKey
from tidegate.obs import log
from tidegate.ports.clock import Clock
from tidegate.ports.keys import KeyProbe, KeyStore, KeyUser
from tidegate.users.vault import Vault

KEYS_MAX: Final = 100

_log = log.get("users")


class SealedKeys:
    """`tidegate.ports.keys.VenueKeys` over a KeyStore and a Vault. `simulated`: of which kind the venues are."""

    def __init__(
        self, store: KeyStore, vault: Vault, clock: Clock, probe: KeyProbe, user: KeyUser, *, simulated: bool
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._probe = probe
        self._user = user
        self._simulated = simulated

    async def put(self, credentials: Credentials) -> tuple[KeyRights, bool]:
        """See the port."""
        rights = await self._probe.rights(credentials)
        _check(credentials, rights)
        kept = await self.kept()
        key_id = self._id(credentials.venue, credentials.account)
        before = next((key for key in kept if key.id == key_id), None)
        if before is None and len(kept) >= KEYS_MAX:
            raise TidegateError(Code.CONFLICT, f"at most {KEYS_MAX} keys of venues", {"limit": KEYS_MAX})
        now_ms = self._clock.wall_ns() // 1_000_000
        await self._store.put_venue_key(
            SealedKey(
                id=key_id,
                venue=credentials.venue,
                account=credentials.account,
                simulated=self._simulated,
                sealed=self._vault.seal(_packed(credentials), key_id),
                created_ts=now_ms if before is None else before.created_ts,
                updated_ts=now_ms,
            )
        )
        _log.info("venue_key_kept", exchange=credentials.venue, account=credentials.account, success=True)
        return rights, self._user.use(credentials)

    async def test(self, venue: str, account: str) -> KeyRights:
        """See the port."""
        return await self._probe.rights(self._opened(await self._one(venue, account)))

    async def remove(self, venue: str, account: str) -> None:
        """See the port."""
        await self._store.remove_venue_key((await self._one(venue, account)).id)
        _log.info("venue_key_removed", exchange=venue, account=account, success=True)

    async def kept(self) -> tuple[SealedKey, ...]:
        """See the port."""
        return tuple(key for key in await self._store.venue_keys() if key.simulated == self._simulated)

    async def _one(self, venue: str, account: str) -> SealedKey:
        key_id = self._id(venue, account)
        found = next((key for key in await self.kept() if key.id == key_id), None)
        if found is None:
            raise TidegateError(Code.NOT_FOUND, f"no key is kept for {venue} {account}")
        return found

    def _id(self, venue: str, account: str) -> str:
        return f"{'sim' if self._simulated else 'real'}:{venue}:{account}"

    def _opened(self, key: SealedKey) -> Credentials:
        return _unpacked(key, self._vault.open(key.sealed, key.id))


async def opened(store: KeyStore, vault: Vault, *, simulated: bool) -> tuple[Credentials, ...]:
    """All of one kind, for the engine. Raises TidegateError CONFIG_ERROR when one can not be opened."""
    kept = [key for key in await store.venue_keys() if key.simulated == simulated]
    return tuple(_unpacked(key, vault.open(key.sealed, key.id)) for key in kept)


def _check(credentials: Credentials, rights: KeyRights) -> None:
    if rights.withdraw:
        raise TidegateError(
            Code.FORBIDDEN,
            f"this key of {credentials.venue} may withdraw: take that right from it at the venue, then enter it again",
            {"right": "withdraw"},
        )
    if not (rights.read and rights.trade):
        raise TidegateError(
            Code.FORBIDDEN,
            f"this key of {credentials.venue} may not read and trade: give it both rights at the venue",
            {"right": "trade"},
        )


def _packed(credentials: Credentials) -> bytes:
    parts = (credentials.key, credentials.secret, credentials.passphrase)
    return json.dumps([part.get_secret_value() for part in parts]).encode()


def _unpacked(key: SealedKey, plain: bytes) -> Credentials:
    parts = [SecretStr(part) for part in json.loads(plain)]
    return Credentials(venue=key.venue, account=key.account, key=parts[0], secret=parts[1], passphrase=parts[2])
