"""An Http that keeps the venue's budget."""

import pytest
from tests.unit.engine.doubles import FakeHttp

from tidegate.obs.latency import Hop
from tidegate.ports.http import HttpError, HttpReply
from tidegate.transport.budget import BudgetedHttp
from tidegate.transport.rate import RateBudget, WeightRule


class HandClock:
    now = 0

    def mono_ns(self):
        return self.now

    wall_ns = mono_ns


def build(answers, limit=10):
    inner, clock = FakeHttp(answers), HandClock()
    budget = RateBudget(WeightRule(limit=limit, window_s=60, header="x-used"))
    http = BudgetedHttp(inner, "binance", budget, lambda target: (4, target == "/order"), clock, hop=Hop("rest"))
    return http, inner, budget, clock


async def test_a_request_over_budget_is_not_sent_but_an_urgent_one_is():
    http, inner, budget, _ = build({"/depth": b"1", "/order": b"2"}, limit=20)
    for _ in range(3):
        await http.request("GET", "/depth")
    with pytest.raises(HttpError, match="budget of binance is used up"):
        await http.request("GET", "/depth")
    await http.request("GET", "/order")
    with pytest.raises(HttpError, match="budget of binance is used up"):
        await http.request("GET", "/order")
    assert [request[1] for request in inner.requests] == ["/depth"] * 3 + ["/order"]
    assert budget.rule.limit - budget.used(0) == 4, "left to cancels, which do not ask"


async def test_a_ban_is_learnt_and_nothing_is_sent_until_it_ends():
    banned = HttpReply(418, (("retry-after", "7"),), b"")
    http, inner, _, clock = build({"/order": [banned, b"ok"]})
    assert (await http.request("GET", "/order")).status == 418
    clock.now = 6_900_000_000
    with pytest.raises(HttpError, match="bans us for another 0 s"):
        await http.request("GET", "/order")
    assert len(inner.requests) == 1
    clock.now = 7_000_000_000
    assert (await http.request("GET", "/order")).body == b"ok"


async def test_the_venues_count_is_taken_over():
    http, _, budget, _ = build({"/depth": HttpReply(200, (("x-used", "9"),), b"")})
    await http.request("GET", "/depth")
    assert budget.used(0) == 9
