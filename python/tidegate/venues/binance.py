"""Binance spot and USDT-M futures, cold half.

Documents: developers.binance.com/docs/binance-spot-api-docs
and developers.binance.com/docs/derivatives/usds-margined-futures.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from tidegate.model.keys import KeyRights
from tidegate.venues.json import (
    Object,
    as_array,
    as_object,
    field,
    flag,
    integer,
    kline_of,
    levels,
    parse_array,
    parse_object,
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
    ListenKey,
    OneWayCheck,
    Product,
    ProductSpec,
    Request,
    Spec,
    Ticker,
    Venue,
    VenueReplyError,
    Weight,
)

_PREFIX: Final[Mapping[Product, str]] = {"spot": "/api/v3", "linear": "/fapi/v1"}

SPEC: Final = Spec(
    name="binance",
    products={
        "spot": ProductSpec(
            rest="https://api.binance.com",
            ws={
                "public": "wss://stream.binance.com:9443",
                "private": "wss://ws-api.binance.com:443",
                "trade": "wss://ws-api.binance.com:443",
            },
            paths={"public": "/ws", "private": "/ws-api/v3", "trade": "/ws-api/v3"},
            weights=(
                Weight("/api/v3/depth", 250),
                Weight("/api/v3/openOrders", 80, urgent=True),
                Weight("/api/v3/order", 4, urgent=True),
                Weight("/api/v3/myTrades", 20, urgent=True),
                Weight("/api/v3/account", 20),
                Weight("/api/v3/exchangeInfo", 20),
            ),
            weight_limit=6000,
            weight_window_s=60,
            weight_header="x-mbx-used-weight-1m",
            fee_maker="0.001",
            fee_taker="0.001",
        ),
        "linear": ProductSpec(
            rest="https://fapi.binance.com",
            ws={
                "public": "wss://fstream.binance.com",
                "private": "wss://fstream.binance.com",
                "trade": "wss://ws-fapi.binance.com",
            },
            paths={"public": "/public/ws", "private": "/private/ws?listenKey={listen_key}", "trade": "/ws-fapi/v1"},
            weights=(
                Weight("/fapi/v1/depth", 20),
                Weight("/fapi/v1/openOrders", 40, urgent=True),
                Weight("/fapi/v1/order", 1, urgent=True),
                Weight("/fapi/v1/userTrades", 5, urgent=True),
                Weight("/fapi/v3/account", 5),
                Weight("/fapi/v3/positionRisk", 5),
            ),
            weight_limit=2400,
            weight_window_s=60,
            weight_header="x-mbx-used-weight-1m",
            fee_maker="0.0002",
            fee_taker="0.0005",
            trades_path="/market/ws",
        ),
    },
    keepalive=None,  # the server pings; the answering pong is the transport's
    keepalive_s=20.0,
    lifetime_s=23 * 3600.0,  # cut at 24 h
    connects_max=250,  # of 300 in 5 minutes
    connects_window_s=300.0,
    ban_s=120,
    shared_account_links=False,
)


def _time(product: Product) -> Request:
    return Request(f"{_PREFIX[product]}/time")


def _parse_time(body: bytes) -> int:
    # {"serverTime":1499827319559}
    return integer(parse_object(body), "serverTime") * 1_000_000


def _instruments(product: Product) -> Request:
    return Request(f"{_PREFIX[product]}/exchangeInfo", weight=20 if product == "spot" else 1)


def _parse_instruments(product: Product, body: bytes) -> InstrumentPage:
    # {"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[
    #   {"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000000.00","tickSize":"0.01"},
    #   {"filterType":"LOT_SIZE","minQty":"0.00001","maxQty":"9000.0","stepSize":"0.00001"},
    #   {"filterType":"NOTIONAL","minNotional":"5.0",...}]}]}; futures add "contractType":"PERPETUAL"
    rows = (as_object(row, "symbol") for row in as_array(field(parse_object(body), "symbols"), "symbols"))
    parsed = (_instrument(product, row) for row in rows if product == "spot" or row.get("contractType") == "PERPETUAL")
    return InstrumentPage(tuple(row for row in parsed if row is not None))


def _instrument(product: Product, row: Object) -> InstrumentRow | None:
    """None for a symbol without the filters that an order needs (it cannot be traded safely)."""
    filters = {
        text(rule, "filterType"): rule
        for rule in (as_object(entry, "filter") for entry in as_array(field(row, "filters"), "filters"))
    }
    price, lot = filters.get("PRICE_FILTER"), filters.get("LOT_SIZE")
    notional = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL")
    if price is None or lot is None:
        return None
    minimum = (text_or_none(notional, "minNotional") or text_or_none(notional, "notional")) if notional else None
    spec = SPEC.products[product]
    return InstrumentRow(
        symbol=text(row, "symbol"),
        base=text(row, "baseAsset"),
        quote=text(row, "quoteAsset"),
        tick=text(price, "tickSize"),
        lot=text(lot, "stepSize"),
        qtyMin=text(lot, "minQty"),
        qtyMax=text(lot, "maxQty"),
        notionalMin=minimum or "0",
        feeMaker=spec.fee_maker,
        feeTaker=spec.fee_taker,
        status=_STATUS.get(text(row, "status"), "halted"),
    )


_STATUS: Final[Mapping[str, str]] = {"TRADING": "trading", "CANCEL_ONLY": "cancel_only"}


def _book(product: Product, symbol: str, depth: int) -> Request:
    allowed = (5, 10, 20, 50, 100, 500, 1000)
    limit = next((size for size in allowed if size >= depth), 1000)
    weight = max(5, limit // 20) if product == "spot" else max(2, limit // 50)
    return Request(f"{_PREFIX[product]}/depth?symbol={symbol}&limit={limit}", weight)


def _parse_book(body: bytes) -> BookPage:
    # {"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],"asks":[...]}; futures add "E" and "T" (ms)
    record = parse_object(body)
    ts = integer(record, "E") if "E" in record else None
    return BookPage(levels(field(record, "bids"), "bids"), levels(field(record, "asks"), "asks"), ts)


def _ticker(product: Product, symbol: str) -> Sequence[Request]:
    prefix = _PREFIX[product]
    return (
        Request(f"{prefix}/ticker/24hr?symbol={symbol}", 2),
        Request(f"{prefix}/ticker/bookTicker?symbol={symbol}", 2),
    )


def _parse_ticker(bodies: Sequence[bytes]) -> Ticker:
    # {"symbol","priceChangePercent":"-95.960","lastPrice":"4.0","openPrice","highPrice","lowPrice","volume",
    #  "quoteVolume","closeTime":1499869899040}, {"symbol","bidPrice":"4.0","askPrice":"4.1",...}
    day, best = (parse_object(body) for body in bodies)
    names = "lastPrice bidPrice askPrice openPrice highPrice lowPrice volume quoteVolume"
    ts = integer(day, "closeTime") if "closeTime" in day else None
    return ticker_of(day | best, names, change=text_or_none(day, "priceChangePercent"), ts=ts)


def _klines(product: Product, symbol: str, interval: str, limit: int) -> Request:
    return Request(f"{_PREFIX[product]}/klines?symbol={symbol}&interval={interval}&limit={limit}", 2)


def _parse_klines(_: Product, body: bytes) -> tuple[Kline, ...]:
    # [[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499644799999,...]]
    return tuple(kline_of(as_array(row, "kline")) for row in parse_array(body))


def _parse_failure(status: int, body: bytes) -> VenueReplyError:
    # {"code":-1121,"msg":"Invalid symbol."}
    try:
        record = parse_object(body)
        return VenueReplyError(text(record, "msg"), str(integer(record, "code")))
    except VenueReplyError:
        return VenueReplyError(f"HTTP {status}", str(status))


def _listen_key(key: str, *, renew: bool) -> Request:
    method = "PUT" if renew else "POST"
    return Request("/fapi/v1/listenKey", 1, method, (("X-MBX-APIKEY", key),))


def _parse_listen_key(body: bytes) -> str:
    # {"listenKey":"pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"}
    return text(parse_object(body), "listenKey")


def _signed(path: str, weight: int, key: str, secret: str, ts_ms: int) -> Request:
    query = f"timestamp={ts_ms}&recvWindow=5000"
    signature = hmac.new(secret.encode(), query.encode(), "sha256").hexdigest()
    return Request(f"{path}?{query}&signature={signature}", weight, headers=(("X-MBX-APIKEY", key),))


def _key_check(key: str, secret: str, passphrase: str, ts_ms: int) -> Request:
    return _signed("/sapi/v1/account/apiRestrictions", 1, key, secret, ts_ms)


def _parse_key_check(status: int, body: bytes) -> KeyRights:
    # {"ipRestrict":false,"createTime":1698645219000,"enableReading":true,"enableWithdrawals":false,
    #  "enableFutures":false,"enableSpotAndMarginTrading":false,...}
    if status != 200:
        raise _parse_failure(status, body)
    record = parse_object(body)
    trade = flag(record, "enableSpotAndMarginTrading") or flag(record, "enableFutures")
    return KeyRights(
        read=flag(record, "enableReading"),
        trade=trade,
        withdraw=flag(record, "enableWithdrawals"),
        bound=flag(record, "ipRestrict"),
    )


def _one_way_check(key: str, secret: str, passphrase: str, ts_ms: int) -> Request:
    return _signed("/fapi/v1/positionSide/dual", 30, key, secret, ts_ms)


def _parse_one_way(status: int, body: bytes) -> bool:
    # {"dualSidePosition":true}
    if status != 200:
        raise _parse_failure(status, body)
    return not flag(parse_object(body), "dualSidePosition")


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
    parse_failure=_parse_failure,
    listen_key=ListenKey(
        product="linear",
        renew_s=30 * 60.0,
        build=_listen_key,
        parse=_parse_listen_key,
        refusals=frozenset({"-2008", "-2014", "-2015"}),
    ),  # a key lives 60 minutes
    key_check=KeyCheck(_key_check, _parse_key_check),
    one_way_check=OneWayCheck(_one_way_check, _parse_one_way),
)
