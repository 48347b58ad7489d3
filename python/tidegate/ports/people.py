"""Users as those who administer them see them."""

from typing import Protocol

from tidegate.model.access import Role
from tidegate.model.accounts import Session, User


class UserAdmin(Protocol):
    """All raise `TidegateError`: NOT_FOUND for an unknown user, CONFLICT where no enabled admin would be left."""

    async def users(self) -> tuple[User, ...]:
        """All users by name."""
        ...

    async def user(self, user_id: str) -> User: ...
    async def by_name(self, username: str) -> User: ...

    async def add(self, username: str, role: Role, password: str) -> User:
        """Raises CONFLICT when the name is taken, VALIDATION_ERROR for a name or password that may not be chosen."""
        ...

    async def change(self, user_id: str, *, role: Role | None = None, disabled: bool | None = None) -> User:
        """Changes what is given. Another role, or none at all, ends every login of the user."""
        ...

    async def remove(self, user_id: str) -> None: ...

    async def set_password(self, user_id: str, password: str) -> None:
        """Replaces the password and ends every login of the user."""
        ...

    async def begin_totp(self, user_id: str) -> tuple[str, str]:
        """A secret for an authenticator app, and its URI. Raises CONFLICT where there is a second factor already."""
        ...

    async def confirm_totp(self, user_id: str, code: str) -> None:
        """From the first right code on, the user is asked for one. Raises CONFLICT, VALIDATION_ERROR."""
        ...

    async def drop_totp(self, user_id: str) -> None: ...
    async def logins(self, user_id: str) -> tuple[Session, ...]:
        """The logins that stand, newest first."""
        ...
