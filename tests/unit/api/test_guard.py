"""Whatever goes wrong, the answer is the envelope with a code of the table."""

import asyncio
import io
import re
from urllib.parse import urlsplit

import aiohttp
import orjson
import pytest
from tests.unit.api.doubles import World

from tidegate.api.guard import SECURITY_HEADERS
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.store import StoreError

KILL = "/api/risk/kill"


@pytest.mark.parametrize("path", ["/api/nothing", "/api/v1/nothing", "/api", "/api/", "/api/twap", "/api/strategies"])
async def test_an_unknown_api_path_is_401_without_and_404_with_a_token(
    path: str, anyone: aiohttp.ClientSession, admin: aiohttp.ClientSession
) -> None:
    async with anyone.get(path) as without, admin.get(path) as with_token:
        assert (without.status, (await without.json())["error"]["code"]) == (401, "UNAUTHENTICATED")
        assert (with_token.status, (await with_token.json())["error"]["code"]) == (404, "NOT_FOUND")


async def test_an_unknown_path_elsewhere_is_404(anyone: aiohttp.ClientSession) -> None:
    async with anyone.get("/wp-login.php") as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (404, "NOT_FOUND")


async def test_a_wrong_method_names_the_right_ones(admin: aiohttp.ClientSession) -> None:
    async with admin.delete("/api/monitoring/pairs") as answer:
        error = (await answer.json())["error"]
    assert (answer.status, error["code"], error["details"]) == (405, "METHOD_NOT_ALLOWED", {"allowed": ["GET", "POST"]})


async def test_a_wrong_method_of_a_guarded_path_is_401_without_a_token(anyone: aiohttp.ClientSession) -> None:
    async with anyone.delete("/api/monitoring/pairs") as guarded, anyone.get("/api/auth/login") as public:
        assert (guarded.status, public.status) == (401, 405)


BAD_BODIES = {
    "not JSON": b"{broken",
    "empty array": b"[]",
    "a text": b'"text"',
    "not UTF-8": b'{"reason":"\xff"}',
    "NaN": b'{"reason":NaN}',
    "Infinity": b'{"reason":-Infinity}',
    "a field twice": b'{"reason":"a","reason":"b"}',
    "too deep": b'{"reason":' + b"[" * 40 + b"]" * 40 + b"}",
    "very deep": b"[" * 100_000,
    "half a surrogate": b'{"reason":"\\ud800"}',
    "NUL": b'{"reason":"a\\u0000"}',
    "huge exponent": b'{"reason":1e999999999}',
    "huge integer": b'{"reason":' + b"9" * 5000 + b"}",
    "unknown field": b'{"reason":"a","force":true}',
    "missing field": b"{}",
    "wrong type": b'{"reason":5}',
    "not in the list": b'{"reason":"a","mode":"panic"}',
    "trailing": b'{"reason":"a"} {}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_body_that_does_not_fit_is_a_validation_error(
    body: bytes, admin: aiohttp.ClientSession, world: World
) -> None:
    async with admin.post(KILL, data=body) as answer:
        envelope = await answer.json()
    assert (answer.status, envelope["success"], envelope["error"]["code"]) == (400, False, "VALIDATION_ERROR")
    assert world.engine.commands == []


async def test_a_body_in_another_encoding_than_it_says_is_a_validation_error(anyone: aiohttp.ClientSession) -> None:
    async with anyone.post("/api/auth/login", data=b"not gzip", headers={"Content-Encoding": "gzip"}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "VALIDATION_ERROR")


async def test_details_name_each_field(admin: aiohttp.ClientSession) -> None:
    body = {"leg1": {"exchange": "binance", "symbol": "BTC USDT"}, "leg2": 5, "threshold": True, "qty": -1, "more": 1}
    async with admin.post("/api/monitoring/pairs", json=body) as answer:
        details = (await answer.json())["error"]["details"]
    assert set(details) == {"leg1.symbol", "leg2", "threshold", "qty", "totalAmount", "more"}


async def test_a_body_over_one_mebibyte_is_too_large(admin: aiohttp.ClientSession) -> None:
    async with admin.post(KILL, data=io.BytesIO(b" " * (1024 * 1024 + 1))) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_stranger_may_send_less(anyone: aiohttp.ClientSession) -> None:
    async with anyone.post("/api/auth/login", data=b"{" + b" " * 16 * 1024 + b"}") as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


REFUSALS = [
    (TidegateError(Code.RISK_REJECTED, "too large", {"check": "order_notional_max", "limit": "1", "actual": "2"}), 409),
    (TidegateError(Code.INSUFFICIENT_FUNDS, "not enough USDT"), 409),
    (TidegateError(Code.UPSTREAM_ERROR, "the venue refused", {"venueCode": "-1013"}), 502),
    (TidegateError(Code.EXCHANGE_UNAVAILABLE, "binance is down"), 503),
    (TidegateError(Code.CONFLICT, "wrong state"), 409),
]


@pytest.mark.parametrize(("refusal", "status"), REFUSALS, ids=[str(refusal.code) for refusal, _ in REFUSALS])
async def test_the_engines_refusal_keeps_code_message_and_details(
    refusal: TidegateError, status: int, admin: aiohttp.ClientSession, world: World
) -> None:
    world.engine.refusals["kill"] = refusal
    async with admin.post(KILL, json={"reason": "test"}) as answer:
        error = (await answer.json())["error"]
    assert (answer.status, error["code"], error["message"]) == (status, refusal.code, refusal.message)
    assert error.get("details", {}) == refusal.details


async def test_a_bug_is_told_by_number_and_nothing_else(
    admin: aiohttp.ClientSession, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.engine.refusals["kill"] = RuntimeError("secret internals")
    async with admin.post(KILL, json={"reason": "test"}) as answer:
        raw = await answer.read()
    error = orjson.loads(raw)["error"]
    assert (answer.status, error["code"]) == (500, "INTERNAL")
    assert b"secret" not in raw
    fault_id = error["message"].split()[2].rstrip(";")
    logged = capsys.readouterr()
    assert fault_id in logged.out + logged.err


async def test_a_rate_limit_says_when_to_come_back(anyone: aiohttp.ClientSession) -> None:
    async with anyone.post("/api/auth/refresh", json={"refreshToken": "slow-down"}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize("path", ["/", "/health", "/metrics", "/api/nothing", "/assets/app.js"])
async def test_every_answer_carries_the_security_headers_and_no_banner(
    path: str, anyone: aiohttp.ClientSession
) -> None:
    async with anyone.get(path) as answer:
        sent = {name: re.sub(r" 'nonce-[\w-]+'", "", answer.headers.get(name, "")) for name in SECURITY_HEADERS}
        assert sent == SECURITY_HEADERS
        assert "Server" not in answer.headers
        assert "Cache-Control" in answer.headers


@pytest.mark.parametrize(
    "raw",
    [
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api/x HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
    ],
    ids=["no request line", "no such version", "header too long"],
)
async def test_what_is_not_http_is_answered_in_the_envelope(raw: bytes, base: str) -> None:
    address = urlsplit(base)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(raw)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    assert orjson.loads(body)["error"]["code"] == "VALIDATION_ERROR"
    assert b"aiohttp" not in head.lower()
    assert b"x-content-type-options: nosniff" in head.lower()


async def test_an_expectation_we_do_not_know_is_refused_in_the_envelope(admin: aiohttp.ClientSession) -> None:
    async with admin.get("/api/balance", headers={"Expect": "a-miracle"}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/api/balance", 503, "EXCHANGE_UNAVAILABLE"), ("POST", KILL, 504, "OUTCOME_UNKNOWN")],
)
async def test_an_answer_has_a_deadline(
    method: str,
    path: str,
    status: int,
    code: str,
    admin: aiohttp.ClientSession,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def never(*_given: object, **_named: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("tidegate.api.app.ANSWER_S", 0.01)
    monkeypatch.setattr(world.engine, "query", never)
    monkeypatch.setattr(world.engine, "command", never)
    async with admin.request(method, path, json={"reason": "test"}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/api/risk/limits", 503, "EXCHANGE_UNAVAILABLE"), ("POST", KILL, 504, "OUTCOME_UNKNOWN")],
)
async def test_a_database_that_is_away_is_no_bug(
    method: str, path: str, status: int, code: str, admin: aiohttp.ClientSession, world: World
) -> None:
    world.engine.views["limits"] = StoreError("database is locked")
    world.engine.refusals["kill"] = StoreError("database is locked")
    async with admin.request(method, path, json={"reason": "x"}) as answer:
        error = (await answer.json())["error"]
        assert (answer.status, error["code"], answer.headers["Retry-After"]) == (status, code, "1")
        assert "locked" not in error["message"]
