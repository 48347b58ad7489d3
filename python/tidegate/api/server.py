"""The runner of the HTTP face: what the HTTP parser refuses is answered in the envelope too, and without a banner."""

from typing import Final

from aiohttp import web

from tidegate.api.envelope import JSON_TYPE, failure_body
from tidegate.api.guard import CACHE_HEADER, SECURITY_HEADERS
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log

KEEPALIVE_S: Final = 75.0
SHUTDOWN_S: Final = 2.0

_LOG = log.get("api")


class _Protocol(web.RequestHandler):
    """One connection."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answers what never became a request: a malformed line, a header too long."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer had begun")
        bug = status >= 500
        if bug:
            _LOG.error("connection_failed", success=False, error_code=Code.INTERNAL.value, exc_info=exc)
        error = TidegateError(
            Code.INTERNAL if bug else Code.VALIDATION_ERROR, "internal error" if bug else "this is not a HTTP request"
        )
        headers = {**SECURITY_HEADERS, "Cache-Control": CACHE_HEADER, "Server": ""}
        response = web.Response(body=failure_body(error), status=status, content_type=JSON_TYPE, headers=headers)
        response.force_close()
        return response


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Protocol(self, loop=self._loop, **self._kwargs)


class ApiRunner(web.AppRunner):
    """An `AppRunner` whose connections are ours. Access log off: it triples the cost of an answer."""

    def __init__(self, app: web.Application) -> None:
        super().__init__(
            app, access_log=None, keepalive_timeout=KEEPALIVE_S, shutdown_timeout=SHUTDOWN_S, handle_signals=False
        )

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(
            made.request_handler,
            request_factory=made.request_factory,
            loop=made._loop,  # noqa: SLF001 - the server is rebuilt with our connection class
            **made._kwargs,  # noqa: SLF001
        )
