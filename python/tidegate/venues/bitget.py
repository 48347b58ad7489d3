"""Bitget v2 (classic account) spot and USDT-M futures, cold half. Document: www.bitget.com/docs/classic."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from tidegate.model.keys import KeyRights
from tidegate.venues.json import (
    Object,
    as_array,
    as_object,
    data_of,
    decimal,
    failure_of,
    field,
    integer,
    kline_of,
    levels,
    percent_of,
    text,
    text_or_none,
    ticker_of,
)
from tidegate.venues.signing import signed_get
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
    Timing,
    Venue,
    VenueReplyError,
    Weight,
)

_HOST: Final = "wss://ws.bitget.com"
_WS: Final[Mapping[Role, str]] = {"public": _HOST, "private": _HOST, "trade": _HOST}
_ROOT: Final[Mapping[Product, str]] = {"spot": "/api/v2/spot/", "linear": "/api/v2/mix/"}
_KIND: Final = "productType=USDT-FUTURES"


def _product(fee_maker: str, fee_taker: str) -> ProductSpec:
    return ProductSpec(
        rest="https://api.bitget.com",
        ws=_WS,
        paths={"public": "/v2/ws/public", "private": "/v2/ws/private", "trade": "/v2/ws/private"},
        weights=(Weight("/api/v2/spot/trade/", 1, urgent=True), Weight("/api/v2/mix/order/", 1, urgent=True)),
        weight_limit=4800,  # of 6000 a minute for an address; endpoints have limits of their own, ten a second and more
        weight_window_s=60,
        weight_header=None,
        fee_maker=fee_maker,
        fee_taker=fee_taker,
    )


SPEC: Final = Spec(
    name="bitget",
    products={"spot": _product("0.001", "0.001"), "linear": _product("0.0002", "0.0006")},
    keepalive=b"ping",
    keepalive_s=25.0,  # a socket without pings is dropped after 2 minutes, data or not
    lifetime_s=23 * 3600.0,  # cut at 24 h
    connects_max=250,  # of 300 in 5 minutes
    connects_window_s=300.0,
    ban_s=60,
    shared_account_links=True,
    timing=Timing(
        recv_window_ms=5000, cap_ms=10_000, read_lag_ms=2000, clock_error_ms=500, stale_ms=3000, reply_ms=2000
    ),
)


def _data(body: bytes) -> object:
    """`data` of {"code":"00000","msg":"success","requestTime":1695808949356,"data":...}."""
    return data_of(body, fine="00000")


def _rows(body: bytes) -> list[object]:
    return as_array(_data(body), "data")


def _target(product: Product, path: str, query: str) -> str:
    kind = "" if product == "spot" else _KIND
    return f"{_ROOT[product]}{path}?{'&'.join(part for part in (kind, query) if part)}"


def _time(_: Product) -> Request:
    return Request("/api/v2/public/time")


def _parse_time(body: bytes) -> int:
    # {"serverTime":"1688008631614"}
    return integer(as_object(_data(body), "data"), "serverTime") * 1_000_000


def _instruments(product: Product) -> Request:
    return Request("/api/v2/spot/public/symbols" if product == "spot" else f"/api/v2/mix/market/contracts?{_KIND}")


def _parse_instruments(product: Product, body: bytes) -> InstrumentPage:
    # spot: {"symbol":"BTCUSDT","baseCoin":"BTC","quoteCoin":"USDT","maxTradeAmount":"10000","pricePrecision":"2",
    #  "quantityPrecision":"6","minTradeUSDT":"1","status":"online"}
    # futures: {"symbol":"BTCUSDT","pricePlace":"1","priceEndStep":"1","volumePlace":"4","sizeMultiplier":"0.0001",
    #  "minTradeNum":"0.0001","minTradeUSDT":"5","maxOrderQty":"1200","symbolType":"perpetual","symbolStatus":"normal"}
    rows = (as_object(row, "symbol") for row in _rows(body))
    parse = _spot if product == "spot" else _contract
    parsed = (parse(row) for row in rows)
    return InstrumentPage(tuple(row for row in parsed if row is not None))


_UNBOUNDED: Final = "9999999999"
"""Where a venue gives no largest quantity."""


def _spot(row: Object) -> InstrumentRow | None:
    """None for an incomplete row (a listing in preparation): it cannot be traded safely."""
    if text_or_none(row, "pricePrecision") is None or text_or_none(row, "quantityPrecision") is None:
        return None
    lot = _step(row, "quantityPrecision")
    maximum = text_or_none(row, "maxTradeAmount")
    return _row(
        "spot", row, tick=_step(row, "pricePrecision"), lot=lot, least=lot,
        most=maximum if maximum is not None and maximum != "0" else _UNBOUNDED,
        trading=text(row, "status") == "online",
    )  # fmt: skip


def _contract(row: Object) -> InstrumentRow | None:
    """None for a dated contract or an incomplete row."""
    names = ("pricePlace", "priceEndStep", "sizeMultiplier", "minTradeNum")
    if row.get("symbolType") != "perpetual" or any(text_or_none(row, name) is None for name in names):
        return None
    tick = f"{decimal(row, 'priceEndStep') * Decimal(_step(row, 'pricePlace')):f}"
    return _row(
        "linear", row, tick=tick, lot=text(row, "sizeMultiplier"), least=text(row, "minTradeNum"),
        most=text_or_none(row, "maxOrderQty") or _UNBOUNDED, trading=text(row, "symbolStatus") == "normal",
    )  # fmt: skip


def _row(  # the parts of one row, by name
    product: Product, row: Object, *, tick: str, lot: str, least: str, most: str, trading: bool
) -> InstrumentRow:
    spec = SPEC.products[product]
    return InstrumentRow(
        symbol=text(row, "symbol"),
        base=text(row, "baseCoin"),
        quote=text(row, "quoteCoin"),
        tick=tick,
        lot=lot,
        qtyMin=least,
        qtyMax=most,
        notionalMin=text_or_none(row, "minTradeUSDT") or "0",
        feeMaker=spec.fee_maker,
        feeTaker=spec.fee_taker,
        status="trading" if trading else "halted",
    )


def _step(row: Object, name: str) -> str:
    """One unit of the last of so many decimal places."""
    places = integer(row, name)
    if not 0 <= places <= 18:
        raise VenueReplyError(f"field {name} is no number of decimal places")
    return f"{Decimal(1).scaleb(-places):f}"


def _book(product: Product, symbol: str, depth: int) -> Request:
    path = "market/orderbook" if product == "spot" else "market/merge-depth"
    allowed = (depth,) if product == "spot" else (5, 15, 50, 100)
    limit = min(next((size for size in allowed if size >= depth), 100), 150)
    return Request(_target(product, path, f"symbol={symbol}&limit={limit}"))


def _parse_book(body: bytes) -> BookPage:
    # {"asks":[["34567.15","0.0131"]],"bids":[["34567","0.2917"]],"ts":"1698303884584"}; futures write numbers
    data = as_object(_data(body), "data")
    return BookPage(levels(field(data, "bids"), "bids"), levels(field(data, "asks"), "asks"), integer(data, "ts"))


def _ticker(product: Product, symbol: str) -> Sequence[Request]:
    path = "market/tickers" if product == "spot" else "market/ticker"
    return (Request(_target(product, path, f"symbol={symbol}")),)


def _parse_ticker(bodies: Sequence[bytes]) -> Ticker:
    # [{"symbol":"BTCUSDT","lastPr":"34413.1","bidPr":"0","askPr":"0","open":"35134.2","high24h":"37775.65",
    #  "low24h":"34413.1","baseVolume":"0","quoteVolume":"0","change24h":"0.00069","ts":"1625125755277"}],
    # futures: open24h
    rows = _rows(bodies[0])
    if not rows:
        raise VenueReplyError("the venue knows no such symbol")
    row = as_object(rows[0], "ticker")
    opened = "open" if "open" in row else "open24h"
    names = f"lastPr bidPr askPr {opened} high24h low24h baseVolume quoteVolume"
    return ticker_of(row, names, change=percent_of(row, "change24h"), ts=integer(row, "ts"))


_INTERVALS: Final[Mapping[Product, Mapping[str, str]]] = {
    "spot": {
        "1m": "1min", "3m": "3min", "5m": "5min", "15m": "15min", "30m": "30min", "1h": "1h", "4h": "4h",
        "6h": "6Hutc", "12h": "12Hutc", "1d": "1Dutc", "1w": "1Wutc", "1M": "1Mutc",
    },
    "linear": {
        "1m": "1m", "3m": "3m", "5m": "5m", "15m": "15m", "30m": "30m", "1h": "1H", "2h": "2H", "4h": "4H",
        "6h": "6Hutc", "12h": "12Hutc", "1d": "1Dutc", "1w": "1Wutc", "1M": "1Mutc",
    },
}  # fmt: skip


def _klines(product: Product, symbol: str, interval: str, limit: int) -> Request:
    known = _INTERVALS[product]
    if interval not in known:
        raise VenueReplyError(f"interval {interval} is not offered; known: {', '.join(known)}")
    query = f"symbol={symbol}&granularity={known[interval]}&limit={min(limit, 1000)}"
    return Request(_target(product, "market/candles", query))


def _parse_klines(_: Product, body: bytes) -> tuple[Kline, ...]:
    # [["1656604800000","37834.5","37849.5","37773.5","37773.5","428.3462","16198849.1079"]], oldest first
    return tuple(kline_of(as_array(row, "kline")) for row in _rows(body))


_TRADES: Final = frozenset({"stow", "coow", "trade"})
_WITHDRAWS: Final = frozenset({"wwow", "withdraw"})
"""Words for writing spot and futures orders, and for withdrawing; the document's own sample has longer ones."""


def _key_check(key: str, secret: str, passphrase: str, ts_ms: int) -> Request:
    return signed_get("/api/v2/spot/account/info", str(ts_ms), key, secret, passphrase)


def _parse_key_check(status: int, body: bytes) -> KeyRights:
    # {"userId":"1","ips":"192.0.2.1","authorities":["stor","stow","coow"],"parentId":1,"traderType":"not_trader"}
    if status != 200:
        raise failure_of(status, body, _data)
    row = as_object(_data(body), "data")
    given = {word for word in as_array(field(row, "authorities"), "authorities") if isinstance(word, str)}
    return KeyRights(
        read=bool(given),
        trade=bool(given & _TRADES),
        withdraw=bool(given & _WITHDRAWS),
        bound=text_or_none(row, "ips") is not None,
    )


def _one_way_check(key: str, secret: str, passphrase: str, ts_ms: int) -> Request:
    query = "symbol=BTCUSDT&productType=USDT-FUTURES&marginCoin=USDT"
    return signed_get(f"/api/v2/mix/account/account?{query}", str(ts_ms), key, secret, passphrase)


def _parse_one_way(status: int, body: bytes) -> bool:
    # {"marginCoin":"USDT","available":"0",...,"marginMode":"crossed","posMode":"hedge_mode"}
    if status != 200:
        raise failure_of(status, body, _data)
    return text(as_object(_data(body), "data"), "posMode") == "one_way_mode"


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
    parse_failure=lambda status, body: failure_of(status, body, _data),
    key_check=KeyCheck(_key_check, _parse_key_check),
    one_way_check=OneWayCheck(_one_way_check, _parse_one_way),
)
