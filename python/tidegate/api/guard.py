"""The one middleware: whatever a request meets, the answer is in the envelope with a code of the table."""

import asyncio
import secrets
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tidegate.api.auth import caller_of
from tidegate.api.envelope import failure
from tidegate.api.origin import cors_headers, is_admitted, preflight
from tidegate.api.peer import peer_of
from tidegate.api.services import SERVICES
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.store import StoreError

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
CACHE_HEADER: Final = "no-store"
HSTS_HEADER: Final = "max-age=31536000"
READING: Final = frozenset({"GET", "HEAD"})
SAFE_METHODS: Final = READING | {"OPTIONS"}
STYLE_NONCE: Final = web.ResponseKey("style_nonce", str)
"""A page puts here the nonce of the styles that it makes at run time."""

_LOG = log.get("api")


def envelope(public: frozenset[str]) -> Middleware:
    """The middleware. `public`: paths whose wrong methods are told without a token."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.method not in READING:
                origins = request.app[SERVICES].config.api.origins
                answered = preflight(request, origins)
                if answered is not None:
                    return answered
                if request.method not in SAFE_METHODS and not is_admitted(request, origins):
                    raise TidegateError(Code.FORBIDDEN, "a page of this Origin may not do this")
            return await handler(request)
        except TidegateError as error:
            return failure(error)
        except web.HTTPException as error:
            return failure(await _from_http(request, error, public))
        except StoreError as error:
            return failure(_tables_away(request, error))
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:
            return failure(_internal(request, error))

    return middleware


async def on_prepare(request: web.Request, response: web.StreamResponse) -> None:
    """Signal: headers of every answer, errors and upgrades included."""
    config = request.app[SERVICES].config
    headers = response.headers
    headers.update(SECURITY_HEADERS)
    if "Origin" in request.headers:
        headers.update(cors_headers(request, config.api.origins))
    if config.tls is not None:
        headers["Strict-Transport-Security"] = HSTS_HEADER
    nonce = response.get(STYLE_NONCE)
    if nonce is not None:
        policy = SECURITY_HEADERS["Content-Security-Policy"]
        own = policy.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
        headers["Content-Security-Policy"] = own
    headers.setdefault("Cache-Control", CACHE_HEADER)
    headers.popall("Server", None)


async def expect(request: web.Request) -> web.StreamResponse | None:
    """Answers `Expect: 100-continue`; any other expectation is refused in our form, as no middleware runs yet."""
    if request.headers.get("Expect", "").lower() != "100-continue":
        return failure(TidegateError(Code.VALIDATION_ERROR, "Expect may only be 100-continue"))
    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    return None


async def _from_http(request: web.Request, error: web.HTTPException, public: frozenset[str]) -> TidegateError:
    """The server's own refusals. Under /api nobody learns without a token which paths exist."""
    if request.path.startswith("/api") and request.path not in public:
        services = request.app[SERVICES]
        try:
            await caller_of(request, services.auth, peer_of(request, services.config.trusted_proxies))
        except TidegateError as refused:
            return refused
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return TidegateError(Code.PAYLOAD_TOO_LARGE, "the body is larger than 1 MiB")
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = sorted(error.allowed_methods)
        return TidegateError(Code.METHOD_NOT_ALLOWED, f"{request.method} is not possible here", {"allowed": allowed})
    if isinstance(error, web.HTTPNotFound):
        return TidegateError(Code.NOT_FOUND, "there is nothing at this path")
    if 400 <= error.status < 500:
        return TidegateError(Code.VALIDATION_ERROR, error.reason)
    return _internal(request, error)


def _tables_away(request: web.Request, error: StoreError) -> TidegateError:
    """A database that is locked or slow is no bug of ours, and passes."""
    _LOG.warning("tables_away", method=request.method, path=request.path[:200], error=error.reason, success=False)
    code = Code.EXCHANGE_UNAVAILABLE if request.method in SAFE_METHODS else Code.OUTCOME_UNKNOWN
    return TidegateError(code, "the tables do not answer now; try again", {"retryAfterS": 1})


def _internal(request: web.Request, error: BaseException) -> TidegateError:
    """A bug: the log gets the traceback, the caller gets its number."""
    fault_id = secrets.token_hex(6)
    _LOG.error(
        "request_failed",
        fault_id=fault_id,
        method=request.method,
        path=request.path[:200],
        success=False,
        error_code=Code.INTERNAL.value,
        exc_info=error,
    )
    return TidegateError(Code.INTERNAL, f"internal error {fault_id}; the log has the particulars under this id")
