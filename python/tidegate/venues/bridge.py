"""The bridge to exchanges of the long tail, cold half: a process of ours on this machine. Document: docs/bridge.md.

Its questions are asked in our own words, so there is little to translate. Which exchange stands behind it is part of
its address, so another one than the configured one is never reached.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from tidegate.model.keys import KeyRights
from tidegate.venues.json import (
    Object,
    as_array,
    as_object,
    data_of,
    failure_of,
    field,
    flag,
    integer,
    kline_of,
    levels,
    text,
    ticker_of,
)
from tidegate.venues.signing import signed_get
from tidegate.venues.spec import (
    BookPage,
    InstrumentPage,
    InstrumentRow,
    KeyCheck,
    Kline,
    Product,
    ProductSpec,
    Request,
    Spec,
    Ticker,
    Timing,
    Venue,
    VenueReplyError,
)

_BASE: Final = "127.0.0.1:7010"

_SPOT: Final = ProductSpec(
    rest=f"http://{_BASE}",
    ws={"public": f"ws://{_BASE}", "private": f"ws://{_BASE}", "trade": f"ws://{_BASE}"},
    paths={"public": "/v1/public", "private": "/v1/account", "trade": "/v1/account"},
    weights=(),
    weight_limit=200,  # the bridge itself waits for what the exchange allows
    weight_window_s=10,
    weight_header=None,
    fee_maker="0.005",  # where the exchange does not say: more than any takes
    fee_taker="0.005",
)

SPEC: Final = Spec(
    name="bridge",
    products={"spot": _SPOT},
    keepalive=b"ping",
    keepalive_s=5.0,
    lifetime_s=7 * 24 * 3600.0,
    connects_max=10,
    connects_window_s=1.0,
    ban_s=10,
    shared_account_links=True,
    # An order may lie in the bridge's one request for its whole deadline (10 s) and is looked for as long again.
    timing=Timing(
        recv_window_ms=1500, cap_ms=15_000, read_lag_ms=5000, clock_error_ms=500, stale_ms=10_000, reply_ms=5000
    ),
    bridged=True,
)


def _data(body: bytes) -> object:
    """`data` of {"code":"0","msg":"","data":...}."""
    return data_of(body, fine="0")


def _row(body: bytes) -> Object:
    return as_object(_data(body), "data")


def _spot(product: Product) -> None:
    if product != "spot":
        raise VenueReplyError("the bridge offers spot only")


def _time(_: Product) -> Request:
    return Request("/v1/time")


def _parse_time(body: bytes) -> int:
    # {"ts":"1700000000000"}: the bridge's own clock, which judges our requests
    return integer(_row(body), "ts") * 1_000_000


def _instruments(product: Product) -> Request:
    _spot(product)
    return Request("/v1/instruments")


def _parse_instruments(_: Product, body: bytes) -> InstrumentPage:
    # [{"symbol":"BTC-USDT","base":"BTC","quote":"USDT","tick":"0.01","lot":"0.00001","qtyMin":"0.0001","qtyMax":"9000",
    #   "notionalMin":"5","feeMaker":"0.001","feeTaker":"0.001","status":"trading"}]
    rows = (as_object(row, "instrument") for row in as_array(_data(body), "data"))
    return InstrumentPage(tuple(_instrument(row) for row in rows))


def _instrument(row: Object) -> InstrumentRow:
    return InstrumentRow(
        symbol=text(row, "symbol"),
        base=text(row, "base"),
        quote=text(row, "quote"),
        tick=text(row, "tick"),
        lot=text(row, "lot"),
        qtyMin=text(row, "qtyMin"),
        qtyMax=text(row, "qtyMax"),
        notionalMin=text(row, "notionalMin"),
        feeMaker=text(row, "feeMaker"),
        feeTaker=text(row, "feeTaker"),
        status=text(row, "status"),
    )


def _book(product: Product, symbol: str, depth: int) -> Request:
    _spot(product)
    return Request(f"/v1/book?{urlencode({'symbol': symbol, 'depth': min(depth, 50)})}")


def _parse_book(body: bytes) -> BookPage:
    # {"asks":[["60001","0.5"]],"bids":[["60000","0.7"]],"ts":"1700000000000","seqId":12}
    row = _row(body)
    return BookPage(levels(field(row, "bids"), "bids"), levels(field(row, "asks"), "asks"), integer(row, "ts"))


def _ticker(product: Product, symbol: str) -> Sequence[Request]:
    _spot(product)
    return (Request(f"/v1/ticker?{urlencode({'symbol': symbol})}"),)


def _parse_ticker(bodies: Sequence[bytes]) -> Ticker:
    row = _row(bodies[0])
    return ticker_of(row, "last bid ask open high low volume quoteVolume", change=None, ts=integer(row, "ts"))


_INTERVALS: Final = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d", "1w", "1M")


def _klines(product: Product, symbol: str, interval: str, limit: int) -> Request:
    _spot(product)
    if interval not in _INTERVALS:
        raise VenueReplyError(f"interval {interval} is not offered; known: {', '.join(_INTERVALS)}")
    query = {"symbol": symbol, "interval": interval, "limit": min(limit, 300)}
    return Request(f"/v1/klines?{urlencode(query)}")


def _parse_klines(_: Product, body: bytes) -> tuple[Kline, ...]:
    # [["1700000000000","60000","60010","59990","60001","1.5"]], oldest first
    return tuple(kline_of(as_array(row, "kline")) for row in as_array(_data(body), "data"))


def _key_check(key: str, secret: str, passphrase: str, ts_ms: int) -> Request:
    return signed_get("/v1/key", str(ts_ms), key, secret, passphrase, prefix="BRIDGE-")


def _parse_key_check(status: int, body: bytes) -> KeyRights:
    # {"exchange":"kraken","read":true,"trade":true,"why":""}. Nothing can be withdrawn through the bridge, whatever the
    # exchange's key may do, and no other machine reaches it.
    if status != 200:
        raise failure_of(status, body, _data)
    row = _row(body)
    return KeyRights(read=flag(row, "read"), trade=flag(row, "trade"), withdraw=False, bound=True)


VENUE: Final = Venue(
    spec=SPEC,
    key_check=KeyCheck(_key_check, _parse_key_check),
    parse_failure=lambda status, body: failure_of(status, body, _data),
    time=_time,
    instruments=_instruments,
    book=_book,
    ticker=_ticker,
    klines=_klines,
    parse_time=_parse_time,
    parse_instruments=_parse_instruments,
    parse_book=_parse_book,
    parse_ticker=_parse_ticker,
    parse_klines=_parse_klines,
)
