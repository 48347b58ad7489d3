"""OKX v5 spot and perpetual swaps, cold half. Document: www.okx.com/docs-v5.

Swaps count contracts; rows are given in base coin, with the size of a contract beside them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
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

_HOST: Final = "wss://ws.okx.com:8443"
_WS: Final[Mapping[Role, str]] = {"public": _HOST, "private": _HOST, "trade": _HOST}
_KIND: Final[Mapping[Product, str]] = {"spot": "SPOT", "linear": "SWAP"}


def _product(fee_maker: str, fee_taker: str) -> ProductSpec:
    return ProductSpec(
        rest="https://www.okx.com",
        ws=_WS,
        paths={"public": "/ws/v5/public", "private": "/ws/v5/private", "trade": "/ws/v5/private"},
        weights=(Weight("/api/v5/trade/", 1, urgent=True),),
        weight_limit=20,  # of the tightest endpoint, in 2 s; each endpoint has a limit of its own
        weight_window_s=2,
        weight_header=None,
        fee_maker=fee_maker,
        fee_taker=fee_taker,
    )


SPEC: Final = Spec(
    name="okx",
    products={"spot": _product("0.0008", "0.001"), "linear": _product("0.0002", "0.0005")},
    keepalive=b"ping",
    keepalive_s=15.0,  # an idle socket is dropped after 30 s
    lifetime_s=23 * 3600.0,
    connects_max=3,
    connects_window_s=1.2,  # a second, and what the way there may bring closer together
    ban_s=10,
    shared_account_links=True,
)


def _rows(body: bytes) -> list[object]:
    """`data` of {"code":"0","msg":"","data":[...]}."""
    return as_array(data_of(body, fine="0"), "data")


def _row(body: bytes) -> Object:
    rows = _rows(body)
    if not rows:
        raise VenueReplyError("the venue answered with no row")
    return as_object(rows[0], "data")


def _time(_: Product) -> Request:
    return Request("/api/v5/public/time")


def _parse_time(body: bytes) -> int:
    # [{"ts":"1597026383085"}]
    return integer(_row(body), "ts") * 1_000_000


def _instruments(product: Product) -> Request:
    return Request(f"/api/v5/public/instruments?instType={_KIND[product]}")


def _parse_instruments(product: Product, body: bytes) -> InstrumentPage:
    # {"instType":"SWAP","instId":"BTC-USDT-SWAP","instIdCode":10459,"settleCcy":"USDT","ctVal":"0.01","ctMult":"1",
    #  "ctValCcy":"BTC","ctType":"linear","tickSz":"0.1","lotSz":"0.01","minSz":"0.01","maxLmtSz":"9999","state":"live"}
    rows = (as_object(row, "instrument") for row in _rows(body))
    parsed = (_instrument(product, row) for row in rows if product == "spot" or row.get("ctType") == "linear")
    return InstrumentPage(tuple(row for row in parsed if row is not None))


def _instrument(product: Product, row: Object) -> InstrumentRow | None:
    """None for an incomplete row (a listing in preparation): it cannot be traded safely."""
    names = ("tickSz", "lotSz", "minSz", "maxLmtSz", *(() if product == "spot" else ("ctVal", "ctMult")))
    if any(text_or_none(row, name) is None for name in names):
        return None
    contract = Decimal(1) if product == "spot" else decimal(row, "ctVal") * decimal(row, "ctMult")
    base, quote = ("baseCcy", "quoteCcy") if product == "spot" else ("ctValCcy", "settleCcy")
    spec = SPEC.products[product]
    return InstrumentRow(
        symbol=text(row, "instId"),
        base=text(row, base),
        quote=text(row, quote),
        tick=text(row, "tickSz"),
        lot=_base(row, "lotSz", contract),
        qtyMin=_base(row, "minSz", contract),
        qtyMax=_base(row, "maxLmtSz", contract),
        notionalMin="0",  # the venue has none
        feeMaker=spec.fee_maker,
        feeTaker=spec.fee_taker,
        status="trading" if text(row, "state") == "live" else "halted",
        contract=f"{contract:f}",
        code=str(integer(row, "instIdCode")) if "instIdCode" in row else "0",
    )


def _base(row: Object, name: str, contract: Decimal) -> str:
    """A size in the venue's count, as base coin."""
    return f"{decimal(row, name) * contract:f}"


def _book(product: Product, symbol: str, depth: int) -> Request:
    if product == "linear":
        raise VenueReplyError("the venue counts swaps in contracts; ask for a tracked book, which counts base coin")
    return Request(f"/api/v5/market/books?instId={symbol}&sz={min(depth, 400)}")


def _parse_book(body: bytes) -> BookPage:
    # [{"asks":[["41006.8","0.60038921","0","1"]],"bids":[...],"ts":"1629966436396"}]
    row = _row(body)
    return BookPage(levels(field(row, "bids"), "bids"), levels(field(row, "asks"), "asks"), integer(row, "ts"))


def _ticker(_: Product, symbol: str) -> Sequence[Request]:
    return (Request(f"/api/v5/market/ticker?instId={symbol}"),)


def _parse_ticker(bodies: Sequence[bytes]) -> Ticker:
    # {"instType":"SPOT","instId":"BTC-USDT","last":"9999.99","askPx":"9999.99","bidPx":"8888.88","open24h":"9000",
    #  "high24h":"10000","low24h":"8888.88","volCcy24h":"2222","vol24h":"2222","ts":"1597026383085"};
    # spot: vol24h base and volCcy24h quote; swap: vol24h contracts and volCcy24h base
    row = _row(bodies[0])
    spot = text(row, "instType") == "SPOT"
    volumes = "vol24h volCcy24h" if spot else "volCcy24h -"
    return ticker_of(row, f"last bidPx askPx open24h high24h low24h {volumes}", change=None, ts=integer(row, "ts"))


_INTERVALS: Final[Mapping[str, str]] = {
    "1m": "1m", "3m": "3m", "5m": "5m", "15m": "15m", "30m": "30m", "1h": "1H", "2h": "2H", "4h": "4H",
    "6h": "6Hutc", "12h": "12Hutc", "1d": "1Dutc", "1w": "1Wutc", "1M": "1Mutc",
}  # fmt: skip


def _klines(_: Product, symbol: str, interval: str, limit: int) -> Request:
    if interval not in _INTERVALS:
        raise VenueReplyError(f"interval {interval} is not offered; known: {', '.join(_INTERVALS)}")
    return Request(f"/api/v5/market/candles?instId={symbol}&bar={_INTERVALS[interval]}&limit={min(limit, 300)}")


def _parse_klines(product: Product, body: bytes) -> tuple[Kline, ...]:
    # [["1597026383085","3.721","3.743","3.677","3.708","8422410","22698348.04828491","12698348.04828491","0"]],
    # newest first; the first volume of swaps is contracts, the second base coin (for spot: base coin, quote coin)
    volume = 5 if product == "spot" else 6
    return tuple(reversed([kline_of(as_array(row, "kline"), volume) for row in _rows(body)]))


def _key_check(key: str, secret: str, passphrase: str, ts_ms: int) -> Request:
    moment = datetime.fromtimestamp(ts_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return signed_get("/api/v5/account/config", moment, key, secret, passphrase, prefix="OK-")


def _parse_key_check(status: int, body: bytes) -> KeyRights:
    # {"code":"0","data":[{"uid":"44","perm":"read_only,withdraw,trade","ip":"192.0.2.1",...}],"msg":""}
    if status != 200:
        raise failure_of(status, body, _rows)
    row = _row(body)
    given = {word.strip() for word in text(row, "perm").split(",")}
    return KeyRights(
        read="read_only" in given,
        trade="trade" in given,
        withdraw="withdraw" in given,
        bound=text_or_none(row, "ip") is not None,
        one_way=text(row, "posMode") == "net_mode" if "posMode" in row else None,
    )


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
    parse_failure=lambda status, body: failure_of(status, body, _rows),
    key_check=KeyCheck(_key_check, _parse_key_check),
)
