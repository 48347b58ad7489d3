"""Who may log in: making, changing and removing users, and what each may do about himself."""

import asyncio
import re
import secrets
from dataclasses import replace
from typing import Final

from tidegate.model.access import Role
from tidegate.model.accounts import Session, User
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.accounts import AccountStore
from tidegate.ports.clock import Clock
from tidegate.users.passwords import Passwords, check_new
from tidegate.users.second_factor import SecondFactor

USERS_MAX: Final = 1000
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}", re.ASCII)

_log = log.get("users")


class People:
    """`tidegate.ports.people.UserAdmin` over an AccountStore."""

    def __init__(self, store: AccountStore, passwords: Passwords, clock: Clock, second: SecondFactor) -> None:
        self._second = second
        self._store = store
        self._passwords = passwords
        self._clock = clock
        self._changing = asyncio.Lock()

    async def users(self) -> tuple[User, ...]:
        """See the port."""
        return await self._store.users()

    async def user(self, user_id: str) -> User:
        """See the port."""
        found = await self._store.user(user_id)
        if found is None:
            raise _nobody(user_id)
        return found

    async def by_name(self, username: str) -> User:
        """See the port."""
        found = await self._store.user_by_name(username)
        if found is None:
            raise _nobody(username)
        return found

    async def add(self, username: str, role: Role, password: str) -> User:
        """See the port."""
        if not _NAME.fullmatch(username):
            message = "a user name has 1 to 64 letters, digits, and . _ @ - not at its beginning"
            raise TidegateError(Code.VALIDATION_ERROR, message, {"username": message})
        check_new(password)
        if len(await self._store.users()) >= USERS_MAX:
            raise TidegateError(Code.CONFLICT, f"at most {USERS_MAX} users", {"limit": USERS_MAX})
        user = User(
            id=secrets.token_hex(8),
            username=username,
            role=role,
            password_hash=await self._passwords.hash(password),
            disabled=False,
            created_ts=self._now_ms,
            updated_ts=self._now_ms,
        )
        if not await self._store.add_user(user):
            raise TidegateError(Code.CONFLICT, f"there is a user {username} already")
        _log.info("user_added", user=username, role=role.value, success=True)
        return user

    async def change(self, user_id: str, *, role: Role | None = None, disabled: bool | None = None) -> User:
        """See the port."""
        async with self._changing:
            before = await self.user(user_id)
            after = replace(
                before,
                role=before.role if role is None else role,
                disabled=before.disabled if disabled is None else disabled,
                updated_ts=self._now_ms,
            )
            # Whoever may do less from now on logs in anew, so that no open socket keeps what its user has lost.
            ends = after.disabled or after.role is not before.role
            if not await self._store.change_user(after, end_sessions=ends):
                raise _headless()
        _log.info("user_changed", user=after.username, role=after.role.value, disabled=after.disabled, success=True)
        return after

    async def remove(self, user_id: str) -> None:
        """See the port."""
        user = await self.user(user_id)
        if not await self._store.remove_user(user_id):
            raise _headless()
        _log.info("user_removed", user=user.username, success=True)

    async def set_password(self, user_id: str, password: str) -> None:
        """See the port."""
        check_new(password)
        user = await self.user(user_id)
        hashed = await self._passwords.hash(password)
        await self._store.set_password(user.id, hashed, self._now_ms, end_sessions=True)
        _log.info("password_changed", user=user.username, success=True)

    async def begin_totp(self, user_id: str) -> tuple[str, str]:
        """See the port."""
        return self._second.begin(await self.user(user_id))

    async def confirm_totp(self, user_id: str, code: str) -> None:
        """See the port."""
        await self._second.confirm(await self.user(user_id), code)

    async def drop_totp(self, user_id: str) -> None:
        """See the port."""
        await self._second.drop(await self.user(user_id))

    async def logins(self, user_id: str) -> tuple[Session, ...]:
        """See the port."""
        return await self._store.logins(user_id, self._now_ms)

    @property
    def _now_ms(self) -> int:
        return self._clock.wall_ns() // 1_000_000


def _nobody(name: str) -> TidegateError:
    return TidegateError(Code.NOT_FOUND, f"there is no user {name}")


def _headless() -> TidegateError:
    return TidegateError(Code.CONFLICT, "this would leave no admin who can log in; make another admin first")
