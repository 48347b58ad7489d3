"""Proof of identity as the HTTP face needs it: passwords in, short-lived tokens out."""

from dataclasses import dataclass
from typing import Protocol

from tidegate.model.access import Principal


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

    `peer` is the caller's address, for the limits per address.
    """

    async def login(self, username: str, password: str, *, totp: str | None = None, peer: str = "") -> Tokens:
        """Same answer and same time for an unknown user as for a wrong password."""
        ...

    async def login_by_link(self, token: str, *, peer: str = "") -> Tokens:
        """Exchanges the one-time link token that the first start printed."""
        ...

    async def refresh(self, refresh_token: str) -> Tokens:
        """Rotates a refresh token; using one twice ends its whole family."""
        ...

    async def logout(self, principal: Principal) -> None:
        """Ends the session: its tokens and open WebSockets stop working."""
        ...

    async def authenticate(self, access_token: str) -> Principal:
        """Checks signature, expiry and session. Cheap enough for every request."""
        ...

    async def is_live(self, principal: Principal) -> bool:
        """Whether the session behind `principal` still stands, its expiry aside."""
        ...

    def issue_ticket(self, principal: Principal) -> Ticket: ...

    def redeem_ticket(self, ticket: str) -> Principal:
        """Spends a ticket: a second use is UNAUTHENTICATED."""
        ...
