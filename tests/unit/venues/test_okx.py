"""OKX, cold half: requests built and answers read. Swaps are told in base coin."""

import pytest

from tidegate.venues.okx import VENUE
from tidegate.venues.spec import VenueReplyError


def reply(data):
    return b'{"code":"0","msg":"","data":' + data + b"}"


SWAPS = reply(b"""[
 {"instType":"SWAP","instId":"BTC-USDT-SWAP","instIdCode":10459,"baseCcy":"","quoteCcy":"","settleCcy":"USDT",
  "ctVal":"0.01","ctMult":"1","ctValCcy":"BTC","ctType":"linear","tickSz":"0.1","lotSz":"0.01","minSz":"0.01",
  "maxLmtSz":"100000000","state":"live"},
 {"instType":"SWAP","instId":"BTC-USD-SWAP","ctType":"inverse","ctVal":"100","state":"live"},
 {"instType":"SWAP","instId":"NEW-USDT-SWAP","ctType":"linear","ctVal":"","tickSz":"","state":"preopen"},
 {"instType":"SWAP","instId":"PEPE-USDT-SWAP","instIdCode":7,"settleCcy":"USDT","ctVal":"10000000","ctMult":"1",
  "ctValCcy":"PEPE","ctType":"linear","tickSz":"0.000000001","lotSz":"0.1","minSz":"0.1","maxLmtSz":"100","state":"suspend"}]""")
SPOT = reply(b"""[{"instType":"SPOT","instId":"BTC-USDT","instIdCode":10458,"baseCcy":"BTC","quoteCcy":"USDT",
 "ctVal":"","tickSz":"0.1","lotSz":"0.00000001","minSz":"0.00001","maxLmtSz":"9999999999","state":"live"}]""")


def test_swaps_are_listed_in_base_coin_and_inverse_or_incomplete_rows_are_left_out():
    btc, pepe = VENUE.parse_instruments("linear", SWAPS).rows
    assert (btc.symbol, btc.base, btc.quote, btc.tick) == ("BTC-USDT-SWAP", "BTC", "USDT", "0.1")
    assert (btc.contract, btc.code, btc.lot, btc.qtyMin) == ("0.01", "10459", "0.0001", "0.0001")
    assert (btc.qtyMax, btc.status) == ("1000000.00", "trading")
    assert (pepe.contract, pepe.lot, pepe.status) == ("10000000", "1000000.0", "halted")


def test_spot_counts_base_coin():
    (row,) = VENUE.parse_instruments("spot", SPOT).rows
    assert (row.symbol, row.contract, row.code, row.lot, row.qtyMin) == (
        "BTC-USDT", "1", "10458", "0.00000001", "0.00001",
    )  # fmt: skip
    assert row.notionalMin == "0"


def test_a_swaps_book_is_not_shown_in_contracts():
    with pytest.raises(VenueReplyError, match="contracts"):
        VENUE.book("linear", "BTC-USDT-SWAP", 20)
    page = VENUE.parse_book(reply(b'[{"asks":[["2","1","0","1"]],"bids":[["1","3","0","1"]],"ts":"1629966436396"}]'))
    assert (page.bids, page.asks, page.ts) == ((("1", "3"),), (("2", "1"),), 1629966436396)


def test_klines_ascend_and_their_volume_is_base_coin():
    rows = reply(b'[["2000","1","4","1","3","8422","84.22","253","0"],["1000","1","2","1","1","10","0.1","0.1","1"]]')
    assert [(row.open_ms, row.close, row.volume) for row in VENUE.parse_klines("linear", rows)] == [
        (1000, "1", "0.1"), (2000, "3", "84.22"),
    ]  # fmt: skip
    assert VENUE.parse_klines("spot", rows)[1].volume == "8422"
    assert VENUE.klines("spot", "BTC-USDT", "1d", 500).target.endswith("&bar=1Dutc&limit=300")


def test_an_error_is_an_error_whatever_the_http_status():
    with pytest.raises(VenueReplyError) as caught:
        VENUE.parse_time(b'{"code":"50011","msg":"Too Many Requests","data":[]}')
    assert (caught.value.code, caught.value.message) == ("50011", "Too Many Requests")
    assert VENUE.parse_failure(429, b'{"code":"50011","msg":"Too Many Requests"}').code == "50011"
    assert VENUE.parse_failure(502, b"<html>").code == "502"
    assert VENUE.parse_time(reply(b'[{"ts":"1597026383085"}]')) == 1597026383085000000


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"code":0}', b'{"code":"0"}', reply(b"{}"), reply(b"[]"), reply(b"[1]")]
)
def test_a_malformed_answer_is_one_error(body):
    for parse in (VENUE.parse_time, VENUE.parse_book, lambda data: VENUE.parse_ticker([data])):
        with pytest.raises(VenueReplyError):
            parse(body)


def test_the_ticker_tells_volumes_in_base_coin():
    body = b"""[{"instType":"%s","instId":"X","last":"10","lastSz":"1","askPx":"11","bidPx":"9","open24h":"8",
     "high24h":"12","low24h":"7","volCcy24h":"2222","vol24h":"22","ts":"1597026383085"}]"""
    spot = VENUE.parse_ticker([reply(body % b"SPOT")])
    swap = VENUE.parse_ticker([reply(body % b"SWAP")])
    assert (spot.volume, spot.quoteVolume, swap.volume, swap.quoteVolume) == ("22", "2222", "2222", None)
