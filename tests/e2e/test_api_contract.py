"""The outer contract against a real process: shapes, events, executions and their arithmetic, sessions."""

import asyncio
import json
from contextlib import asynccontextmanager
from decimal import Decimal

import aiohttp
import pytest
from pydantic import TypeAdapter
from tests.e2e.harness import PASSWORD, Node, running, until

from tidegate.api.jsontext import load_object
from tidegate.api.route import PUBLIC
from tidegate.api.table import ROUTES

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

CHANNELS = ["prices:binance:spot:BTCUSDT", "pairs:*", "orders", "plans", "alerts", "balances", "status"]
WANTED = {"price_update", "opportunity", "order_submitted", "order_filled", "plan_update"}
EVENT_FIELDS = {
    "price_update": {"exchange", "symbol", "type", "bid", "ask", "bidQty", "askQty", "ts"},
    "opportunity": {"pairId", "spread", "spreadPercent", "netPercent", "qty", "buy", "sell", "ts"},
    "order_submitted": {"exchange", "orderId", "clientOrderId", "symbol", "side", "qty", "price", "planId", "ts"},
    "order_filled": {"exchange", "orderId", "price", "qty", "filledQty", "fee", "feeAsset", "planId", "ts"},
    "plan_update": {"planId", "pairId", "state", "legs", "residual", "pnl", "timeline"},
}


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with running(Node(tmp_path_factory.mktemp("api"))) as started:
        started.ready()
        until(started.ended_plans, "a plan", 60)
        yield started


@asynccontextmanager
async def session(node):
    """A logged-in client."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{node.port}") as client:
        async with client.post("/api/auth/login", json={"username": "admin", "password": PASSWORD}) as answer:
            tokens = (await answer.json())["data"]
        client.headers["Authorization"] = f"Bearer {tokens['accessToken']}"
        yield client, tokens


async def exact(client, method, path, **more):
    """(status, document) with amounts as Decimal."""
    async with client.request(method, path, **more) as answer:
        return answer.status, load_object(await answer.read())


PLAIN = [row for row in ROUTES if row.method == "GET" and "{" not in row.path and not row.raw]


@pytest.mark.parametrize("row", PLAIN, ids=[row.path for row in PLAIN])
async def test_every_plain_get_answers_in_its_declared_shape(row, node):
    async with session(node) as (client, _):
        status, document = await exact(client, "GET", row.path)
        assert (status, document["success"]) == (200, True), document
        TypeAdapter(row.reply).validate_python(document["data"])
        assert row.permission == PUBLIC or (await aiohttp_status(node, row.path)) == 401


async def aiohttp_status(node, path):
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{node.port}{path}") as answer:
        return answer.status


@pytest.mark.parametrize("exchange", ["binance", "bybit"])
async def test_prices_come_from_the_live_book_and_the_ticker_from_the_venue(exchange, node):
    async with session(node) as (client, _):
        status, document = await exact(client, "GET", f"/api/prices/{exchange}/BTCUSDT?type=linear&depth=5")
        book = document["data"]
        assert status == 200
        assert (book["source"], book["synced"], book["simulated"]) == ("book", True, True)
        assert 0 < len(book["bids"]) <= 5
        assert all(isinstance(text, str) for level in book["bids"] + book["asks"] for text in level)
        assert Decimal(book["bids"][0][0]) < Decimal(book["asks"][0][0])
        status, document = await exact(client, "GET", f"/api/prices/{exchange}/BTCUSDT/ticker")
        assert status == 200, document
        assert document["data"]["simulated"] is True
        status, document = await exact(client, "GET", f"/api/prices/{exchange}/NOSUCHUSDT")
        assert (status, document["error"]["code"]) == (404, "NOT_FOUND"), document


async def test_the_stream_shows_the_main_job(node):
    seen = {}
    async with session(node) as (client, _):
        async with client.post("/api/auth/ws-ticket") as answer:
            ticket = (await answer.json())["data"]["ticket"]
        async with client.ws_connect(f"/ws?ticket={ticket}") as socket:
            await socket.send_json({"op": "subscribe", "channels": CHANNELS})
            last = 0
            async with asyncio.timeout(60):
                while not seen.keys() >= WANTED:
                    message = json.loads((await socket.receive()).data)
                    if message["data"].get("state") != "closed":
                        seen.setdefault(message["event"], message["data"])
                    assert message["seq"] != last
                    last = message["seq"]
    for name, fields in EVENT_FIELDS.items():
        assert fields <= seen[name].keys(), (name, seen[name])
        assert seen[name]["simulated"] is True


async def test_a_pair_is_made_executed_once_and_adds_up(node):
    body = {
        "leg1": {"exchange": "binance", "symbol": "ETHUSDT", "type": "spot"},
        "leg2": {"exchange": "bybit", "symbol": "ETHUSDT", "type": "linear"},
        "threshold": 99,
        "qty": 0.02,
        "totalAmount": 100000,
        "direction": "leg1_buy",
    }
    async with session(node) as (client, _):
        status, document = await exact(client, "POST", "/api/monitoring/pairs", json=body)
        assert status == 200, document
        pair_id = document["data"]["id"]
        key = {"Idempotency-Key": "once"}
        status, first = await exact(client, "POST", f"/api/arbitrage/execute/{pair_id}", headers=key)
        assert status in {200, 409}, first
        if status == 200:
            _, again = await exact(client, "POST", f"/api/arbitrage/execute/{pair_id}", headers=key)
            done = first["data"]
            assert again["data"]["planId"] == done["planId"]
            _, document = await exact(client, "GET", f"/api/arbitrage/plans/{done['planId']}")
            assert document["data"]["pnl"] == done["pnl"] == recomputed(document["data"])
        assert (await exact(client, "DELETE", f"/api/monitoring/pairs/{pair_id}"))[0] == 200
        assert (await exact(client, "POST", f"/api/arbitrage/execute/{pair_id}"))[0] == 404


def recomputed(plan):
    """Sell notional minus buy notional minus fees in quote."""
    signs = {"buy": -1, "sell": 1}
    total = Decimal(0)
    for leg in plan["legs"]:
        fees = sum((Decimal(fee["quoteValue"]) for fee in leg["fees"]), Decimal(0))
        notional = Decimal(leg["filledQty"]) * Decimal(leg["avgPrice"]) if leg["avgPrice"] is not None else Decimal(0)
        total += signs[leg["side"]] * notional - fees
    return total


async def test_plans_are_paged_without_gap_or_repeat(node):
    until(lambda: len(node.ended_plans()) >= 3, "three plans", 60)
    async with session(node) as (client, _):
        _, document = await exact(client, "GET", "/api/arbitrage/plans?limit=2")
        page = document["data"]
        _, document = await exact(client, "GET", f"/api/arbitrage/plans?limit=2&cursor={page['nextCursor']}")
    numbers = [plan["planId"] for plan in page["items"] + document["data"]["items"]]
    assert len(page["items"]) == 2
    assert numbers == sorted(set(numbers), reverse=True)


async def test_logging_out_ends_tokens_and_sockets(node):
    async with session(node) as (client, tokens):
        async with client.ws_connect("/ws") as socket:
            assert (await exact(client, "POST", "/api/auth/logout"))[0] == 200
            end = await socket.receive(timeout=5)
            assert (end.type, end.data) == (aiohttp.WSMsgType.CLOSE, 4401)
        assert (await exact(client, "GET", "/api/balance"))[0] == 401
        body = {"refreshToken": tokens["refreshToken"]}
        assert (await exact(client, "POST", "/api/auth/refresh", json=body))[0] == 401


async def test_a_refresh_token_works_once(node):
    async with session(node) as (client, tokens):
        body = {"refreshToken": tokens["refreshToken"]}
        status, document = await exact(client, "POST", "/api/auth/refresh", json=body)
        assert status == 200, document
        assert (await exact(client, "POST", "/api/auth/refresh", json=body))[0] == 401


async def test_a_wrong_password_is_refused_without_a_hint(node):
    async with aiohttp.ClientSession(f"http://127.0.0.1:{node.port}") as client:
        answers = [
            await exact(client, "POST", "/api/auth/login", json={"username": name, "password": "wrong password"})
            for name in ("admin", "nobody")
        ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 401


BAD = [
    ("POST", "/api/arbitrage/execute/no_such_pair", None, 404, "NOT_FOUND"),
    ("POST", "/api/monitoring/pairs", b"{broken", 400, "VALIDATION_ERROR"),
    ("POST", "/api/monitoring/pairs", b'{"qty":-1}', 400, "VALIDATION_ERROR"),
    ("PUT", "/api/monitoring/pairs/nope", None, 400, "VALIDATION_ERROR"),
    ("DELETE", "/api/monitoring/pairs/nope", None, 404, "NOT_FOUND"),
    ("DELETE", "/api/trading/orders/nope", None, 404, "NOT_FOUND"),
    ("POST", "/api/arbitrage/plans/plan_999999/unwind", None, 404, "NOT_FOUND"),
    ("GET", "/api/prices/binance/BTCUSDT?depth=0", None, 400, "VALIDATION_ERROR"),
    ("GET", "/api/strategies", None, 404, "NOT_FOUND"),
]


@pytest.mark.parametrize(("method", "path", "data", "status", "code"), BAD, ids=[f"{row[0]} {row[1]}" for row in BAD])
async def test_bad_input_is_one_clear_error(method, path, data, status, code, node):
    async with session(node) as (client, _):
        found, document = await exact(client, method, path, data=data)
    assert (found, document["success"], document["error"]["code"]) == (status, False, code)


async def test_a_quantity_beyond_the_instruments_maximum_is_refused(node):
    body = {
        "leg1": {"exchange": "binance", "symbol": "BTCUSDT"},
        "leg2": {"exchange": "bybit", "symbol": "BTCUSDT", "type": "linear"},
        "threshold": 1,
        "qty": 10**9,
        "totalAmount": 100000,
    }
    async with session(node) as (client, _):
        status, document = await exact(client, "POST", "/api/monitoring/pairs", json=body)
    assert (status, document["error"]["code"]) == (400, "VALIDATION_ERROR")


async def test_a_kill_stops_trading_and_a_reset_lifts_it(node):
    async with session(node) as (client, _):
        (pair, *_) = (await exact(client, "GET", "/api/monitoring/pairs"))[1]["data"]
        assert (await exact(client, "POST", "/api/risk/kill", json={"reason": "test", "mode": "halt"}))[0] == 200
        status, document = await exact(client, "POST", f"/api/arbitrage/execute/{pair['id']}")
        assert (status, document["error"]["code"]) == (409, "RISK_REJECTED"), document
        assert (await exact(client, "POST", "/api/risk/reset"))[0] == 200
        done = len(node.ended_plans())
        await asyncio.to_thread(until, lambda: len(node.ended_plans()) > done, "trading again", 60)
