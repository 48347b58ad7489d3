"""An Http that asks the venue's budget first and learns from each answer."""

from collections.abc import Callable
from typing import Final

from tidegate.obs import log
from tidegate.obs.latency import Hop
from tidegate.ports.clock import Clock
from tidegate.ports.http import Http, HttpError, HttpReply
from tidegate.transport.rate import RateBudget

_log = log.get("transport")


class BudgetedHttp:
    """`ports.http.Http` over another. `cost(target)` gives (weight, urgent); a request over budget is not sent.

    banned(seconds): the venue shut us out for so long.
    """

    def __init__(
        self,
        inner: Http,
        exchange: str,
        budget: RateBudget,
        cost: Callable[[str], tuple[int, bool]],
        clock: Clock,
        *,
        hop: Hop,
        banned: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._inner = inner
        self._exchange: Final = exchange
        self._budget = budget
        self._cost = cost
        self._clock = clock
        self._hop = hop
        self._banned = banned

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        deadline_s: float = 2.0,
    ) -> HttpReply:
        """See `ports.http.Http.request`. Raises HttpError also when the budget or a ban keeps the request back."""
        weight, urgent = self._cost(target)
        started_ns = self._clock.mono_ns()
        if not self._budget.admit(weight, started_ns, urgent=urgent):
            raise HttpError(self._kept_back(started_ns))
        reply = await self._inner.request(method, target, headers=headers, body=body, deadline_s=deadline_s)
        now_ns = self._clock.mono_ns()
        self._hop.add(now_ns - started_ns)
        self._learn(reply, now_ns)
        return reply

    async def close(self) -> None:
        await self._inner.close()

    def _learn(self, reply: HttpReply, now_ns: int) -> None:
        header = self._budget.rule.header
        used = reply.header(header) if header is not None else None
        if self._budget.on_reply(reply.status, used, reply.header("retry-after"), now_ns):
            _log.error(
                "venue_ban", exchange=self._exchange, status=reply.status, success=False, error_code="RATE_LIMITED",
                seconds=self._budget.banned_s(now_ns),
            )  # fmt: skip
            self._banned(self._budget.banned_s(now_ns))

    def _kept_back(self, now_ns: int) -> str:
        banned_s = self._budget.banned_s(now_ns)
        if banned_s > 0:
            return f"kept back: {self._exchange} bans us for another {banned_s:.0f} s"
        return f"kept back: the request budget of {self._exchange} is used up"
