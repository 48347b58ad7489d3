"""Bybit, cold half: requests built and answers read."""

import pytest

from tidegate.venues.bybit import VENUE
from tidegate.venues.spec import VenueReplyError


def reply(result):
    return b'{"retCode":0,"retMsg":"OK","result":' + result + b',"time":1672738134824}'


LINEAR = reply(b"""{"category":"linear","nextPageCursor":"first%3D1&x","list":[
 {"symbol":"BTCUSDT","contractType":"LinearPerpetual","status":"Trading","baseCoin":"BTC","quoteCoin":"USDT",
  "priceFilter":{"minPrice":"0.10","tickSize":"0.10"},
  "lotSizeFilter":{"maxOrderQty":"1190.000","minOrderQty":"0.001","qtyStep":"0.001","minNotionalValue":"5"}},
 {"symbol":"BTC-26DEC25","contractType":"LinearFutures","status":"Trading","baseCoin":"BTC","quoteCoin":"USDT",
  "priceFilter":{},"lotSizeFilter":{}},
 {"symbol":"PREUSDT","contractType":"LinearPerpetual","status":"PreLaunch","baseCoin":"PRE","quoteCoin":"USDT",
  "priceFilter":{"tickSize":""},"lotSizeFilter":{}}]}""")
SPOT = reply(b"""{"category":"spot","list":[
 {"symbol":"BTCUSDT","baseCoin":"BTC","quoteCoin":"USDT","status":"Trading","priceFilter":{"tickSize":"0.01"},
  "lotSizeFilter":{"basePrecision":"0.000001","quotePrecision":"0.0000001","minOrderQty":"0.000011",
  "maxOrderQty":"83","minOrderAmt":"5","maxLimitOrderQty":"83","maxMarketOrderQty":"41"}}]}""")


def test_linear_instruments_page_on_and_incomplete_rows_are_left_out():
    page = VENUE.parse_instruments("linear", LINEAR)
    (row,) = page.rows
    assert (row.symbol, row.tick, row.lot, row.qtyMin, row.qtyMax) == ("BTCUSDT", "0.10", "0.001", "0.001", "1190.000")
    assert (row.notionalMin, row.feeTaker, row.status) == ("5", "0.00055", "trading")
    assert page.following.target.endswith("category=linear&limit=1000&cursor=first%253D1%26x")


def test_spot_instruments_take_the_step_from_the_base_precision():
    page = VENUE.parse_instruments("spot", SPOT)
    (row,) = page.rows
    assert page.following is None
    assert (row.lot, row.qtyMin, row.qtyMax, row.notionalMin) == ("0.000001", "0.000011", "83", "5")


def test_an_error_under_http_200_is_an_error():
    with pytest.raises(VenueReplyError) as caught:
        VENUE.parse_time(b'{"retCode":10006,"retMsg":"Too many visits","result":{}}')
    assert (caught.value.code, caught.value.message) == ("10006", "Too many visits")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"retCode":"x"}', b'{"retCode":0}', reply(b"[]"), reply(b"{}")])
def test_a_malformed_answer_is_one_error(body):
    for parse in (VENUE.parse_time, VENUE.parse_book, lambda data: VENUE.parse_instruments("spot", data)):
        with pytest.raises(VenueReplyError):
            parse(body)


def test_server_time_is_in_nanoseconds():
    assert VENUE.parse_time(reply(b'{"timeSecond":"1688639403","timeNano":"1688639403423213947"}')) == (
        1688639403423213947
    )


def test_a_book_is_best_first_as_sent():
    page = VENUE.parse_book(reply(b'{"s":"BTCUSDT","a":[["65557.7","16.6"]],"b":[["65485.47","47.08"]],"ts":5}'))
    assert (page.bids, page.asks, page.ts) == ((("65485.47", "47.08"),), (("65557.7", "16.6"),), 5)


def test_a_tickers_change_is_in_percent():
    ticker = VENUE.parse_ticker(
        [reply(b'{"list":[{"symbol":"BTCUSDT","lastPrice":"16597.00","price24hPcnt":"-0.0068","bid1Price":""}]}')]
    )
    assert (ticker.last, ticker.changePercent, ticker.bid, ticker.ts) == ("16597.00", "-0.6800", None, 1672738134824)


def test_klines_come_oldest_first():
    body = reply(b'{"list":[["2","1","2","0","1","9","9"],["1","1","2","0","1","8","8"]]}')
    assert [kline.open_ms for kline in VENUE.parse_klines("spot", body)] == [1, 2]


def test_an_interval_that_is_not_offered_is_refused():
    with pytest.raises(VenueReplyError, match="interval 7m is not offered"):
        VENUE.klines("spot", "BTCUSDT", "7m", 10)
