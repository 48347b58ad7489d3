"""The two shapes of every answer under /api: `{"success": true, "data"}` and `{"success": false, "error"}`."""

from typing import Final

import orjson
from aiohttp import web

from tidegate.api.jsontext import dumps
from tidegate.model.errors import TidegateError

JSON_TYPE: Final = "application/json"


def success(data: object) -> web.Response:
    """`data`: bytes are a ready JSON document and pass through; anything else is encoded."""
    document = orjson.Fragment(data) if isinstance(data, bytes) else data
    return json_response(dumps({"success": True, "data": document}))


def failure_body(error: TidegateError) -> bytes:
    body: dict[str, object] = {"code": error.code.value, "message": error.message}
    if error.details:
        body["details"] = error.details
    return dumps({"success": False, "error": body})


def failure(error: TidegateError) -> web.Response:
    response = json_response(failure_body(error), status=error.status)
    retry_after = error.details.get("retryAfterS")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def json_response(body: bytes, *, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type=JSON_TYPE)
