"""Bybit v5 spot and linear, cold half. Document: bybit-exchange.github.io/docs/v5."""

import hmac
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from tidegate.model.keys import KeyRights
from tidegate.venues.json import (
    Object,
    as_array,
    as_object,
    failure_of,
    field,
    integer,
    kline_of,
    levels,
    parse_object,
    percent_of,
    text,
    text_or_none,
    ticker_of,
)
from tidegate.venues.spec import (
    BookPage,
    InstrumentPage,
    InstrumentRow,
    KeyCheck,
    Kline,
    OneWayCheck,
    Product,
    ProductSpec,
    Request,
    Role,
    Spec,
    Ticker,
    Venue,
    VenueReplyError,
    Weight,
)

_HOST: Final[Mapping[Role, str]] = {
    "public": "wss://stream.bybit.com",
    "private": "wss://stream.bybit.com",
    "trade": "wss://stream.bybit.com",
}
_WEIGHTS: Final = (
    Weight("/v5/order/", 1, urgent=True),
    Weight("/v5/execution/", 1, urgent=True),
)


def _product(name: Product, fee_maker: str, fee_taker: str) -> ProductSpec:
    return ProductSpec(
        rest="https://api.bybit.com",
        ws=_HOST,
        paths={"public": f"/v5/public/{name}", "private": "/v5/private", "trade": "/v5/trade"},
        weights=_WEIGHTS,
        weight_limit=500,  # of 600 in 5 s for an address
        weight_window_s=5,
        weight_header=None,
        fee_maker=fee_maker,
        fee_taker=fee_taker,
    )


SPEC: Final = Spec(
    name="bybit",
    products={"spot": _product("spot", "0.001", "0.001"), "linear": _product("linear", "0.0002", "0.00055")},
    keepalive=b'{"op":"ping"}',
    keepalive_s=18.0,
    lifetime_s=23 * 3600.0,
    connects_max=400,  # of 500 in 5 minutes
    connects_window_s=300.0,
    ban_s=600,  # HTTP 403 "access too frequent": wait 10 minutes
    shared_account_links=True,
)


def _result(body: bytes) -> Object:
    """`result` of {"retCode":0,"retMsg":"OK","result":{...},"time":1672738134824}; errors come with HTTP 200 too."""
    record = parse_object(body)
    if integer(record, "retCode") != 0:
        raise VenueReplyError(text(record, "retMsg"), str(record["retCode"]))
    return as_object(field(record, "result"), "result")


def _time(_: Product) -> Request:
    return Request("/v5/market/time")


def _parse_time(body: bytes) -> int:
    # {"timeSecond":"1688639403","timeNano":"1688639403423213947"}
    return integer(_result(body), "timeNano")


def _instruments(product: Product) -> Request:
    return Request(f"/v5/market/instruments-info?category={product}&limit=1000")


def _parse_instruments(product: Product, body: bytes) -> InstrumentPage:
    # linear: {"symbol":"BTCUSDT","contractType":"LinearPerpetual","status":"Trading","baseCoin":"BTC",
    #  "quoteCoin":"USDT","priceFilter":{"tickSize":"0.10"},"lotSizeFilter":{"minOrderQty":"0.001",
    #  "qtyStep":"0.001","maxOrderQty":"1190","minNotionalValue":"5"}}
    # spot: "lotSizeFilter":{"basePrecision":"0.000001","minOrderQty","minOrderAmt":"5","maxLimitOrderQty":"83"}
    result = _result(body)
    rows = (as_object(row, "instrument") for row in as_array(field(result, "list"), "list"))
    parsed = (_instrument(product, row) for row in rows if product == "spot" or _is_perpetual(row))
    cursor = text_or_none(result, "nextPageCursor")
    following = Request(f"{_instruments(product).target}&cursor={quote(cursor, safe='')}") if cursor else None
    return InstrumentPage(tuple(row for row in parsed if row is not None), following)


def _is_perpetual(row: Object) -> bool:
    return row.get("contractType") == "LinearPerpetual"


def _instrument(product: Product, row: Object) -> InstrumentRow | None:
    """None for an incomplete row (a listing in preparation): it cannot be traded safely."""
    price = as_object(field(row, "priceFilter"), "priceFilter")
    lot = as_object(field(row, "lotSizeFilter"), "lotSizeFilter")
    names = _LOT_NAMES[product]
    tick, step, maximum = (
        text_or_none(price, "tickSize"),
        text_or_none(lot, names["lot"]),
        text_or_none(lot, names["max"]) or text_or_none(lot, "maxOrderQty"),
    )
    if tick is None or step is None or maximum is None:
        return None
    spec = SPEC.products[product]
    return InstrumentRow(
        symbol=text(row, "symbol"),
        base=text(row, "baseCoin"),
        quote=text(row, "quoteCoin"),
        tick=tick,
        lot=step,
        qtyMin=text_or_none(lot, "minOrderQty") or step,
        qtyMax=maximum,
        notionalMin=text_or_none(lot, names["notional"]) or "0",
        feeMaker=spec.fee_maker,
        feeTaker=spec.fee_taker,
        status="trading" if text(row, "status") == "Trading" else "halted",
    )


_LOT_NAMES: Final[Mapping[Product, Mapping[str, str]]] = {
    "spot": {"lot": "basePrecision", "max": "maxLimitOrderQty", "notional": "minOrderAmt"},
    "linear": {"lot": "qtyStep", "max": "maxOrderQty", "notional": "minNotionalValue"},
}


def _book(product: Product, symbol: str, depth: int) -> Request:
    return Request(f"/v5/market/orderbook?category={product}&symbol={symbol}&limit={min(depth, 1000)}")


def _parse_book(body: bytes) -> BookPage:
    # {"s":"BTCUSDT","a":[["65557.7","16.606555"]],"b":[["65485.47","47.081829"]],"ts":1716863719031,"u":..,"seq":..}
    result = _result(body)
    return BookPage(levels(field(result, "b"), "b"), levels(field(result, "a"), "a"), integer(result, "ts"))


def _ticker(product: Product, symbol: str) -> Sequence[Request]:
    return (Request(f"/v5/market/tickers?category={product}&symbol={symbol}"),)


def _parse_ticker(bodies: Sequence[bytes]) -> Ticker:
    # {"list":[{"symbol","lastPrice":"16597.00","bid1Price","ask1Price","prevPrice24h","highPrice24h","lowPrice24h",
    #  "volume24h","turnover24h","price24hPcnt":"-0.0068"}]}
    rows = as_array(field(_result(bodies[0]), "list"), "list")
    if not rows:
        raise VenueReplyError("the venue knows no such symbol")
    row = as_object(rows[0], "ticker")
    names = "lastPrice bid1Price ask1Price prevPrice24h highPrice24h lowPrice24h volume24h turnover24h"
    return ticker_of(row, names, change=percent_of(row, "price24hPcnt"), ts=integer(parse_object(bodies[0]), "time"))


_INTERVALS: Final[Mapping[str, str]] = {
    "1m": "1", "3m": "3", "5m": "5", "15m": "15", "30m": "30", "1h": "60", "2h": "120", "4h": "240", "6h": "360",
    "12h": "720", "1d": "D", "1w": "W", "1M": "M",
}  # fmt: skip


def _klines(product: Product, symbol: str, interval: str, limit: int) -> Request:
    if interval not in _INTERVALS:
        raise VenueReplyError(f"interval {interval} is not offered; known: {', '.join(_INTERVALS)}")
    query = f"category={product}&symbol={symbol}&interval={_INTERVALS[interval]}&limit={limit}"
    return Request(f"/v5/market/kline?{query}")


def _parse_klines(_: Product, body: bytes) -> tuple[Kline, ...]:
    # {"list":[["1670608800000","17071","17073","17027","17055.5","268611","15.74462667"]]}, newest first
    rows = (as_array(row, "kline") for row in as_array(field(_result(body), "list"), "list"))
    return tuple(reversed([kline_of(row) for row in rows]))


def _key_check(key: str, secret: str, passphrase: str, ts_ms: int) -> Request:
    return _signed("/v5/user/query-api", "", (key, secret), ts_ms)


def _signed(path: str, query: str, keys: tuple[str, str], ts_ms: int) -> Request:
    key, secret = keys
    signature = hmac.new(secret.encode(), f"{ts_ms}{key}5000{query}".encode(), "sha256").hexdigest()
    return Request(
        f"{path}?{query}" if query else path,
        headers=(
            ("X-BAPI-API-KEY", key),
            ("X-BAPI-TIMESTAMP", str(ts_ms)),
            ("X-BAPI-RECV-WINDOW", "5000"),
            ("X-BAPI-SIGN", signature),
        ),
    )


def _parse_key_check(status: int, body: bytes) -> KeyRights:
    # {"readOnly":0,"ips":["*"],"permissions":{"ContractTrade":["Order","Position"],"Spot":["SpotTrade"],
    #  "Wallet":["AccountTransfer","SubMemberTransfer","Withdraw"],...}}
    if status != 200:
        raise failure_of(status, body, _result)
    result = _result(body)
    rights = as_object(field(result, "permissions"), "permissions")
    given = {name: set(map(str, as_array(words, name))) for name, words in rights.items()}
    return KeyRights(
        read=True,
        trade=integer(result, "readOnly") == 0 and bool(given.get("Spot") or given.get("ContractTrade")),
        withdraw=any("Withdraw" in words for words in given.values()),
        bound=as_array(field(result, "ips"), "ips") not in ([], ["*"]),
    )


def _one_way_check(key: str, secret: str, passphrase: str, ts_ms: int) -> Request:
    # The mode is a coin's or an instrument's, and told with its positions only: the first market stands for all.
    return _signed("/v5/position/list", "category=linear&symbol=BTCUSDT", (key, secret), ts_ms)


def _parse_one_way(status: int, body: bytes) -> bool:
    # {"list":[{"positionIdx":0,"symbol":"BTCUSDT","size":"0",...}]}; 1 and 2 are the two sides of hedge mode
    if status != 200:
        raise failure_of(status, body, _result)
    rows = [as_object(row, "position") for row in as_array(field(_result(body), "list"), "list")]
    if not rows:
        raise VenueReplyError("the venue shows no position to tell it from")
    return all(integer(row, "positionIdx") == 0 for row in rows)


VENUE: Final = Venue(
    spec=SPEC,
    time=_time,
    parse_time=_parse_time,
    instruments=_instruments,
    parse_instruments=_parse_instruments,
    book=_book,
    parse_book=_parse_book,
    ticker=_ticker,
    parse_ticker=_parse_ticker,
    klines=_klines,
    parse_klines=_parse_klines,
    parse_failure=lambda status, body: failure_of(status, body, _result),
    key_check=KeyCheck(_key_check, _parse_key_check),
    one_way_check=OneWayCheck(_one_way_check, _parse_one_way),
)
