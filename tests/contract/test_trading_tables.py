"""The UnitOfWork and TradingHistory ports over real databases: what is projected is read back, digit for digit."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.contract.databases import KINDS, fresh
from tests.contract.rows import MadeRow, fill, order, pair, plan, protection, twap

from tidegate.model.errors import Code, TidegateError
from tidegate.ports.read import EquityPoint, HistoryFilter, PageRequest
from tidegate.ports.store import Alert
from tidegate.store.database import Database
from tidegate.store.trading import tables
from tidegate.store.trading.history import SqlTradingHistory
from tidegate.store.trading.writer import ALERTS_KEEP_MS, EQUITY_KEEP_MS, SPREAD_KEEP_MS, TradingWriter


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


async def test_documents_come_back_byte_for_byte(writer: TradingWriter, history: SqlTradingHistory) -> None:
    made = order("a1", 1000, qty="0.0100")
    await writer.project(7, [made])
    assert await history.order("a1") == made.doc
    assert await writer.projected_seq() == 7


async def test_lifted_amounts_keep_their_digits(writer: TradingWriter, database: Database) -> None:
    await writer.project(1, [plan("plan_000001", 5, pnl="-12345678901234567.123456789012345670")])
    async with database.read() as connection:
        found = (await connection.execute(select(tables.plans.c.pnl))).scalar_one()
    assert str(found) == "-12345678901234567.123456789012345670"
    assert isinstance(found, Decimal)


async def test_a_batch_given_twice_changes_nothing(writer: TradingWriter, history: SqlTradingHistory) -> None:
    batch = [order("a1", 1000), fill("binance:main:9", 1001), plan("plan_000001", 999)]
    await writer.project(3, batch)
    await writer.project(3, batch)
    assert len((await history.orders()).items) == 1
    assert len((await history.fills()).items) == 1


async def test_the_newest_state_of_a_row_wins(writer: TradingWriter, history: SqlTradingHistory) -> None:
    await writer.project(1, [order("a1", 1000, state="OPEN")])
    await writer.project(2, [order("a1", 1000, state="OPEN"), order("a1", 1000, state="FILLED")])
    assert len((await history.orders(HistoryFilter(state="FILLED"))).items) == 1
    assert (await history.orders(HistoryFilter(state="OPEN"))).items == ()


async def test_a_row_without_document_is_deleted(writer: TradingWriter, database: Database) -> None:
    await writer.project(1, [pair("x")])
    await writer.project(2, [MadeRow("pairs", "x", b"")])
    async with database.read() as connection:
        assert (await connection.execute(select(tables.pairs.c.id))).all() == []


async def test_a_row_that_fits_no_table_does_not_hold_up_the_others(
    writer: TradingWriter, history: SqlTradingHistory
) -> None:
    broken = MadeRow("orders", "bad", b'{"side": "sideways"}')
    await writer.project(4, [broken, order("good", 1), MadeRow("orders", "worse", b"not json")])
    assert len((await history.orders()).items) == 1
    assert await writer.projected_seq() == 4


async def test_pages_follow_each_other_without_gap_while_rows_are_added(
    writer: TradingWriter, history: SqlTradingHistory
) -> None:
    # Three share a time, so the id decides.
    await writer.project(1, [order(f"o{n}", 1000 + n // 3) for n in range(10)])
    seen: list[bytes] = []
    page = await history.orders(page=PageRequest(limit=4))
    seen += page.items
    await writer.project(2, [order("later", 5000)])
    while page.next_cursor is not None:
        page = await history.orders(page=PageRequest(limit=4, cursor=page.next_cursor))
        seen += page.items
    expected = ["o9", "o8", "o7", "o6", "o5", "o4", "o3", "o2", "o1", "o0"]
    assert [item.split(b'"')[3].decode() for item in seen] == expected


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        (HistoryFilter(exchange="bybit"), 1),
        (HistoryFilter(exchange="binance", symbol="BTCUSDT"), 2),
        (HistoryFilter(plan_id="plan_000001"), 3),
        (HistoryFilter(from_ts=2000, to_ts=3000), 1),
        (HistoryFilter(account="other"), 0),
    ],
    ids=["exchange", "symbol", "plan", "time", "account"],
)
async def test_lists_are_narrowed(
    writer: TradingWriter, history: SqlTradingHistory, narrow: HistoryFilter, expected: int
) -> None:
    await writer.project(1, [order("a", 1000), order("b", 2000), order("c", 3000, exchange="bybit")])
    assert len((await history.orders(narrow)).items) == expected


@pytest.mark.parametrize(
    "page",
    [
        PageRequest(limit=0),
        PageRequest(limit=1001),
        PageRequest(cursor="%%"),
        PageRequest(cursor="eA"),
        pytest.param(PageRequest(cursor="OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk6YQ"), id="a time that fits no database"),
        pytest.param(PageRequest(cursor="MTphAGI"), id="NUL"),
        pytest.param(PageRequest(cursor="LTE6YQ"), id="a negative time"),
    ],
)
async def test_a_page_that_cannot_be_is_a_validation_error(history: SqlTradingHistory, page: PageRequest) -> None:
    with pytest.raises(TidegateError) as caught:
        await history.orders(page=page)
    assert caught.value.code is Code.VALIDATION_ERROR


async def test_spreads_are_read_back_oldest_first(writer: TradingWriter, history: SqlTradingHistory) -> None:
    bought_first = b'{"pairId":"x","direction":"leg1_buy","netPercent":0.0500}'
    bought_second = b'{"pairId":"x","direction":"leg2_buy","netPercent":null}'
    sample = b"[%s,%s]" % (bought_first, bought_second)
    for ts in (10, 20, 30):
        await writer.add_spreads(ts, sample)
    points = (await history.spreads("x", 10, 30)).points
    assert [(point.ts, point.leg1_buy, point.leg2_buy) for point in points] == [
        (10, "0.0500", None),
        (20, "0.0500", None),
    ]


async def test_a_long_range_is_thinned_evenly(writer: TradingWriter, history: SqlTradingHistory) -> None:
    for ts in range(0, 1000, 10):
        await writer.add_spreads(ts, b'[{"pairId":"x","direction":"leg1_buy","netPercent":1}]')
    points = (await history.spreads("x", 0, 10_000, limit=10)).points
    assert [point.ts for point in points] == [90, 190, 290, 390, 490, 590, 690, 790, 890, 990]


async def test_old_samples_are_forgotten(writer: TradingWriter, history: SqlTradingHistory) -> None:
    await writer.add_spreads(1, b'[{"pairId":"x","direction":"leg1_buy","netPercent":1}]')
    await TradingWriter(writer._database).add_spreads(SPREAD_KEEP_MS + 2, b"[]")
    assert (await history.spreads("x", 0, 10)).points == ()


async def test_equity_is_read_back_exactly_and_thinned(writer: TradingWriter, history: SqlTradingHistory) -> None:
    told = b'{"pnl":7,"realizedPnl":0.100000000000000002,"unrealizedPnl":-1.999999999999999999,"feesPaid":2.5}'
    for ts in range(0, 1000, 10):
        await writer.add_equity(ts, told)
    whole = await history.equity(0, 20)
    assert whole[0] == EquityPoint(0, "0.100000000000000002", "2.5", "-1.899999999999999997")
    assert [point.ts for point in await history.equity(0, 10_000, limit=4)] == [240, 490, 740, 990]
    assert await history.equity(5000, 6000) == ()
    await writer.add_equity(EQUITY_KEEP_MS + 500, told)
    assert [point.ts for point in await history.equity(0, 501)] == [500]


def alert(number: int, ts: int, severity: str = "warning") -> Alert:
    return Alert(
        id=str(1_700_000_000_000 + number), ts=ts, severity=severity, event="engine_alert", doc=b'{"n":%d}' % number
    )


async def test_alerts_are_paged_newest_first_and_narrowed(writer: TradingWriter, history: SqlTradingHistory) -> None:
    await writer.add_alerts([alert(1, 10), alert(2, 10, "critical"), alert(3, 30)])
    await writer.add_alerts([alert(3, 30)])
    first = await history.alerts(page=PageRequest(limit=2))
    assert first.items == (b'{"n":3}', b'{"n":2}')
    assert (await history.alerts(page=PageRequest(limit=2, cursor=first.next_cursor))).items == (b'{"n":1}',)
    assert (await history.alerts(HistoryFilter(severity="critical"))).items == (b'{"n":2}',)
    assert (await history.alerts(HistoryFilter(from_ts=11))).items == (b'{"n":3}',)


async def test_alerts_outlive_a_rebuild_and_end_with_their_time(
    writer: TradingWriter, history: SqlTradingHistory
) -> None:
    await writer.add_alerts([alert(1, 10)])
    await writer.clear()
    assert len((await history.alerts()).items) == 1
    await writer.add_alerts([alert(2, ALERTS_KEEP_MS + 11)])
    assert (await history.alerts()).items == (b'{"n":2}',)


async def test_twap_plans_have_a_table_of_their_own(writer: TradingWriter, history: SqlTradingHistory) -> None:
    made = [twap("twap_001", 10, state="completed"), twap("twap_002", 20)]
    await writer.project(1, made)
    page = await history.twaps(HistoryFilter(state="running"))
    assert page.items == (made[1].doc,)
    assert await history.twap("twap_001") == made[0].doc
    await writer.project(2, [MadeRow("twap_plans", "twap_001", b'{"deleted":true}')])
    assert await history.twap("twap_001") is None


async def test_protections_have_a_table_of_their_own(writer: TradingWriter, history: SqlTradingHistory) -> None:
    made = [protection("protect_001", 10, state="closed"), protection("protect_002", 20)]
    await writer.project(1, made)
    page = await history.protections(HistoryFilter(state="armed", exchange="bybit", symbol="BTCUSDT"))
    assert page.items == (made[1].doc,)
    assert await history.protection("protect_001") == made[0].doc
    assert await history.protection("protect_003") is None
