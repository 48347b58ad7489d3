"""Logging in and out."""

from typing import Annotated, Final

from pydantic import Field, SecretStr, model_validator

from tidegate.api.fields import Empty, Model, Query
from tidegate.api.replies import Done, LinkReply, Login, Session, TicketReply
from tidegate.api.route import LOCAL, PUBLIC, Call, route
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
    call.notes.actor = body.username or "link"
    if body.link_token is not None:
        return _session(await auth.login_by_link(body.link_token.get_secret_value(), peer=call.peer))
    password = body.password.get_secret_value() if body.password is not None else ""
    return _session(await auth.login(body.username or "", password, totp=body.totp, peer=call.peer))


async def refresh(call: Call[RefreshBody, Query]) -> dict[str, object]:
    """Exchanges a refresh token for new tokens; each can be used once."""
    return _session(await call.services.auth.refresh(call.body.refresh_token.get_secret_value()))


async def post_link(call: Call[Empty, Query]) -> dict[str, object]:
    """A one-time way in for the admin, to whoever owns the process: only over its local socket."""
    return {"path": f"/#login={call.services.auth.issue_link()}"}


async def logout(call: Call[Empty, Query]) -> dict[str, object]:
    """Ends the caller's session."""
    await call.services.auth.logout(call.principal)
    return {"success": True}


async def logout_all(call: Call[Empty, Query]) -> dict[str, object]:
    """Ends every session of the caller, this one included."""
    await call.services.auth.logout_everywhere(call.principal.user_id)
    return {"success": True}


async def get_sessions(call: Call[Empty, Query]) -> list[dict[str, object]]:
    """The caller's sessions, newest login first."""
    principal = call.principal
    return [
        {
            "id": session.family,
            "loginTs": session.login_ts,
            "lastUsedTs": session.created_ts,
            "expiresTs": session.expires_ts,
            "address": session.address,
            "agent": session.agent,
            "current": session.family == principal.session_id,
        }
        for session in await call.services.people.logins(principal.user_id)
    ]


async def delete_session(call: Call[Empty, Query]) -> dict[str, object]:
    """Ends one of the caller's sessions."""
    await call.services.auth.logout_of(call.principal.user_id, call.path["sessionId"])
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


_SESSIONS: Final = "/api/auth/sessions"

ROUTES: Final = (
    route("POST", "/api/auth/login", login, body=LoginBody, query=Query, reply=Session, permission=PUBLIC),
    route(
        "POST",
        "/api/auth/refresh",
        refresh,
        body=RefreshBody,
        query=Query,
        reply=Session,
        permission=PUBLIC,
        audited=False,
    ),
    route("POST", "/api/auth/link", post_link, body=Empty, query=Query, reply=LinkReply, permission=LOCAL),
    route("POST", "/api/auth/logout", logout, body=Empty, query=Query, reply=Done, permission=Permission.OWN),
    route("POST", "/api/auth/logout-all", logout_all, body=Empty, query=Query, reply=Done, permission=Permission.OWN),
    route("GET", _SESSIONS, get_sessions, body=Empty, query=Query, reply=list[Login], permission=Permission.OWN),
    route(
        "DELETE",
        f"{_SESSIONS}/{{sessionId}}",
        delete_session,
        body=Empty,
        query=Query,
        reply=Done,
        permission=Permission.OWN,
    ),
    route(
        "POST",
        "/api/auth/ws-ticket",
        ws_ticket,
        body=Empty,
        query=Query,
        reply=TicketReply,
        permission=Permission.READ,
        audited=False,
    ),
)
