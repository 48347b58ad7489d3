"""What the cold halves ask is what the request oracles ask; skipped where the recordings are not."""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tidegate.venues.table import VENUES

ORACLES = Path(__file__).parents[4] / "shared" / "data" / "ccxt"
SYMBOLS = {"okx": "BTC-USDT"}


def asked(name, method):
    rows = (ORACLES / f"{name}.requests.jsonl").read_text().splitlines()
    (row,) = [row for row in map(json.loads, rows) if row["method"] == method]
    return row["http_method"], urlsplit(row["url"])


@pytest.mark.skipif(not ORACLES.is_dir(), reason="no recordings here")
@pytest.mark.parametrize("name", sorted(VENUES))
def test_time_and_book_are_asked_as_the_oracle_asks(name):
    venue = VENUES[name]
    book = venue.book("spot", SYMBOLS.get(name, "BTCUSDT"), 50)
    for method, request in (("fetch_time", venue.time("spot")), ("fetch_order_book", book)):
        ours = urlsplit(request.target)
        verb, theirs = asked(name, method)
        assert (request.method, ours.path) == (verb, theirs.path)
        assert dict(parse_qsl(theirs.query)).items() <= dict(parse_qsl(ours.query)).items()
