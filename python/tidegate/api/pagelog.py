"""Key events that a page reports about itself: few names, short facts, a bounded rate."""

import time
from collections.abc import Callable, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from tidegate.api.fields import EpochMs, Model
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log

EVENTS_PER_MINUTE_MAX: Final = 60

PageEventName = Literal[
    "page_open",
    "login",
    "logout",
    "execute_clicked",
    "kill_confirmed",
    "pair_saved",
    "order_confirmed",
    "stream_lost",
    "stream_resumed",
    "ui_error",
]

_LOG = log.get("page")

Fact = Annotated[str, Field(max_length=200)] | int | bool | None


class PageEvent(Model):
    event: PageEventName
    data: Annotated[dict[Annotated[str, Field(max_length=40)], Fact], Field(max_length=10, default_factory=dict)]
    ts: EpochMs


class PageLog:
    """The log of one connection. `now_s`: monotonic seconds."""

    def __init__(self, user: str, now_s: Callable[[], float] = time.monotonic) -> None:
        self._user: Final = user
        self._now_s: Final = now_s
        self._window_began = now_s()
        self._written = 0

    def write(self, events: Sequence[PageEvent]) -> None:
        """Raises TidegateError RATE_LIMITED; the events of the message are then dropped whole."""
        now = self._now_s()
        if now - self._window_began >= 60:
            self._window_began, self._written = now, 0
        if self._written + len(events) > EVENTS_PER_MINUTE_MAX:
            raise TidegateError(
                Code.RATE_LIMITED, f"at most {EVENTS_PER_MINUTE_MAX} page events a minute", {"retryAfterS": 60}
            )
        self._written += len(events)
        for event in events:
            _LOG.info("page_event", name=event.event, user=self._user, page_ts=event.ts, facts=dict(event.data))
