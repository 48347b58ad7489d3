"""Which pages may ask: this server's own, and those of the configuration's allow-list."""

from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

PREFLIGHT_S: Final = 600
_METHODS: Final = "GET, POST, PUT, DELETE"
_HEADERS: Final = "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Totp"
_READABLE: Final = "ETag, Retry-After"


def is_admitted(request: web.Request, allowed: Collection[str]) -> bool:
    """Whether the page that sends the request may. Clients that are no browser name no Origin."""
    origin = request.headers.get("Origin")
    return origin is None or origin in allowed or _is_own(origin, request.host)


def cors_headers(request: web.Request, allowed: Collection[str]) -> Mapping[str, str]:
    """What lets an allow-listed page read the answer; nothing for any other."""
    origin = request.headers.get("Origin")
    if origin is None or origin not in allowed:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": _READABLE,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Origin",
    }


def preflight(request: web.Request, allowed: Collection[str]) -> web.Response | None:
    """The answer to a browser's question before a request from an allow-listed page."""
    asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not asks or request.headers.get("Origin") not in allowed:
        return None
    return web.Response(
        status=204,
        headers={
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": str(PREFLIGHT_S),
        },
    )


def _is_own(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False
