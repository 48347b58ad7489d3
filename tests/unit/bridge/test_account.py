"""Each order leaves once; what is not known is called unknown; "no such order" is said only where it is certain."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.bridge import doubles
from tests.unit.bridge.doubles import NOW, World

from tidegate.bridge.account import OPEN_MAX, SETTLE_MS, Wanted
from tidegate.bridge.refusals import RefusalError, Word
from tidegate.bridge.ways import WAYS, Find, Way

ONE, TWO = "TGA70010000010", "TGA70010000020"
FOREVER = 2**53
LISTS = Way(Find.LISTS, open_page=3, fills_page=3, span_ms=3_600_000)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    yield made
    await made.ledger.close()


def wanted(client: str = ONE, kind: str = "ioc", **change: object) -> Wanted:
    px = None if kind == "market" else Decimal(60000)
    given = {"symbol": "BTC-USDT", "client": client, "side": "sell", "kind": kind, "qty": Decimal("0.10"), "px": px}
    return Wanted(**(given | change))  # type: ignore[arg-type]


async def word_of(work: object) -> Word:
    with pytest.raises(RefusalError) as refused:
        await work  # type: ignore[misc]
    return refused.value.word


KINDS = {
    "limit": ("limit", "60000", {}),
    "ioc": ("limit", "60000", {"timeInForce": "IOC"}),
    "fok": ("limit", "60000", {"timeInForce": "FOK"}),
    "post_only": ("limit", "60000", {"postOnly": True}),
    "market": ("market", None, {}),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_order_leaves_as_exact_text_with_our_id(world: World, kind: str) -> None:
    assert await world.account.place(wanted(kind=kind), FOREVER) == "O1"
    kept_kind, px, params = KINDS[kind]
    assert world.client.created == [
        ("BTC/USDT", kept_kind, "sell", "0.10", px, {**params, "clientOrderId": ONE})
    ]  # fmt: skip


async def test_an_id_is_used_once_even_after_a_restart(world: World) -> None:
    await world.account.place(wanted(), FOREVER)
    assert await word_of(world.account.place(wanted(), FOREVER)) is Word.DUPLICATE_CLIENT_ID
    await world.ledger.close()
    world.open()
    assert await word_of(world.account.place(wanted(), FOREVER)) is Word.DUPLICATE_CLIENT_ID
    assert len(world.client.created) == 1


async def test_a_lost_answer_is_unknown_and_the_order_is_found_by_our_id(world: World) -> None:
    world.client.lost = doubles.RequestTimeout("no answer")
    assert await word_of(world.account.place(wanted(), FOREVER)) is Word.OUTCOME_UNKNOWN
    row = await world.account.order("BTC-USDT", client=ONE)
    assert (row["orderId"], row["clientId"], row["state"]) == ("O1", ONE, "open")
    # Learnt: from now on it is asked for by the exchange's id.
    await world.account.order("BTC-USDT", client=ONE)
    assert world.client.asked == [("fetch_order", "", {"clientOrderId": ONE}), ("fetch_order", "O1", {})]
    assert len(world.client.created) == 1


async def test_an_exchange_that_has_no_such_question_is_looked_through(tmp_path: Path) -> None:
    world = World(tmp_path, LISTS)
    world.client.lost = doubles.RequestTimeout("no answer")
    for client, ended in ((ONE, False), (TWO, True)):
        assert await word_of(world.account.place(wanted(client), FOREVER)) is Word.OUTCOME_UNKNOWN
        if ended:
            world.client.orders["O2"]["status"] = "canceled"
        assert (await world.account.order("BTC-USDT", client=client))["clientId"] == client
    assert await word_of(world.account.order("BTC-USDT", client="TGA70010000030")) is Word.UNKNOWN_ORDER
    await world.ledger.close()


async def test_what_was_sent_a_moment_ago_is_not_called_absent(world: World) -> None:
    world.client.refused = doubles.NetworkError("cut")
    assert await word_of(world.account.place(wanted(), FOREVER)) is Word.OUTCOME_UNKNOWN
    assert await word_of(world.account.order("BTC-USDT", client=ONE)) is Word.OUTCOME_UNKNOWN
    world.now = NOW + SETTLE_MS - 1
    assert await word_of(world.account.order("BTC-USDT", client=ONE)) is Word.OUTCOME_UNKNOWN
    world.now = NOW + SETTLE_MS
    assert await word_of(world.account.order("BTC-USDT", client=ONE)) is Word.UNKNOWN_ORDER


async def test_a_kill_between_intent_and_send_leaves_an_unknown_order(world: World) -> None:
    world.client.gate.clear()
    sending = asyncio.create_task(world.account.place(wanted(), FOREVER))
    async with asyncio.timeout(5):
        await world.client.reached.wait()
    assert await word_of(world.account.order("BTC-USDT", client=ONE)) is Word.OUTCOME_UNKNOWN
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await world.ledger.close()
    world.open()
    assert await word_of(world.account.order("BTC-USDT", client=ONE)) is Word.OUTCOME_UNKNOWN
    assert await word_of(world.account.place(wanted(), FOREVER)) is Word.DUPLICATE_CLIENT_ID
    assert world.client.created == []


async def test_a_refusal_is_one_and_nothing_is_waited_for(world: World) -> None:
    world.client.refused = doubles.InsufficientFunds("no money")
    assert await word_of(world.account.place(wanted(), FOREVER)) is Word.INSUFFICIENT_FUNDS
    assert await world.account.still_open(10) == []
    assert await word_of(world.account.order("BTC-USDT", client=ONE)) is Word.UNKNOWN_ORDER


async def test_a_late_order_never_leaves(world: World) -> None:
    assert await word_of(world.account.place(wanted(), 1)) is Word.TIMESTAMP
    assert (world.client.created, await world.account.still_open(10)) == ([], [])


async def test_an_error_of_the_question_is_not_an_answer(world: World) -> None:
    await world.account.place(wanted(), FOREVER)
    for error, word in (
        (doubles.NetworkError("cut"), Word.OUTCOME_UNKNOWN),
        (doubles.RateLimitExceeded("slow"), Word.RATE_LIMITED),
        (doubles.ExchangeError("?"), Word.OUTCOME_UNKNOWN),
    ):
        world.client.unread = error
        assert await word_of(world.account.order("BTC-USDT", client=ONE)) is word


async def test_a_cancel_names_the_exchanges_id_even_where_it_has_to_be_found(world: World) -> None:
    world.client.lost = doubles.RequestTimeout("no answer")
    assert await word_of(world.account.place(wanted(), FOREVER)) is Word.OUTCOME_UNKNOWN
    assert await world.account.cancel("BTC-USDT", ONE) == "O1"
    row = await world.account.order("BTC-USDT", client=ONE)
    assert (row["state"], await world.account.still_open(10)) == ("cancelled", [])
    assert await word_of(world.account.cancel("BTC-USDT", TWO)) is Word.UNKNOWN_ORDER


async def test_an_answer_about_another_order_is_no_answer(world: World) -> None:
    await world.account.place(wanted(), FOREVER)
    other = dict(world.client.orders["O1"], id="O9", clientOrderId="somebody")

    async def fetch_order(*_: object) -> object:
        return other

    world.client.fetch_order = fetch_order  # type: ignore[method-assign]
    assert await word_of(world.account.order("BTC-USDT", client=TWO)) is Word.OUTCOME_UNKNOWN


async def test_open_orders_are_all_or_none(world: World) -> None:
    for client in (ONE, TWO):
        await world.account.place(wanted(client), FOREVER)
    world.client.orders["O2"]["clientOrderId"] = None
    # What we wrote down counts more than what the exchange leaves out.
    assert [row["clientId"] for row in await world.account.open_orders()] == [ONE, TWO]
    await world.account.place(wanted("TGA70010000030"), FOREVER)
    assert await word_of(world.account.open_orders()) is Word.OTHER


async def test_an_exchange_that_nobody_has_read_takes_no_orders_and_shows_balances(tmp_path: Path) -> None:
    world = World(tmp_path, None)
    assert "no orders" in world.account.why_not
    for work in (
        world.account.place(wanted(), FOREVER),
        world.account.open_orders(),
        world.account.order("BTC-USDT", client=ONE),
        world.account.fills.page("BTC-USDT", 0, None, 100),
    ):
        assert await word_of(work) is Word.OTHER
    assert [row["asset"] for row in await world.account.balances()] == ["BTC", "USDT"]
    assert world.client.created == []
    await world.ledger.close()


def test_no_list_of_open_orders_that_is_shown_may_pass_for_more_than_it_is() -> None:
    assert all(0 < way.open_page <= OPEN_MAX for way in WAYS.values())
