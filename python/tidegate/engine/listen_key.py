"""The key that some private links need in their address: fetched before each connection, extended while it lives."""

import asyncio
from collections.abc import Callable
from typing import Final

from tidegate.obs import log
from tidegate.ports.http import Http, HttpError
from tidegate.venues.spec import ListenKey, Venue, VenueReplyError

_log = log.get("engine")
RETRY_S: Final = 20.0


class ListenKeyUpkeep:
    """`lost` is called when the key could not be extended because the venue no longer knows it.

    api_key: of the account, None while none works. refused(code, message): the venue will not have the API key.
    """

    def __init__(
        self,
        venue: Venue,
        rule: ListenKey,
        http: Http,
        *,
        api_key: Callable[[], str | None],
        lost: Callable[[], None],
        refused: Callable[[str, str], None],
    ) -> None:
        self._venue = venue
        self._rule = rule
        self._http = http
        self._api_key = api_key
        self._lost = lost
        self._refused = refused

    async def fetch(self) -> str:
        """A valid key. Raises HttpError when the venue does not answer or refuses."""
        try:
            return self._rule.parse(await self._ask(renew=False))
        except VenueReplyError as failure:
            if failure.code in self._rule.refusals:
                self._refused(failure.code, failure.message)
            raise HttpError(f"no listen key: {failure.message}") from None

    async def run(self) -> None:
        """Extends the key until cancelled."""
        wait_s = self._rule.renew_s
        while True:
            await asyncio.sleep(wait_s)
            wait_s = await self._extend()

    async def _extend(self) -> float:
        """Seconds until the next extension."""
        try:
            await self._ask(renew=True)
        except HttpError as failure:
            _log.warning(
                "listen_key_not_extended", exchange=self._venue.spec.name, reason=failure.reason, success=False
            )
            return RETRY_S
        except VenueReplyError as failure:
            _log.warning("listen_key_lost", exchange=self._venue.spec.name, reason=failure.message, success=False)
            self._lost()
        return self._rule.renew_s

    async def _ask(self, *, renew: bool) -> bytes:
        api_key = self._api_key()
        if api_key is None:
            raise HttpError("the account has no key that works")
        request = self._rule.build(api_key, renew=renew)
        reply = await self._http.request(request.method, request.target, headers=request.headers)
        if reply.status >= 500:
            raise HttpError(f"HTTP {reply.status}")
        if reply.status != 200:
            raise self._venue.parse_failure(reply.status, reply.body)
        return reply.body
