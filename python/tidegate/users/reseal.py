"""Every secret at rest under a new master key."""

from dataclasses import replace

from tidegate.ports.accounts import AccountStore
from tidegate.ports.keys import KeyStore
from tidegate.users.vault import Vault


async def reseal(keys: KeyStore, accounts: AccountStore, vault: Vault) -> int:
    """Returns how many were sealed anew. A crash in the middle leaves all of them open: old keys go last."""
    vault.add_key()
    rows = await keys.venue_keys()
    await keys.replace_venue_keys(
        [replace(row, sealed=vault.seal(vault.open(row.sealed, row.id), row.id)) for row in rows]
    )
    factors = [user for user in await accounts.users() if user.totp is not None]
    for user in factors:
        record = f"totp:{user.id}"
        await accounts.reseal_totp(user.id, vault.seal(vault.open(user.totp or "", record), record))
    vault.drop_old_keys()
    return len(rows) + len(factors)
