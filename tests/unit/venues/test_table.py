"""What every cold half asks of all: the time, and a book, as the request oracles ask (../shared/data/ccxt)."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tidegate.venues.table import VENUES

BTC = {"symbol": "BTCUSDT", "limit": "50"}
ASKED = {
    "binance": ("/api/v3/time", "/api/v3/depth", BTC),
    "bitget": ("/api/v2/public/time", "/api/v2/spot/market/orderbook", BTC),
    "bridge": ("/v1/time", "/v1/book", {"symbol": "BTC-USDT", "depth": "50"}),
    "bybit": ("/v5/market/time", "/v5/market/orderbook", BTC | {"category": "spot"}),
    "okx": ("/api/v5/public/time", "/api/v5/market/books", {"instId": "BTC-USDT", "sz": "50"}),
}


def test_every_venue_is_among_them():
    assert set(ASKED) == set(VENUES)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_time_and_book_are_asked_as_the_oracle_asks(name):
    venue, (time_path, book_path, wanted) = VENUES[name], ASKED[name]
    time = venue.time("spot")
    book = venue.book("spot", wanted.get("instId", wanted.get("symbol")), 50)
    assert (time.method, urlsplit(time.target).path) == ("GET", time_path)
    assert (book.method, urlsplit(book.target).path) == ("GET", book_path)
    assert wanted.items() <= dict(parse_qsl(urlsplit(book.target).query)).items()
