"""Health, metrics and the process's own state."""

from typing import Final

from aiohttp import web

from tidegate.api import health
from tidegate.api.envelope import failure_body, json_response
from tidegate.api.fields import Empty, Query
from tidegate.api.jsontext import dumps
from tidegate.api.replies import HealthReply, ReloadReply, SystemStatus
from tidegate.api.route import PUBLIC, Call, route
from tidegate.api.system import system_status
from tidegate.model.access import Permission
from tidegate.model.errors import Code, TidegateError


async def get_health(call: Call[Empty, Query]) -> web.Response:
    """Readiness: 200 once recovered, reconciled and serving, else 503. The state also stands outside the envelope."""
    state = await health.health(call.services)
    if state["status"] == health.UNHEALTHY:
        error = TidegateError(Code.EXCHANGE_UNAVAILABLE, "not ready", {"components": sorted(health.failing(state))})
        return json_response(failure_body(error)[:-1] + b"," + dumps(state)[1:], status=error.status)
    return json_response(dumps({"success": True, "data": state, **state}))


async def get_metrics(call: Call[Empty, Query]) -> web.Response:
    """Prometheus text."""
    return web.Response(body=call.services.metrics(), headers={"Content-Type": METRICS_TYPE})


async def get_status(call: Call[Empty, Query]) -> bytes:
    """Version, uptime, mode, latency per hop, queues, tasks, database."""
    return await system_status(call.services)


async def post_reload(call: Call[Empty, Query]) -> dict[str, object]:
    """Reads the configuration's file anew. A file that is wrong changes nothing."""
    try:
        done = await call.services.settings.reload()
    except TidegateError as failure:
        if failure.code is not Code.CONFIG_ERROR:
            raise
        raise TidegateError(Code.VALIDATION_ERROR, failure.message, failure.details) from None
    return {"applied": list(done.applied), "restartNeeded": done.refused}


METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

ROUTES: Final = (
    route("GET", "/health", get_health, body=Empty, query=Query, reply=HealthReply, permission=PUBLIC, raw=True),
    route("GET", "/metrics", get_metrics, body=Empty, query=Query, reply=str, permission=PUBLIC, raw=True),
    route(
        "GET", "/api/system/status", get_status, body=Empty, query=Query, reply=SystemStatus, permission=Permission.READ
    ),
    route(
        "POST",
        "/api/system/reload",
        post_reload,
        body=Empty,
        query=Query,
        reply=ReloadReply,
        permission=Permission.SETTINGS,
    ),
)
