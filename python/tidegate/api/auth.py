"""Who is asking: the bearer header of a request as a principal, or whoever owns this process on its local socket."""

from typing import Final

from aiohttp import web

from tidegate.api.peer import local_uid
from tidegate.model.access import Peer, Principal
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.auth import AuthService

TOKEN_CHARS_MAX: Final = 4096


def bearer_token(request: web.Request) -> str | None:
    """The token of `Authorization: Bearer ...`, or None. Tokens in the address are never accepted."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and 0 < len(token) <= TOKEN_CHARS_MAX else None


async def caller_of(request: web.Request, auth: AuthService, peer: Peer) -> Principal:
    """Raises TidegateError UNAUTHENTICATED. `peer`: where the request comes from."""
    token = bearer_token(request)
    if token is not None:
        return await auth.authenticate(token, peer=peer)
    uid = local_uid(request)
    if uid is not None:
        return auth.local(uid)
    raise TidegateError(Code.UNAUTHENTICATED, "a bearer token is needed: log in at /api/auth/login")
