"""Proof of identity as the HTTP face needs it: passwords in, short-lived tokens out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from tidegate.model.access import Peer, Principal

NOWHERE: Final = Peer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """`expires_in`: seconds that the access token lives."""

    access_token: str
    refresh_token: str
    expires_in: int
    principal: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A one-time secret that opens one WebSocket. `expires_in`: seconds."""

    ticket: str
    expires_in: int


class AuthService(Protocol):
    """All raise `TidegateError`: UNAUTHENTICATED, or RATE_LIMITED with `retryAfterS` in its details.

    `peer` is where the caller is: for the limits per address, and for the list of logins.
    """

    async def login(self, username: str, password: str, *, totp: str | None = None, peer: Peer = NOWHERE) -> Tokens:
        """Same answer and same time for an unknown user as for a wrong password."""
        ...

    async def login_by_link(self, token: str, *, peer: Peer = NOWHERE) -> Tokens:
        """Exchanges the one-time link token that the first start printed."""
        ...

    def issue_link(self) -> str:
        """A one-time token that logs the admin in; for whoever is at the machine itself."""
        ...

    async def refresh(self, refresh_token: str) -> Tokens:
        """Rotates a refresh token; using one twice ends its whole family."""
        ...

    async def logout(self, principal: Principal) -> None:
        """Ends the session: its tokens and open WebSockets stop working."""
        ...

    async def logout_everywhere(self, user_id: str) -> None:
        """Ends every login of a user."""
        ...

    async def forget(self, user_id: str) -> None:
        """Something about a user has changed: what is remembered of his logins is asked of the store anew, at once."""
        ...

    async def logout_of(self, user_id: str, session_id: str) -> None:
        """Ends one login of a user. Raises NOT_FOUND when it is not this user's."""
        ...

    async def check_password(self, principal: Principal, password: str, *, peer: Peer = NOWHERE) -> None:
        """Whether the person at an open session is still who logged in; counted and limited like a login."""
        ...

    def local(self, uid: int) -> Principal:
        """Whoever owns this process, as seen on its local socket: may do everything, and is never locked out."""
        ...

    async def check_code(self, principal: Principal, code: str | None) -> None:
        """A fresh code of the second factor, of those who have one; each is good once.

        Raises UNAUTHENTICATED with `totpRequired` in its details.
        """
        ...

    async def authenticate(self, access_token: str, *, peer: Peer = NOWHERE) -> Principal:
        """Checks an access token (signature, expiry, session) or a key of our own API. For every request."""
        ...

    async def is_live(self, principal: Principal) -> bool:
        """Whether the session behind `principal` still stands, its expiry aside."""
        ...

    async def live(self, principals: Iterable[Principal]) -> frozenset[str]:
        """The sessions of these that still stand, by their ids; many are one question."""
        ...

    def issue_ticket(self, principal: Principal) -> Ticket: ...

    def redeem_ticket(self, ticket: str) -> Principal:
        """Spends a ticket: a second use is UNAUTHENTICATED."""
        ...
