"""The bridge with the real ccxt before a simulated exchange: what its wire says is what the exchange says.

Asked beside it: ccxt's own client, with an address of its own.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from .bridges import Bridge, Sim, running, signed, until
from .clients import client
from .servers import KEY, PASSPHRASE, SECRET, Served

VENUES = ["okx", "binance", "bitget"]
SYMBOL, UNIFIED = "BTC-USDT", "BTC/USDT"
ARRIVES_S = 20.0
FAR = 0.9
"""Of the best bid: an order there rests."""


class Link:
    """One logged-in socket of the account, and what it said."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def said(self, **wanted: str) -> Any:
        """The first message whose members are these."""
        async with asyncio.timeout(ARRIVES_S):
            while True:
                message = await self._socket.receive_json()
                flat = message | {"channel": message.get("arg", {}).get("channel")}
                if all(flat.get(name) == value for name, value in wanted.items()):
                    return message

    async def place(self, client_id: str, **order: str) -> None:
        args = {"symbol": SYMBOL, "clientId": client_id, **order}
        expires = str(int(time.time() * 1000) + 3000)
        await self._socket.send_json({"id": client_id, "op": "place", "expires": expires, "args": [args]})

    async def cancel(self, client_id: str) -> None:
        args = {"symbol": SYMBOL, "clientId": client_id}
        await self._socket.send_json({"id": f"c{client_id}", "op": "cancel", "args": [args]})


async def linked(session: aiohttp.ClientSession, bridge: Bridge) -> Link:
    socket = await session.ws_connect(f"{bridge.base}/v1/account")
    moment = str(int(time.time()))
    await socket.send_json({"op": "login", "args": [{"timestamp": moment, "sign": signed(moment, "/v1/login")}]})
    channels = [{"channel": name} for name in ("orders", "fills", "balances")]
    await socket.send_json({"op": "subscribe", "args": channels})
    link = Link(socket)
    await link.said(event="login", code="0")
    return link


@pytest.fixture(scope="module", params=VENUES)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sim, Bridge]]:
    sim = Sim(request.param)
    with running(sim):
        bridge = Bridge(sim, tmp_path_factory.mktemp("bridge"))
        with running(bridge):
            yield sim, bridge


@pytest.fixture
def bridge(pair: tuple[Sim, Bridge]) -> Bridge:
    return pair[1]


@pytest_asyncio.fixture
async def link(bridge: Bridge) -> AsyncIterator[Link]:
    async with aiohttp.ClientSession() as session:
        yield await linked(session, bridge)


def beside(sim: Sim) -> Any:
    """Another client of the same exchange and account."""
    return client(Served(sim.venue, "spot", sim.rest, sim.rest.replace("http", "ws")))


def best(bridge: Bridge) -> tuple[str, str]:
    status, body = bridge.get(f"/v1/book?symbol={SYMBOL}&depth=5")
    assert status == 200, body
    return body["data"]["bids"][0][0], body["data"]["asks"][0][0]


def far(bridge: Bridge) -> str:
    return str(int(float(best(bridge)[0]) * FAR))


def held(bridge: Bridge) -> dict[str, tuple[str, str]]:
    return {row["asset"]: (row["free"], row["locked"]) for row in bridge.get("/v1/balances")[1]["data"]}


def test_its_instruments_are_the_exchanges(pair: tuple[Sim, Bridge]) -> None:
    sim, bridge = pair
    rows = {row["symbol"]: row for row in bridge.get("/v1/instruments")[1]["data"]}
    assert bridge.ready["orders"] is True
    api = beside(sim)
    for market in api.load_markets().values():
        row = rows.pop(f"{market['base']}-{market['quote']}")
        assert (float(row["tick"]), float(row["lot"])) == (market["precision"]["price"], market["precision"]["amount"])
        assert float(row["feeTaker"]) == market["taker"]
    assert rows == {}


async def test_books_arrive_whole_uncrossed_and_as_the_exchange_has_them(pair: tuple[Sim, Bridge]) -> None:
    sim, bridge = pair
    api, seen = beside(sim), []
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{bridge.base}/v1/public") as socket:
        await socket.send_json({"op": "subscribe", "args": [{"channel": "books", "instId": SYMBOL}]})
        async with asyncio.timeout(ARRIVES_S):
            assert (await socket.receive_json())["event"] == "subscribe"
            while len(seen) < 20:
                row = (await socket.receive_json())["data"][0]
                assert float(row["bids"][0][0]) < float(row["asks"][0][0])
                seen.append(row)
            assert [row["seqId"] for row in seen] == sorted({row["seqId"] for row in seen})
            # One that stood when the exchange was asked is among those that came around that moment.
            for _ in range(20):
                theirs = await asyncio.to_thread(api.fetch_order_book, UNIFIED, 5)
                seen += [(await socket.receive_json())["data"][0] for _ in range(4)]
                ours = [[[float(px), float(qty)] for px, qty in row["bids"][:5]] for row in seen[-10:]]
                if [level[:2] for level in theirs["bids"][:5]] in ours:
                    return
    pytest.fail("no book of the stream is one of the exchange's")


async def test_an_order_is_filled_once_and_everything_agrees(pair: tuple[Sim, Bridge], link: Link) -> None:
    sim, bridge = pair
    before, since = held(bridge), int(time.time() * 1000) - 5000
    # The market may move meanwhile: a little dearer than the best price fills all the same.
    dearer = str(int(float(best(bridge)[1]) * 1.005))
    await link.place("TGA70010000010", side="buy", kind="ioc", qty="0.01", px=dearer)
    accepted = await link.said(id="TGA70010000010")
    assert accepted["code"] == "0", accepted
    fill = (await link.said(channel="fills"))["data"][0]
    order = (await link.said(channel="orders"))["data"][0]
    assert (order["state"], order["filled"], order["clientId"]) == ("filled", "0.01", "TGA70010000010")
    assert (fill["clientId"], fill["orderId"], fill["role"]) == ("TGA70010000010", accepted["orderId"], "taker")
    assert float(fill["fee"]) > 0
    assert asked(bridge, "TGA70010000010")[1]["data"] == order
    _, page = bridge.get(f"/v1/fills?symbol={SYMBOL}&since={since}&limit=100")
    assert [row for row in page["data"] if row["orderId"] == accepted["orderId"]] == [fill]
    after = held(bridge)
    gained = float(after["BTC"][0]) - float(before["BTC"][0])
    paid = float(fill["fee"]) if fill["feeAsset"] == "BTC" else 0.0
    assert gained == pytest.approx(0.01 - paid, abs=1e-12)
    theirs = [trade for trade in beside(sim).fetch_my_trades(UNIFIED) if trade["order"] == accepted["orderId"]]
    assert [(trade["id"], trade["amount"]) for trade in theirs] == [(fill["tradeId"], 0.01)]


async def test_a_resting_order_is_listed_cancelled_and_cancelled_only_once(bridge: Bridge, link: Link) -> None:
    await link.place("TGA70010000020", side="buy", kind="limit", qty="0.01", px=far(bridge))
    assert (await link.said(id="TGA70010000020"))["code"] == "0"
    assert (await link.said(channel="orders"))["data"][0]["state"] == "open"
    listed = bridge.get("/v1/open-orders")[1]["data"]
    assert [(row["clientId"], row["state"]) for row in listed] == [("TGA70010000020", "open")]
    assert float(held(bridge)["USDT"][1]) > 0
    await link.cancel("TGA70010000020")
    assert (await link.said(id="cTGA70010000020"))["code"] == "0"
    assert (await link.said(channel="orders"))["data"][0]["state"] == "cancelled"
    assert bridge.get("/v1/open-orders")[1]["data"] == []
    await link.cancel("TGA70010000020")
    assert (await link.said(id="cTGA70010000020"))["code"] in {"6", "8"}


async def test_what_the_exchange_refuses_has_its_word(bridge: Bridge, link: Link) -> None:
    bid, ask = best(bridge)
    await link.place("TGA70010000030", side="buy", kind="limit", qty="0.01", px=far(bridge))
    assert (await link.said(id="TGA70010000030"))["code"] == "0"
    cases = [
        ("TGA70010000030", {"side": "buy", "kind": "ioc", "qty": "0.01", "px": ask}, "5"),
        ("TGA70010000040", {"side": "sell", "kind": "ioc", "qty": "900", "px": bid}, "2"),
        ("TGA70010000050", {"side": "buy", "kind": "ioc", "qty": "0.000000001", "px": ask}, "3"),
        ("TGA70010000060", {"side": "buy", "kind": "market", "qty": "0.01"}, "3"),
    ]
    for client_id, order, code in cases:
        await link.place(client_id, **order)
        answer = await link.said(id=client_id)
        assert answer["code"] == code, answer
    # What never came to be is absent, not unknown.
    for client_id in ("TGA70010000040", "TGA70010000050"):
        assert asked(bridge, client_id)[1]["code"] == "6"
    await link.cancel("TGA70010000030")
    assert (await link.said(id="cTGA70010000030"))["code"] == "0"


async def test_a_lost_answer_is_unknown_and_then_found_by_our_id(pair: tuple[Sim, Bridge], link: Link) -> None:
    sim, bridge = pair
    price = far(bridge)
    sim.fail(answer_lost=1)
    await link.place("TGA70010000070", side="buy", kind="limit", qty="0.01", px=price)
    assert (await link.said(id="TGA70010000070"))["code"] == "1"
    sim.fail(answer_lost=0)
    await asyncio.to_thread(until, lambda: asked(bridge, "TGA70010000070")[0] == 200, "it")
    assert asked(bridge, "TGA70010000070")[1]["data"]["state"] == "open"
    assert own(sim, "TGA70010000070") == 1
    await link.cancel("TGA70010000070")
    assert (await link.said(id="cTGA70010000070"))["code"] == "0"


def asked(bridge: Bridge, client_id: str) -> tuple[int, Any]:
    return bridge.get(f"/v1/order?symbol={SYMBOL}&clientId={client_id}")


def own(sim: Sim, client_id: str) -> int:
    """How many open orders of this id the exchange has, by its own ids."""
    found = beside(sim).fetch_open_orders(UNIFIED)
    return len({order["id"] for order in found if order["clientOrderId"] == client_id})


async def test_a_bridge_killed_in_the_middle_of_an_order_finds_it_again_and_never_repeats_it(
    pair: tuple[Sim, Bridge],
) -> None:
    """The exchange is held still while the order is under way to it, and goes on when the bridge is dead."""
    sim, bridge = pair
    price = far(bridge)
    async with aiohttp.ClientSession() as session:
        link = await linked(session, bridge)
        sim.process.send_signal(signal.SIGSTOP)
        await link.place("TGA70010000080", side="buy", kind="limit", qty="0.01", px=price)
        await asyncio.sleep(1.0)
        bridge.kill()
        sim.process.send_signal(signal.SIGCONT)
    bridge.start()
    await asyncio.to_thread(until, lambda: asked(bridge, "TGA70010000080")[1]["code"] != "1", "its fate")
    status, body = asked(bridge, "TGA70010000080")
    assert (status, body["data"]["state"]) == (200, "open")
    async with aiohttp.ClientSession() as session:
        link = await linked(session, bridge)
        await link.place("TGA70010000080", side="buy", kind="limit", qty="0.01", px=price)
        assert (await link.said(id="TGA70010000080"))["code"] == "5"
        assert own(sim, "TGA70010000080") == 1
        await link.cancel("TGA70010000080")
        assert (await link.said(id="cTGA70010000080"))["code"] == "0"


def test_no_key_and_no_signature_stands_in_its_log(bridge: Bridge) -> None:
    """After all of the above: refusals, lost answers, a kill."""
    log = bridge.log.read_text()
    assert '"event":"request_refused"' in log
    assert [word for word in (KEY, SECRET, PASSPHRASE, "signature=") if word in log] == []
