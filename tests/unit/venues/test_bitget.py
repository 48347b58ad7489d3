"""Bitget, cold half: requests built and answers read."""

import pytest

from tidegate.venues.bitget import VENUE
from tidegate.venues.spec import VenueReplyError


def reply(data):
    return b'{"code":"00000","msg":"success","requestTime":1695808949356,"data":' + data + b"}"


SPOT = reply(b"""[{"symbol":"BTCUSDT","baseCoin":"BTC","quoteCoin":"USDT","minTradeAmount":"0","maxTradeAmount":"0",
 "pricePrecision":"2","quantityPrecision":"6","minTradeUSDT":"1","status":"online"},
 {"symbol":"OLDUSDT","baseCoin":"OLD","quoteCoin":"USDT","maxTradeAmount":"500","pricePrecision":"0",
 "quantityPrecision":"0","minTradeUSDT":"5","status":"offline"},
 {"symbol":"NEWUSDT","baseCoin":"NEW","quoteCoin":"USDT","pricePrecision":"","status":"gray"}]""")
LINEAR = reply(b"""[{"symbol":"BTCUSDT","baseCoin":"BTC","quoteCoin":"USDT","minTradeNum":"0.0001","priceEndStep":"5",
 "volumePlace":"4","pricePlace":"1","sizeMultiplier":"0.0001","symbolType":"perpetual","minTradeUSDT":"5",
 "maxOrderQty":"1200","symbolStatus":"normal"},
 {"symbol":"BTCUSDT251226","symbolType":"delivery","symbolStatus":"normal"},
 {"symbol":"ETHUSDT","baseCoin":"ETH","quoteCoin":"USDT","minTradeNum":"0.01","priceEndStep":"1","volumePlace":"2",
 "pricePlace":"2","sizeMultiplier":"0.01","symbolType":"perpetual","minTradeUSDT":"5","symbolStatus":"maintain"}]""")


def test_spot_steps_come_from_decimal_places():
    btc, old = VENUE.parse_instruments("spot", SPOT).rows
    assert (btc.tick, btc.lot, btc.qtyMin, btc.notionalMin, btc.status) == (
        "0.01", "0.000001", "0.000001", "1", "trading",
    )  # fmt: skip
    assert (old.tick, old.lot, old.qtyMax, old.status) == ("1", "1", "500", "halted")
    assert int(btc.qtyMax) > 10**9, "0 is no largest quantity"


def test_a_futures_tick_is_its_end_step_at_its_place_and_dated_contracts_are_left_out():
    btc, eth = VENUE.parse_instruments("linear", LINEAR).rows
    assert (btc.tick, btc.lot, btc.qtyMin, btc.qtyMax, btc.contract) == ("0.5", "0.0001", "0.0001", "1200", "1")
    assert (eth.tick, eth.status) == ("0.01", "halted")


def test_books_may_hold_numbers():
    page = VENUE.parse_book(
        reply(b'{"asks":[[26347.5,0.25]],"bids":[["26346.5","0.16"],[1,0.00001]],"ts":"1695870968804"}')
    )
    assert page.asks == (("26347.5", "0.25"),)
    assert page.bids == (("26346.5", "0.16"), ("1", "0.00001"))
    assert VENUE.book("linear", "BTCUSDT", 20).target == (
        "/api/v2/mix/market/merge-depth?productType=USDT-FUTURES&symbol=BTCUSDT&limit=50"
    )
    assert VENUE.book("spot", "BTCUSDT", 1000).target == "/api/v2/spot/market/orderbook?symbol=BTCUSDT&limit=150"


def test_candles_of_both_products_read_alike():
    rows = reply(b'[["1000","1","4","1","3","8422","253"],["2000","3","3","1","1","10","20","20"]]')
    for product in ("spot", "linear"):
        assert [(row.open_ms, row.volume) for row in VENUE.parse_klines(product, rows)] == [
            (1000, "8422"),
            (2000, "10"),
        ]
    assert VENUE.klines("spot", "BTCUSDT", "1m", 5).target.endswith("&granularity=1min&limit=5")
    assert VENUE.klines("linear", "BTCUSDT", "1h", 5).target.endswith("&granularity=1H&limit=5")
    with pytest.raises(VenueReplyError, match="2h"):
        VENUE.klines("spot", "BTCUSDT", "2h", 5)


def test_the_change_of_a_ticker_is_percent():
    body = reply(
        b'[{"symbol":"BTCUSDT","lastPr":"34413.1","open":"35134.2","change24h":"-0.00069","ts":"1625125755277"}]'
    )
    ticker = VENUE.parse_ticker([body])
    assert (ticker.last, ticker.changePercent, ticker.bid) == ("34413.1", "-0.06900", None)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"code":0}', b'{"code":"00000"}', reply(b"null"), reply(b"[1]")])
def test_a_malformed_answer_is_one_error(body):
    for parse in (VENUE.parse_time, VENUE.parse_book, lambda data: VENUE.parse_ticker([data])):
        with pytest.raises(VenueReplyError):
            parse(body)


def test_an_error_is_an_error_whatever_the_http_status():
    assert VENUE.parse_failure(400, b'{"code":"40034","msg":"Parameter does not exist","data":null}').code == "40034"
    assert VENUE.parse_failure(429, b"Too Many").code == "429"
    assert VENUE.parse_time(reply(b'{"serverTime":"1688008631614"}')) == 1688008631614000000
