"""What plans and other orders brought, over real databases, against ledgers that were reckoned by hand."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from tests.contract.databases import KINDS, fresh
from tests.contract.rows import MadeRow

from tidegate.ports.read import Earned, PlanResult
from tidegate.store.database import Database
from tidegate.store.trading.history import SqlTradingHistory
from tidegate.store.trading.writer import TradingWriter

DAY_21 = 1_790_000_000_000
"""2026-09-21 in UTC."""
DAY_22 = DAY_21 + 86_400_000
NO_FEE = ("0", "USDT")


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def writer(database: Database) -> TradingWriter:
    return TradingWriter(database)


@pytest.fixture
def history(database: Database) -> SqlTradingHistory:
    return SqlTradingHistory(database)


def fill(
    number: int,
    what: str,
    *,
    plan: str | None = None,
    fee: tuple[str, str] = NO_FEE,
    ts: int = DAY_21,
    order: str | None = "TGA7000001",
) -> MadeRow:
    """`what`: side, quantity, price, exchange, type and symbol, as one would say it."""
    side, qty, price, exchange, product, symbol = what.split()
    named = ",".join(
        f'"{key}":{"null" if value is None else chr(34) + value + chr(34)}'
        for key, value in (("planId", plan), ("orderId", order), ("feeAsset", fee[1]))
    )
    text = (
        f'{{"tradeId":"{number}","account":"main","exchange":"{exchange}","symbol":"{symbol}","type":"{product}",'
        f'"side":"{side}","price":{price},"qty":{qty},"fee":{fee[0]},"ts":{ts},"simulated":true,{named}}}'
    )
    return MadeRow("fills", f"{exchange}:main:{product}:{symbol}:{number}", text.encode())


def plan(row_id: str, pnl: str, fees: tuple[str, str], *, ended_ts: int | None = DAY_21) -> MadeRow:
    """A plan with a leg at Binance and one at Bybit; `fees` of each in quote units."""
    end = "null" if ended_ts is None else str(ended_ts)
    legs = ",".join(
        f'{{"exchange":"{venue}","fees":[{{"quoteValue":{value}}}]}}'
        for venue, value in zip(("binance", "bybit"), fees, strict=True)
    )
    text = (
        f'{{"planId":"{row_id}","pairId":"a","state":"HEDGED","createdTs":1,"endedTs":{end},"qty":0.01,"residual":0,'
        f'"pnl":{pnl},"simulated":true,"legs":[{legs}]}}'
    )
    return MadeRow("plans", row_id, text.encode())


def hedged(row_id: str, first: int, pnl: str = "-0.0545515", *, ended_ts: int | None = DAY_21) -> list[MadeRow]:
    """Bought 0.010 at Binance for 680.001, sold it at Bybit for 681.001; fees 0.680001 and 0.3745505."""
    return [
        fill(first, "buy 0.010 68000.10 binance spot BTCUSDT", plan=row_id),
        fill(first + 1, "sell 0.010 68100.10 bybit linear BTCUSDT", plan=row_id),
        plan(row_id, pnl, ("0.680001", "0.3745505"), ended_ts=ended_ts),
    ]


Told = tuple[str, str, str, Decimal, Decimal, Decimal, int, int]


def told(found: tuple[PlanResult, ...]) -> list[Told]:
    amounts = [(Decimal(row.pnl), Decimal(row.fees), Decimal(row.turnover)) for row in found]
    return [
        (row.day, row.strategy, row.exchange, *of, row.plans, row.wins) for row, of in zip(found, amounts, strict=True)
    ]


def line(day: str, strategy: str, exchange: str, amounts: str, plans: int = 0, wins: int = 0) -> Told:
    """`amounts`: profit, fees and turnover."""
    pnl, fees, turnover = (Decimal(text) for text in amounts.split())
    return (day, strategy, exchange, pnl, fees, turnover, plans, wins)


async def test_results_of_plans_are_counted_once_by_day_and_venue(
    writer: TradingWriter, history: SqlTradingHistory
) -> None:
    batch = [*hedged("plan_000001", 1), *hedged("plan_000002", 3, ended_ts=None)]
    await writer.project(1, batch)
    await writer.project(1, batch)
    assert told(await history.results("2026-09-01")) == [
        line("2026-09-21", "arbitrage", "", "-0.0545515 1.0545515 1361.002", 1, 0),
        line("2026-09-21", "arbitrage", "binance", "-680.681001 0.680001 680.001", 1, 0),
        line("2026-09-21", "arbitrage", "bybit", "680.6264495 0.3745505 681.001", 1, 0),
    ]
    assert await history.results("2026-09-22") == ()
    assert await history.beside_plans() == Earned(Decimal(0), Decimal(0), Decimal(0))


async def test_what_unwinding_cost_stands_at_its_venue(writer: TradingWriter, history: SqlTradingHistory) -> None:
    # The leg at Bybit was refused; what Binance had bought for 680.00 it sold for 679.90, with fees of 0.68 and 0.6799.
    await writer.project(
        1,
        [
            fill(1, "buy 0.010 68000 binance spot BTCUSDT", plan="plan_000001"),
            fill(2, "sell 0.010 67990 binance spot BTCUSDT", plan="plan_000001"),
            plan("plan_000001", "-1.4599", ("1.3599", "0")),
        ],
    )
    assert told(await history.results("2026-09-01")) == [
        line("2026-09-21", "arbitrage", "", "-1.4599 1.3599 1359.90", 1, 0),
        line("2026-09-21", "arbitrage", "binance", "-1.4599 1.3599 1359.90", 1, 0),
        line("2026-09-21", "arbitrage", "bybit", "0 0 0", 1, 0),
    ]


async def test_a_plan_that_changes_after_its_end_takes_back_what_it_had_added(
    writer: TradingWriter, history: SqlTradingHistory
) -> None:
    await writer.project(1, [*hedged("plan_000001", 1), *hedged("plan_000002", 3, "1")])
    # A late fill, and the plan that knows of it, in batches of their own: 0.001 more sold at Bybit, for 68.2, fee 0.04.
    await writer.project(2, [fill(9, "sell 0.001 68200 bybit linear BTCUSDT", plan="plan_000001")])
    await writer.project(3, [plan("plan_000001", "68.1054485", ("0.680001", "0.4145505"))])
    assert told(await history.results("2026-09-01")) == [
        line("2026-09-21", "arbitrage", "", "69.1054485 2.1491030 2790.204", 2, 2),
        line("2026-09-21", "arbitrage", "binance", "-1361.362002 1.360002 1360.002", 2, 0),
        line("2026-09-21", "arbitrage", "bybit", "1429.412899 0.7891010 1430.202", 2, 0),
    ]
    await writer.project(4, hedged("plan_000002", 3, "1", ended_ts=None))
    assert told(await history.results("2026-09-01"))[0][6:] == (1, 1)


async def test_results_are_of_the_trading_day_and_made_anew_by_a_rebuild(
    database: Database, history: SqlTradingHistory
) -> None:
    far = TradingWriter(database, "Pacific/Auckland")
    batch = [*hedged("plan_000001", 1, ended_ts=1_790_078_400_000), fill(9, "buy 1 9 okx spot ETHUSDT", ts=DAY_21)]
    await far.project(1, batch)
    assert [row.day for row in await history.results("2026-09-01")] == ["2026-09-22", *["2026-09-23"] * 3]
    await far.clear()
    assert await history.results("2026-09-01") == ()
    await far.project(1, batch)
    assert len(await history.results("2026-09-01")) == 4
    assert (await history.beside_plans()).turnover == 9


# Reckoned by hand, all in USDT. Okx spot holds after the TWAP 0.4 ETH for 900 + 310 = 1210, 3025 each.
#   the TWAP's fees: 0.0003 ETH at 3000 and 0.0001 ETH at 3100, 0.9 + 0.31
#   by hand, sold 0.2 at 3200: 640 less 605 is 35, fee 0.64
#   the protection, sold 0.2 at 2900: 580 less 605 is -25, fee 0.58
# Somebody else at Bybit sold 0.01 BTC short for 680, fee 0.374, and bought 0.02 for 1340: half of it closes the short
# with a profit of 10, its fee is of a third asset and has no value here.
BESIDE = [
    fill(1, "buy 0.3 3000 okx spot ETH-USDT", plan="twap_001", fee=("0.0003", "ETH")),
    fill(2, "buy 0.1 3100 okx spot ETH-USDT", plan="twap_001", fee=("0.0001", "ETH"), ts=DAY_21 + 1),
    fill(3, "sell 0.2 3200 okx spot ETH-USDT", fee=("0.64", "USDT"), ts=DAY_21 + 2),
    fill(4, "sell 0.2 2900 okx spot ETH-USDT", plan="protect_001", fee=("0.58", "USDT"), ts=DAY_22),
    fill(5, "sell 0.01 68000 bybit linear BTCUSDT", order=None, fee=("0.374", "USDT"), ts=DAY_21),
    fill(6, "buy 0.02 67000 bybit linear BTCUSDT", order=None, fee=("0.001", "BNB"), ts=DAY_22),
]
BY_HAND = [
    line("2026-09-21", "external", "bybit", "-0.374 0.374 680"),
    line("2026-09-21", "order", "okx", "34.36 0.64 640"),
    line("2026-09-21", "twap", "okx", "-1.21 1.21 1210"),
    line("2026-09-22", "external", "bybit", "10 0 1340"),
    line("2026-09-22", "protection", "okx", "-25.58 0.58 580"),
]
ALL_DAYS = Earned(Decimal("17.196"), Decimal("2.804"), Decimal(4450))


@pytest.mark.parametrize("size", [1, 2, 6], ids=lambda size: f"{size} a batch")
async def test_what_trades_beside_plans_is_counted_once_as_by_hand(
    writer: TradingWriter, history: SqlTradingHistory, size: int
) -> None:
    for at in range(0, len(BESIDE), size):
        await writer.project(at + 1, BESIDE[at : at + size])
        await writer.project(at + 1, BESIDE[at : at + size])
    assert told(await history.results("2026-09-01")) == BY_HAND
    assert await history.beside_plans() == ALL_DAYS
