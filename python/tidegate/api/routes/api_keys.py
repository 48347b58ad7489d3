"""Keys of our own API: each a user's own, for his programs."""

from typing import Annotated, Final

from pydantic import Field

from tidegate.api.fields import Empty, EpochMs, Model, Query
from tidegate.api.key_replies import ApiKeyReply, NewApiKey
from tidegate.api.replies import Done
from tidegate.api.route import Call, route
from tidegate.model.access import Permission
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import ApiKey

NAME_CHARS_MAX: Final = 40
Address = Annotated[str, Field(min_length=2, max_length=50)]


class ApiKeyBody(Model):
    """`scopes`: what the key may do, of what its user may. `addresses`: networks that it may be used from."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_CHARS_MAX, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
    addresses: Annotated[tuple[Address, ...], Field(max_length=20)] = ()
    expires_ts: EpochMs | None = None


async def get_api_keys(call: Call[Empty, Query]) -> list[dict[str, object]]:
    """The caller's keys, oldest first, without their text."""
    return [_shown(key) for key in await call.services.api_keys.of(call.principal.user_id)]


async def post_api_key(call: Call[ApiKeyBody, Query]) -> dict[str, object]:
    """Makes a key. Its text is shown this once."""
    body, principal, services = call.body, call.principal, call.services
    scopes = frozenset(body.scopes)
    if not scopes <= principal.permissions:
        missing = ", ".join(sorted(scopes - principal.permissions))
        raise TidegateError(Code.FORBIDDEN, f"nobody lends what he does not have: {missing}")
    if body.expires_ts is not None and body.expires_ts <= services.now_ms:
        raise TidegateError(Code.VALIDATION_ERROR, "expiresTs is over", {"expiresTs": "is over"})
    key, text = await services.api_keys.issue(
        principal.user_id, body.name, scopes=scopes, addresses=body.addresses, expires_ts=body.expires_ts
    )
    return _shown(key) | {"key": text}


async def delete_api_key(call: Call[Empty, Query]) -> dict[str, object]:
    """Ends one of the caller's keys, at once."""
    await call.services.api_keys.revoke(call.principal.user_id, call.path["keyId"])
    return {"success": True}


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "addresses": list(key.addresses),
        "createdTs": key.created_ts,
        "expiresTs": key.expires_ts,
        "lastUsedTs": key.last_used_ts,
    }


_OWN: Final = Permission.OWN
_KEYS: Final = "/api/auth/keys"

ROUTES: Final = (
    route("GET", _KEYS, get_api_keys, body=Empty, query=Query, reply=list[ApiKeyReply], permission=_OWN),
    route(
        "POST",
        _KEYS,
        post_api_key,
        body=ApiKeyBody,
        query=Query,
        reply=NewApiKey,
        permission=_OWN,
        second_factor=True,
    ),
    route("DELETE", f"{_KEYS}/{{keyId}}", delete_api_key, body=Empty, query=Query, reply=Done, permission=_OWN),
)
