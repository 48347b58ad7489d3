"""A route is a row: method, path, body, query, reply, permission, handler.

The row turns a request into a typed call, and is also what the OpenAPI document is generated from.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel

from tidegate.api.address import Addresses
from tidegate.api.auth import caller_of
from tidegate.api.fields import validated
from tidegate.api.jsontext import parse_exact
from tidegate.api.services import Services
from tidegate.model.access import Peer, Permission, Principal
from tidegate.model.commands import Command, CommandName
from tidegate.model.errors import Code, TidegateError

_TOTP: Final = re.compile(r"[0-9]{6}", re.ASCII)
PUBLIC: Final = "public"
LOCAL: Final = "local"
"""Only for whoever owns the process, over its local socket."""
IDEMPOTENCY_KEY_CHARS_MAX: Final = 128
_BODILESS: Final = frozenset({"GET", "DELETE"})
PUBLIC_BODY_BYTES_MAX: Final = 16 * 1024
"""Of a caller whom nobody knows: parsing a large body holds up the loop, and with it the orders."""

Access = Permission | Literal["public", "local"]
BodyT = TypeVar("BodyT", bound=BaseModel)
QueryT = TypeVar("QueryT", bound=BaseModel)


@dataclass(slots=True)
class Notes:
    """What a call leaves for the audit log: JSON text. `actor` where the route itself finds out who asks."""

    actor: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[BodyT, QueryT]):
    """One request, checked and typed. `idempotency_key` is empty when the client sent none."""

    services: Services
    caller: Principal | None
    path: Mapping[str, str]
    body: BodyT
    query: QueryT
    peer: Peer
    idempotency_key: str
    code: str | None = None
    notes: Notes = field(default_factory=Notes)

    @property
    def principal(self) -> Principal:
        """Who asks; only for routes that are not public."""
        if self.caller is None:
            raise TidegateError(Code.UNAUTHENTICATED, "log in first")
        return self.caller

    async def confirm(self) -> None:
        """That the caller is still who logged in: a code of the second factor, of those who have one."""
        await self.services.auth.check_code(self.principal, self.code)

    def command(self, name: CommandName, body: bytes, *, always: bool = False) -> Command:
        """A command in the caller's name. One key of a caller is one command: with another body it is refused.

        always: carried out each time, whatever key the client sent.
        """
        actor = self.principal.name
        key = "" if always else self.idempotency_key
        command_id = f"{actor}:{key}" if key else f"api-{secrets.token_hex(12)}"
        return Command(name=name, body=body, actor=actor, command_id=command_id)


Handler = Callable[[Call[BodyT, QueryT]], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A row as the application and the OpenAPI document see it; `run` holds the typed handler."""

    method: str
    path: str
    body: type[BaseModel]
    query: type[BaseModel]
    reply: type[object]
    permission: Access | None
    summary: str
    run: Callable[[web.Request, Services, Principal | None, Peer, Notes], Awaitable[object]]
    raw: bool
    limited: bool
    second_factor: bool
    audited: bool
    aliases: tuple[str, ...]


def route(  # noqa: PLR0913 - the columns of the table
    method: str,
    path: str,
    handler: Handler[BodyT, QueryT],
    *,
    body: type[BodyT],
    query: type[QueryT],
    reply: type[object],
    permission: Access | None,
    raw: bool = False,
    limited: bool = True,
    second_factor: bool = False,
    audited: bool = True,
    aliases: tuple[str, ...] = (),
) -> Route:
    """One row. `reply`: the type of `data`. `raw`: the handler answers a whole response, outside the envelope.

    `limited`: counts against how often the user may ask. `second_factor`: who has one gives a code in X-Totp.
    `audited`: stands in the audit log when it changes anything.
    """

    addresses = Addresses(query)
    nothing = validated(body, {}, "body") if method in _BODILESS else None

    async def run(
        request: web.Request, services: Services, caller: Principal | None, peer: Peer, notes: Notes
    ) -> object:
        path_fields, asked = addresses.of(request)
        fields = nothing if nothing is not None else await _read_body(request, body, public=permission == PUBLIC)
        if audited and method != "GET":
            notes.after = fields.model_dump_json(by_alias=True, exclude_unset=True)  # secrets print as stars
        call = Call(
            services=services,
            caller=caller,
            path=path_fields,
            query=asked,
            body=fields,
            peer=peer,
            idempotency_key=_idempotency_key(request),
            code=_code(request),
            notes=notes,
        )
        if second_factor:
            await call.confirm()
        return await handler(call)

    summary = (handler.__doc__ or "").strip().partition("\n")[0]
    return Route(
        method=method,
        path=path,
        body=body,
        query=query,
        reply=reply,
        permission=permission,
        summary=summary,
        run=run,
        raw=raw,
        limited=limited,
        second_factor=second_factor,
        audited=audited and method != "GET",
        aliases=aliases,
    )


async def identify(request: web.Request, services: Services, row: Route, peer: Peer) -> Principal | None:
    """Who asks; None where nobody has to say. Raises TidegateError UNAUTHENTICATED."""
    if row.permission is None:
        raise TidegateError(Code.FORBIDDEN, "this route declares no permission")
    return None if row.permission == PUBLIC else await caller_of(request, services.auth, peer)


def permit(services: Services, row: Route, caller: Principal | None) -> None:
    """Raises TidegateError FORBIDDEN or RATE_LIMITED for whoever may not pass."""
    if caller is None:
        return
    if row.permission == LOCAL and not caller.local:
        raise TidegateError(Code.FORBIDDEN, "this is only for whoever is on the server's own machine")
    if row.permission != LOCAL and row.permission not in caller.permissions:
        raise TidegateError(Code.FORBIDDEN, f"the role {caller.role} lacks the permission {row.permission}")
    if row.limited:
        _count(services, caller, changes=row.method != "GET")


def _count(services: Services, principal: Principal, *, changes: bool) -> None:
    wait = services.rates.take(principal.user_id, services.clock.mono_ns() / 1e9, changes=changes)
    if wait > 0:
        raise TidegateError(
            Code.RATE_LIMITED, f"too many requests; try again in {wait:.3f} s", {"retryAfterS": int(wait) + 1}
        )


async def _read_body(request: web.Request, model: type[BodyT], *, public: bool) -> BodyT:
    try:
        raw = await request.read()
    except web.RequestPayloadError:
        message = "the body can not be read: it is cut short, or not in the encoding that its header names"
        raise TidegateError(Code.VALIDATION_ERROR, message) from None
    if public and len(raw) > PUBLIC_BODY_BYTES_MAX:
        raise TidegateError(Code.PAYLOAD_TOO_LARGE, f"the body is larger than {PUBLIC_BODY_BYTES_MAX} bytes")
    fields = parse_exact(raw) if raw.strip() else {}
    if not isinstance(fields, dict):
        raise TidegateError(Code.VALIDATION_ERROR, "the body must be a JSON object")
    return validated(model, fields, "body")


def _code(request: web.Request) -> str | None:
    code = request.headers.get("X-Totp")
    if code is not None and not _TOTP.fullmatch(code):
        raise TidegateError(Code.VALIDATION_ERROR, "X-Totp does not fit", {"X-Totp": "six digits"})
    return code


def _idempotency_key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > IDEMPOTENCY_KEY_CHARS_MAX or not key.isascii() or not key.isprintable():
        limit = f"at most {IDEMPOTENCY_KEY_CHARS_MAX} printable ASCII characters"
        raise TidegateError(Code.VALIDATION_ERROR, "Idempotency-Key does not fit", {"Idempotency-Key": limit})
    return key
