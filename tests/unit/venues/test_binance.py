"""Binance, cold half: requests built and answers read."""

import pytest

from tidegate.venues.binance import SPEC, VENUE
from tidegate.venues.spec import InstrumentRow, VenueReplyError, weight_of

SPOT = b"""{"symbols":[
 {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[
  {"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000","tickSize":"0.01000000"},
  {"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},
  {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true}]},
 {"symbol":"OLDUSDT","status":"BREAK","baseAsset":"OLD","quoteAsset":"USDT","filters":[
  {"filterType":"PRICE_FILTER","tickSize":"0.1"},{"filterType":"LOT_SIZE","minQty":"1","maxQty":"9","stepSize":"1"}]},
 {"symbol":"NEWUSDT","status":"TRADING","baseAsset":"NEW","quoteAsset":"USDT","filters":[]}]}"""
LINEAR = b"""{"symbols":[
 {"symbol":"BTCUSDT","contractType":"PERPETUAL","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[
  {"filterType":"PRICE_FILTER","tickSize":"0.10"},{"filterType":"LOT_SIZE","minQty":"0.001","maxQty":"1000",
  "stepSize":"0.001"},{"filterType":"MIN_NOTIONAL","notional":"100"}]},
 {"symbol":"BTCUSDT_251226","contractType":"CURRENT_QUARTER","status":"TRADING","baseAsset":"BTC",
  "quoteAsset":"USDT","filters":[]}]}"""


def test_spot_instruments_keep_the_venues_digits():
    page = VENUE.parse_instruments("spot", SPOT)
    assert page.following is None
    assert [(row.symbol, row.status) for row in page.rows] == [("BTCUSDT", "trading"), ("OLDUSDT", "halted")]
    assert page.rows[0] == InstrumentRow(
        symbol="BTCUSDT", base="BTC", quote="USDT", tick="0.01000000", lot="0.00001000", qtyMin="0.00001000",
        qtyMax="9000.00000000", notionalMin="5.00000000", feeMaker="0.001", feeTaker="0.001", status="trading",
    )  # fmt: skip


def test_of_the_futures_only_perpetuals_count():
    (row,) = VENUE.parse_instruments("linear", LINEAR).rows
    assert (row.tick, row.lot, row.notionalMin, row.feeTaker) == ("0.10", "0.001", "100", "0.0005")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"symbols":{}}', b'{"symbols":[1]}', b'{"symbols":[{"filters":[{}]}]}']
)
def test_a_malformed_list_is_one_error(body):
    with pytest.raises(VenueReplyError):
        VENUE.parse_instruments("spot", body)


def test_requests_have_the_products_prefix():
    assert VENUE.instruments("linear").target == "/fapi/v1/exchangeInfo"
    assert VENUE.book("spot", "BTCUSDT", 21).target == "/api/v3/depth?symbol=BTCUSDT&limit=50"
    assert VENUE.book("spot", "BTCUSDT", 100_000).target == "/api/v3/depth?symbol=BTCUSDT&limit=1000"
    assert [request.target for request in VENUE.ticker("linear", "X")] == [
        "/fapi/v1/ticker/24hr?symbol=X",
        "/fapi/v1/ticker/bookTicker?symbol=X",
    ]


def test_server_time_is_in_nanoseconds():
    assert VENUE.parse_time(b'{"serverTime":1499827319559}') == 1499827319559_000_000


def test_a_listen_key_is_asked_for_and_extended_with_the_accounts_key():
    first, again = VENUE.listen_key.build("K", renew=False), VENUE.listen_key.build("K", renew=True)
    assert (first.method, again.method, first.target) == ("POST", "PUT", "/fapi/v1/listenKey")
    assert first.headers == (("X-MBX-APIKEY", "K"),)
    assert VENUE.listen_key.parse(b'{"listenKey":"abc"}') == "abc"


def test_klines_are_read_and_odd_rows_refused():
    body = b'[[1499040000000,"0.01","0.80","0.015","0.016","148.9",1499644799999,"2434",308,"1","2","0"]]'
    (kline,) = VENUE.parse_klines("spot", body)
    assert (kline.open_ms, kline.close, kline.volume) == (1499040000000, "0.016", "148.9")
    with pytest.raises(VenueReplyError):
        VENUE.parse_klines("spot", b'[[1499040000000,0.01,"0.80","0.015","0.016","148.9"]]')


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [(b'{"code":-1121,"msg":"Invalid symbol."}', "-1121", "Invalid symbol."), (b"<html>", "502", "HTTP 502")],
)
def test_a_failure_carries_the_venues_code(body, code, message):
    failure = VENUE.parse_failure(502, body)
    assert (failure.code, failure.message) == (code, message)


@pytest.mark.parametrize(
    ("target", "weight", "urgent"),
    [
        ("/api/v3/depth?symbol=X&limit=5000", 250, False),
        ("/api/v3/order?symbol=X", 4, True),
        ("/api/v3/openOrders?a=1", 80, True),
        ("/api/v3/unlisted", 1, False),
    ],
)
def test_the_weight_of_a_request_is_found_by_its_path(target, weight, urgent):
    found = weight_of(SPEC.products["spot"], target)
    assert (found.weight, found.urgent) == (weight, urgent)
