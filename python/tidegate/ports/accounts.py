"""Where users and their sessions are kept."""

from collections.abc import Collection, Mapping
from typing import Final, Protocol

from tidegate.model.accounts import Session, User

LOGINS_MAX: Final = 200


class AccountStore(Protocol):
    """The only writer of the users and sessions tables. Raises StoreError."""

    async def user_by_name(self, username: str) -> User | None: ...
    async def user(self, user_id: str) -> User | None: ...
    async def users(self) -> tuple[User, ...]:
        """All users by name."""
        ...

    async def add_user(self, user: User) -> bool:
        """False when the name is taken; nothing is changed then."""
        ...

    async def change_user(self, user: User, *, end_sessions: bool) -> bool:
        """Replaces role, `disabled` and `updated_ts`. False when no enabled admin would be left: nothing is changed."""
        ...

    async def remove_user(self, user_id: str) -> bool:
        """Forgets a user and all sessions. False when no enabled admin would be left: nothing is changed."""
        ...

    async def set_password(self, user_id: str, password_hash: str, ts: int, *, end_sessions: bool) -> None:
        """Replaces the hash; `end_sessions` also revokes every session of the user, in the same transaction."""
        ...

    async def set_totp(self, user_id: str, sealed: str | None, ts: int) -> None:
        """Gives or takes the second factor."""
        ...

    async def reseal_totp(self, user_id: str, sealed: str) -> None:
        """Replaces the seal alone; the secret is the same."""
        ...

    async def spend_totp(self, user_id: str, step: int) -> bool:
        """Marks a code's time step used; False when it, or a later one, was used before."""
        ...

    async def add_session(self, session: Session) -> None: ...
    async def session_by_hash(self, token_hash: str) -> Session | None: ...

    async def rotate(self, old_id: str, new: Session, ts: int) -> bool:
        """Marks a session used and adds its successor. False when it was used or revoked before: nothing is added."""
        ...

    async def revoke_family(self, family: str, ts: int) -> None: ...
    async def revoke_user(self, user_id: str, ts: int) -> None:
        """Ends every login of a user."""
        ...

    async def logins(self, user_id: str, now_ms: int) -> tuple[Session, ...]:
        """The newest token of each login that still stands, newest login first; at most LOGINS_MAX."""
        ...

    async def holders(self, families: Collection[str], now_ms: int) -> Mapping[str, User]:
        """The user of each of these logins that still has a session that is neither revoked nor over."""
        ...

    async def prune_sessions(self, before_ts: int) -> int:
        """Forgets sessions that expired before `before_ts`; returns how many."""
        ...
