"""Fills are had to the last one, or the question is refused; pages go by numbers that never change."""

from collections.abc import AsyncIterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from tests.unit.bridge import doubles
from tests.unit.bridge.doubles import NOW, World

from tidegate.bridge.account import Wanted
from tidegate.bridge.fills import MARGIN_MS
from tidegate.bridge.refusals import RefusalError, Word
from tidegate.bridge.ways import Find, Way

ONE = "TGA70010000010"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    px = Decimal(60000)
    await made.account.place(Wanted("BTC-USDT", ONE, "buy", "limit", Decimal(1), px), 2**53)
    yield made
    await made.ledger.close()


async def test_a_full_answer_is_asked_for_again_in_halves_until_all_are_there(world: World) -> None:
    for number in range(10):
        world.client.trade(f"T{number}", "O1", NOW - 100_000 + number * 7_000)
    rows = await world.account.fills.page("BTC-USDT", NOW - 200_000, None, 100)
    assert [row["tradeId"] for row in rows] == [f"T{number}" for number in range(10)]
    assert {row["clientId"] for row in rows} == {ONE}
    asked = [question for question in world.client.asked if question[0] == "fetch_my_trades"]
    assert asked[0] == ("fetch_my_trades", "BTC/USDT", NOW - 200_000 - MARGIN_MS, 3, NOW + MARGIN_MS)
    assert len(asked) > 4


async def test_more_at_once_than_the_exchange_shows_is_refused_not_cut(world: World) -> None:
    for number in range(4):
        world.client.trade(f"T{number}", "O1", NOW)
    with pytest.raises(RefusalError, match="more fills in a moment"):
        await world.account.fills.page("BTC-USDT", NOW - 1000, None, 100)


async def test_a_long_time_is_asked_for_span_by_span(tmp_path: Path) -> None:
    world = World(tmp_path, Way(Find.FETCH, 3, 3, span_ms=100_000, all_markets=True, limit=False))
    await world.account.fills.page("BTC-USDT", NOW - 250_000, None, 100)
    spans = sorted(
        (start, stop) for _, symbol, start, limit, stop in world.client.asked if (symbol, limit) == (None, None)
    )
    assert [stop - start for start, stop in spans] == [100_000, 100_000, 52_000]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    await world.ledger.close()


async def test_a_page_goes_on_behind_a_number_without_asking_again(world: World) -> None:
    for number in range(3):
        world.client.trade(f"T{number}", "O1", NOW + number * 300)
    first = await world.account.fills.page("BTC-USDT", NOW - 10, None, 2)
    asked = len(world.client.asked)
    second = await world.account.fills.page("BTC-USDT", NOW - 10, int(first[-1]["seq"]), 2)
    assert [row["tradeId"] for row in (*first, *second)] == ["T0", "T1", "T2"]
    assert len(world.client.asked) == asked
    # Known ones keep their number and are not new again.
    assert await world.account.fills.collect(world.markets.named("BTC-USDT"), NOW) == []


async def test_a_fill_of_an_order_whose_id_was_never_learnt_is_ours_all_the_same(world: World) -> None:
    world.client.lost = doubles.RequestTimeout("no answer")
    with pytest.raises(RefusalError):
        await world.account.place(Wanted("BTC-USDT", "TGA70010000020", "buy", "ioc", Decimal(1), Decimal(60000)), 2**53)
    world.client.trade("T1", "O2", NOW)
    (row,) = await world.account.fills.collect(world.markets.named("BTC-USDT"), NOW)
    assert (row["orderId"], row["clientId"]) == ("O2", "TGA70010000020")


async def test_whose_a_fill_is_is_asked_or_the_question_fails(world: World) -> None:
    world.client.trade("T1", "Q7", NOW)
    world.client.unread = doubles.NetworkError("cut")
    with pytest.raises(RefusalError) as refused:
        await world.account.fills.page("BTC-USDT", NOW - 10, None, 100)
    assert refused.value.word is Word.OUTCOME_UNKNOWN
    world.client.unread = None
    (row,) = await world.account.fills.page("BTC-USDT", NOW - 10, None, 100)
    assert row["clientId"] == ""
