"""The HTTP application: routes from the tables, one middleware, the WebSocket and the page."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from tidegate.api.audit import OK, record
from tidegate.api.envelope import success, tagged
from tidegate.api.guard import envelope, expect, on_prepare
from tidegate.api.hub import Hub
from tidegate.api.page import add_page
from tidegate.api.peer import peer_of
from tidegate.api.route import PUBLIC, Notes, Route, identify, permit
from tidegate.api.services import SERVICES, Services
from tidegate.api.stream import HUB, add_stream
from tidegate.api.table import ROUTES, check, paths_of
from tidegate.api.within import within
from tidegate.model.errors import Code, TidegateError

BODY_BYTES_MAX: Final = 1024 * 1024
ANSWER_S: Final = 30.0
"""From the request's head to the answer, the reading of its body included."""


def build_app(services: Services, rows: tuple[Route, ...] = ROUTES) -> web.Application:
    """The application, ready for `server.ApiRunner`. Raises ValueError when a row declares no permission."""
    check(rows)
    public = frozenset(path for row in rows if row.permission == PUBLIC for path in paths_of(row))
    app = web.Application(middlewares=[envelope(public)], client_max_size=BODY_BYTES_MAX)
    app[SERVICES] = services
    app.on_response_prepare.append(on_prepare)
    app[HUB] = Hub(services)
    for row in rows:
        for path in paths_of(row):
            app.router.add_route(row.method, path, _handler(row, services), expect_handler=expect)
    add_stream(app)
    add_page(app.router)
    return app


def _handler(row: Route, services: Services) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            answer = await within(ANSWER_S, _act(request, row, services))
        except TimeoutError:
            raise _late(request) from None
        if isinstance(answer, web.StreamResponse):
            return answer
        return tagged(request, success(answer)) if row.method == "GET" else success(answer)

    return handle


async def _act(request: web.Request, row: Route, services: Services) -> object:
    """One request, and its line in the audit log: also of who was refused, once it is known who asks."""
    peer = peer_of(request, services.config.trusted_proxies)
    caller = await identify(request, services, row, peer)
    notes, outcome = Notes(), Code.INTERNAL.value
    try:
        permit(services, row, caller)
        answer = await row.run(request, services, caller, peer, notes)
        outcome = OK
    except TidegateError as error:
        outcome = error.code.value
        raise
    except TimeoutError:
        outcome = Code.OUTCOME_UNKNOWN.value
        raise
    finally:
        if row.audited:
            record(request, services, (caller, peer), row, notes, outcome)
    return answer


def _late(request: web.Request) -> TidegateError:
    """What only reads may be asked again; what changes something may have been done."""
    code = Code.EXCHANGE_UNAVAILABLE if request.method == "GET" else Code.OUTCOME_UNKNOWN
    return TidegateError(code, f"no answer within {ANSWER_S:g} s")
