"""The two shapes of every answer under /api: `{"success": true, "data"}` and `{"success": false, "error"}`."""

import hashlib
from typing import Final

from aiohttp import web

from tidegate.api.jsontext import dumps
from tidegate.model.errors import TidegateError

JSON_TYPE: Final = "application/json"


def success(data: object) -> web.Response:
    """`data`: bytes are a ready JSON document and pass through; anything else is encoded."""
    if isinstance(data, bytes):
        return json_response(b'{"success":true,"data":' + data + b"}")
    return json_response(dumps({"success": True, "data": data}))


def tagged(request: web.Request, response: web.Response) -> web.Response:
    """The answer with its entity tag, or 304 to whoever has the same one: a page that polls gets news only."""
    body = response.body
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"' if isinstance(body, bytes) else ""
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return response


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
