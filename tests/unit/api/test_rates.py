"""How often one user may ask."""

import aiohttp
import pytest
from tests.unit.api.doubles import World

from tidegate.api.rates import USERS_MAX, Rates
from tidegate.model.config import ApiConfig, Config


def test_a_bucket_empties_and_refills() -> None:
    rates = Rates(reads_per_s=10, changes_per_s=1)
    assert [rates.take("anna", 0.0, changes=True) for _ in range(3)] == [0, 0, pytest.approx(1)]
    assert rates.take("anna", 0.5, changes=True) == pytest.approx(0.5)
    assert rates.take("anna", 1.0, changes=True) == 0
    assert rates.take("anna", 1.0, changes=False) == 0
    assert rates.take("otto", 1.0, changes=True) == 0


def test_users_remembered_are_bounded() -> None:
    rates = Rates(1, 1)
    for n in range(USERS_MAX + 5):
        rates.take(f"user{n}", 0, changes=False)
    assert len(rates._buckets) == USERS_MAX


class TestOverHttp:
    @pytest.fixture
    def world(self) -> World:
        return World(config=Config(api=ApiConfig.model_validate({"readsPerSecond": 1, "changesPerSecond": 1})))

    async def test_too_many_requests_are_told_when_to_come_back(self, admin: aiohttp.ClientSession) -> None:
        answers = [await admin.get("/api/balance") for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert answers[2].headers["Retry-After"] == "2"
        assert (await answers[2].json())["error"]["code"] == "RATE_LIMITED"

    async def test_nobody_waits_with_the_kill_switch(self, admin: aiohttp.ClientSession) -> None:
        for _ in range(5):
            async with admin.post("/api/risk/kill", json={"reason": "test"}) as answer:
                assert answer.status == 200


def test_other_rates_count_from_the_next_request_on() -> None:
    rates = Rates(1, 1)
    assert [rates.take("u", 0.0, changes=False) for _ in range(3)] == [0.0, 0.0, 1.0]
    rates.limit(4, 1)
    assert rates.take("u", 0.0, changes=False) == 0.25
    assert [rates.take("u", 1.0, changes=False) for _ in range(4)] == [0.0] * 4
