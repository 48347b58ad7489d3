"""The first user, and changing passwords: what the start and the command line do with accounts."""

import secrets
from typing import Final

from tidegate.model.access import Role
from tidegate.model.accounts import User
from tidegate.obs import log
from tidegate.ports.accounts import AccountStore
from tidegate.users.passwords import Passwords, check_new

ADMIN: Final = "admin"

_log = log.get("users")


async def ensure_admin(store: AccountStore, passwords: Passwords, wanted: str | None, now_ms: int) -> bool:
    """Makes the user `admin` at the first start; True when it was made now.

    wanted: TIDEGATE_ADMIN_PASSWORD. Given, it is the admin's password from this start on. Not given, a new admin gets
    one that nobody knows: the way in is the one-time link, or `tidegate users passwd`.
    """
    found = await store.user_by_name(ADMIN)
    if found is not None:
        if wanted is not None:
            check_new(wanted)
        if wanted is not None and not (await passwords.verify(found.password_hash, wanted)).right:
            await store.set_password(found.id, await passwords.hash(wanted), now_ms, end_sessions=True)
        return False
    if wanted is None and any(user.role is Role.ADMIN and not user.disabled for user in await store.users()):
        return False  # the first one was removed on purpose
    if wanted is not None:
        check_new(wanted)
    user = User(
        id=secrets.token_hex(8),
        username=ADMIN,
        role=Role.ADMIN,
        password_hash=await passwords.hash(wanted if wanted is not None else secrets.token_urlsafe(32)),
        disabled=False,
        created_ts=now_ms,
        updated_ts=now_ms,
    )
    return await store.add_user(user)
