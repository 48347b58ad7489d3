"""Logging in and out."""

from typing import Annotated, Final

from pydantic import Field, SecretStr, model_validator

from tidegate.api.fields import Empty, Model, Query
from tidegate.api.replies import Done, Session, TicketReply
from tidegate.api.route import PUBLIC, Call, route
from tidegate.model.access import Permission
from tidegate.ports.auth import Tokens

Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class LoginBody(Model):
    """A name and password, or the one-time token of a login link."""

    username: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    password: Annotated[SecretStr, Field(min_length=1, max_length=1024)] | None = None
    totp: Annotated[str, Field(pattern=r"^[0-9]{6,8}$")] | None = None
    link_token: Secret | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "LoginBody":
        by_password = self.username is not None and self.password is not None
        none_of_it = self.username is None and self.password is None
        if (self.link_token is None and by_password) or (self.link_token is not None and none_of_it):
            return self
        raise ValueError("give username and password, or linkToken alone")


class RefreshBody(Model):
    refresh_token: Secret


async def login(call: Call[LoginBody, Query]) -> dict[str, object]:
    """Exchanges a password, or the one-time token of a login link, for tokens."""
    body, auth = call.body, call.services.auth
    if body.link_token is not None:
        return _session(await auth.login_by_link(body.link_token.get_secret_value(), peer=call.peer))
    password = body.password.get_secret_value() if body.password is not None else ""
    return _session(await auth.login(body.username or "", password, totp=body.totp, peer=call.peer))


async def refresh(call: Call[RefreshBody, Query]) -> dict[str, object]:
    """Exchanges a refresh token for new tokens; each can be used once."""
    return _session(await call.services.auth.refresh(call.body.refresh_token.get_secret_value()))


async def logout(call: Call[Empty, Query]) -> dict[str, object]:
    """Ends the caller's session."""
    await call.services.auth.logout(call.principal)
    return {"success": True}


async def ws_ticket(call: Call[Empty, Query]) -> dict[str, object]:
    """A one-time ticket that opens `/ws?ticket=`."""
    ticket = call.services.auth.issue_ticket(call.principal)
    return {"ticket": ticket.ticket, "expiresIn": ticket.expires_in}


def _session(tokens: Tokens) -> dict[str, object]:
    who = tokens.principal
    return {
        "accessToken": tokens.access_token,
        "refreshToken": tokens.refresh_token,
        "expiresIn": tokens.expires_in,
        "user": {
            "id": who.user_id,
            "username": who.name,
            "role": who.role.value,
            "permissions": sorted(permission.value for permission in who.permissions),
        },
    }


ROUTES: Final = (
    route("POST", "/api/auth/login", login, body=LoginBody, query=Query, reply=Session, permission=PUBLIC),
    route("POST", "/api/auth/refresh", refresh, body=RefreshBody, query=Query, reply=Session, permission=PUBLIC),
    route("POST", "/api/auth/logout", logout, body=Empty, query=Query, reply=Done, permission=Permission.READ),
    route(
        "POST", "/api/auth/ws-ticket", ws_ticket, body=Empty, query=Query, reply=TicketReply, permission=Permission.READ
    ),
)
