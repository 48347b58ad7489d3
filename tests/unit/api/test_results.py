"""Results summed by day, strategy and venue, exactly."""

from decimal import Decimal

import aiohttp
from tests.unit.api.doubles import RESULTS

from tidegate.api.results import split


def row(pnl: str, *, plans: int, wins: int, times: int, **names: str) -> dict[str, object]:
    amounts = {"pnl": Decimal(pnl), "fees": Decimal("0.10") * times, "turnover": Decimal("100.5") * times}
    return {**names, **amounts, "plans": plans, "wins": wins}


TWAP = {"pnl": Decimal("-1.21"), "fees": Decimal("1.21"), "turnover": Decimal(1210), "plans": 0, "wins": 0}


def test_the_sums_are_exact_and_whole_plans_count_once() -> None:
    assert split(RESULTS) == {
        "byDay": [
            row("1.000000000000000001", plans=1, wins=1, times=1, day="2026-09-20"),
            {
                "day": "2026-09-21",
                "pnl": Decimal("0.29"),
                "fees": Decimal("1.41"),
                "turnover": Decimal("1411.0"),
                "plans": 2,
                "wins": 1,
            },
        ],
        "byStrategy": [
            row("0.500000000000000001", plans=2, wins=1, times=2, strategy="arbitrage", pairId="a"),
            row("2", plans=1, wins=1, times=1, strategy="arbitrage", pairId="b"),
            {"strategy": "twap", "pairId": "", **TWAP},
        ],
        "byVenue": [
            row("-680.1", plans=1, wins=0, times=1, exchange="binance"),
            {
                "exchange": "bybit",
                "pnl": Decimal("679.890000000000000001"),
                "fees": Decimal("1.31"),
                "turnover": Decimal("1310.5"),
                "plans": 1,
                "wins": 0,
            },
        ],
    }


async def test_performance_has_the_totals_and_the_sums(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/api/trading/performance") as answer:
        text = await answer.text()
        data = (await answer.json())["data"]
    assert data["plans"] == 1
    assert [one["day"] for one in data["byDay"]] == ["2026-09-20", "2026-09-21"]
    assert '"pnl":1.000000000000000001' in text
    # The engine's totals of plans, and what traded beside them.
    assert text.startswith('{"success":true,"data":{"pnl":7.1454485,"fees":2.5545515,"turnover":3791,')
