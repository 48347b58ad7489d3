"""Prices that the engine holds in no live book."""

import asyncio

import orjson
import pytest
from tests.unit.engine.doubles import FakeHttp

from tidegate.engine.market import TTL_NS, VenueMarket
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.http import HttpError, HttpReply
from tidegate.venues.table import VENUES

DEPTH = "/api/v3/depth?symbol=BTCUSDT&limit=20"
BOOK = b'{"lastUpdateId":1,"bids":[["68000.10","0.500"],["67999.00","1"]],"asks":[["68000.20","2.0"]]}'


class HandClock:
    now = 10**18

    def mono_ns(self):
        return self.now

    def wall_ns(self):
        return self.now


def build(answers, *, simulated=True):
    http, clock = FakeHttp(answers), HandClock()
    rests = {("binance", "spot"): http, ("bybit", "spot"): http}
    return VenueMarket(VENUES, rests, clock, simulated=simulated), http, clock


async def test_a_book_has_the_venues_own_texts_and_is_kept_for_a_second():
    market, http, clock = build({DEPTH: BOOK})
    first = orjson.loads(await market.book("binance", "spot", "BTCUSDT", 1))
    assert first["bids"] == [["68000.10", "0.500"]]
    assert (first["source"], first["synced"], first["simulated"]) == ("rest", False, True)
    clock.now += TTL_NS - 1
    second = orjson.loads(await market.book("binance", "spot", "BTCUSDT", 20))
    assert (second["source"], second["ageMs"], len(second["bids"])) == ("cache", 999, 2)
    clock.now += 1
    assert orjson.loads(await market.book("binance", "spot", "BTCUSDT", 1))["source"] == "rest"
    assert len(http.requests) == 2


async def test_callers_at_the_same_time_share_one_question():
    market, http, _ = build({DEPTH: BOOK})
    await asyncio.gather(*(market.book("binance", "spot", "BTCUSDT", 5) for _ in range(10)))
    assert len(http.requests) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(HttpError("refused"), Code.EXCHANGE_UNAVAILABLE, id="no answer"),
        pytest.param(HttpReply(400, (), b'{"code":-1121,"msg":"Invalid symbol."}'), Code.NOT_FOUND, id="symbol"),
        pytest.param(HttpReply(500, (), b"<html>"), Code.UPSTREAM_ERROR, id="venue error"),
        pytest.param(HttpReply(429, (), b"{}"), Code.RATE_LIMITED, id="rate limit"),
        pytest.param(HttpReply(418, (), b"{}"), Code.EXCHANGE_UNAVAILABLE, id="ban"),
        pytest.param(b'{"bids":[],"asks":[["1","1"]]}', Code.EXCHANGE_UNAVAILABLE, id="empty side"),
        pytest.param(b"?", Code.UPSTREAM_ERROR, id="not JSON"),
    ],
)
async def test_a_failure_is_an_error_and_never_a_price(answer, code):
    market, *_ = build({DEPTH: answer})
    with pytest.raises(TidegateError) as caught:
        await market.book("binance", "spot", "BTCUSDT", 5)
    assert caught.value.code == code


async def test_a_venue_that_answers_errors_with_200_is_understood():
    target = "/v5/market/tickers?category=spot&symbol=NOPE"
    market, *_ = build({target: b'{"retCode":10001,"retMsg":"params error","result":{}}'})
    with pytest.raises(TidegateError) as caught:
        await market.ticker("bybit", "spot", "NOPE")
    assert caught.value.code == Code.NOT_FOUND


async def test_a_venue_or_product_that_is_not_run_is_not_found():
    market, *_ = build({})
    for exchange, product in (("okx", "spot"), ("binance", "linear")):
        with pytest.raises(TidegateError) as caught:
            await market.book(exchange, product, "BTCUSDT", 5)
        assert caught.value.code == Code.NOT_FOUND


async def test_a_tickers_amounts_are_numbers_with_exact_digits():
    market, *_ = build(
        {
            "/api/v3/ticker/24hr?symbol=BTCUSDT": b'{"lastPrice":"68000.10","priceChangePercent":"-0.50",'
            b'"openPrice":"x","closeTime":5}',
            "/api/v3/ticker/bookTicker?symbol=BTCUSDT": b'{"bidPrice":"68000.00","askPrice":"68000.20"}',
        },
        simulated=False,
    )
    text = (await market.ticker("binance", "spot", "BTCUSDT")).decode()
    assert '"last":68000.10' in text
    assert '"changePercent":-0.50' in text
    assert '"open":"x"' in text
    assert "simulated" not in text
