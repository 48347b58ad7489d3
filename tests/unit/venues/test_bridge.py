"""The bridge, cold half: questions in our own words, answers read."""

import pytest

from tidegate.venues.bridge import SPEC, VENUE
from tidegate.venues.spec import VenueReplyError


def reply(data):
    return b'{"code":"0","msg":"","data":' + data + b"}"


INSTRUMENT = (
    b'{"symbol":"BTC-USDT","base":"BTC","quote":"USDT","tick":"0.01","lot":"0.00001","qtyMin":"0.0001",'
    b'"qtyMax":"9000","notionalMin":"5","feeMaker":"0.0016","feeTaker":"0.0026","status":"trading"}'
)


def test_instruments_are_read_as_they_are_written():
    (row,) = VENUE.parse_instruments("spot", reply(b"[" + INSTRUMENT + b"]")).rows
    assert (row.symbol, row.base, row.quote, row.tick, row.lot) == ("BTC-USDT", "BTC", "USDT", "0.01", "0.00001")
    assert (row.qtyMin, row.qtyMax, row.notionalMin) == ("0.0001", "9000", "5")
    assert (row.feeMaker, row.feeTaker, row.status, row.contract) == ("0.0016", "0.0026", "trading", "1")
    with pytest.raises(VenueReplyError, match="tick"):
        VENUE.parse_instruments("spot", reply(b"[" + INSTRUMENT.replace(b'"0.01"', b"0.01") + b"]"))


def test_books_and_klines_are_read_and_nothing_linear_is_asked_for():
    page = VENUE.parse_book(reply(b'{"asks":[["2","1"]],"bids":[["1","3"]],"ts":"1700000000000","seqId":12}'))
    assert (page.bids, page.asks, page.ts) == ((("1", "3"),), (("2", "1"),), 1_700_000_000_000)
    (kline,) = VENUE.parse_klines("spot", reply(b'[["1000","1","2","0.5","1.5","7"]]'))
    assert (kline.open_ms, kline.high, kline.close, kline.volume) == (1000, "2", "1.5", "7")
    assert VENUE.klines("spot", "BTC-USDT", "1h", 500).target == "/v1/klines?symbol=BTC-USDT&interval=1h&limit=300"
    for ask in (
        lambda: VENUE.book("linear", "BTC-USDT", 5),
        lambda: VENUE.instruments("linear"),
        lambda: VENUE.ticker("linear", "BTC-USDT"),
        lambda: VENUE.klines("linear", "BTC-USDT", "1h", 5),
    ):
        with pytest.raises(VenueReplyError, match="spot only"):
            ask()
    with pytest.raises(VenueReplyError, match="interval 7m"):
        VENUE.klines("spot", "BTC-USDT", "7m", 5)


def test_a_ticker_may_say_nothing_of_a_side():
    body = reply(
        b'{"last":"9","bid":"8","ask":"","open":"7","high":"10","low":"6","volume":"5","quoteVolume":"45",'
        b'"ts":"1700000000000"}'
    )
    ticker = VENUE.parse_ticker([body])
    assert (ticker.last, ticker.bid, ticker.ask, ticker.quoteVolume) == ("9", "8", None, "45")


def test_a_key_trades_where_the_exchange_takes_orders_and_never_withdraws():
    asked = VENUE.key_check.build("any", "hunter2", "", 1_700_000_000_000)
    assert asked.target == "/v1/key"
    # echo -n 1700000000000GET/v1/key | openssl dgst -sha256 -hmac hunter2 -binary | base64
    assert dict(asked.headers)["BRIDGE-ACCESS-SIGN"] == "f/xahPpvRsQa2+aSqjDffBDDjeNRh0/BSH9qi9ooARY="
    rights = VENUE.key_check.parse(200, reply(b'{"exchange":"kraken","read":true,"trade":false,"why":"no"}'))
    assert (rights.read, rights.trade, rights.withdraw, rights.bound) == (True, False, False, True)
    with pytest.raises(VenueReplyError) as caught:
        VENUE.key_check.parse(401, b'{"code":"10","msg":"AUTH: no","data":[]}')
    assert caught.value.code == "10"


def test_it_lives_on_this_machine_and_offers_spot():
    assert (set(SPEC.products), SPEC.bridged) == ({"spot"}, True)
    spot = SPEC.products["spot"]
    assert {url.split("//")[1].split(":")[0] for url in (spot.rest, *spot.ws.values())} == {"127.0.0.1"}


def test_an_answer_that_is_not_the_bridges_tells_its_status():
    assert VENUE.parse_failure(502, b"<html>").code == "502"
