"""The shape of a venue's cold half: one frozen table of facts and a few pure functions, no class tree.

The hot half (frames, orders, signing) is the core's; a contract test checks that both halves name the same venues.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from tidegate.model.keys import KeyRights

Product = Literal["spot", "linear"]
Role = Literal["public", "private", "trade"]


class VenueReplyError(Exception):
    """The venue's answer is an error or not of the documented form. `code` is the venue's own, if any."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """One unsigned GET-like question. `weight` in the venue's own units."""

    target: str
    weight: int = 1
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """One instrument as `Engine.set_instruments` takes it; numbers as exact decimal text."""

    symbol: str
    base: str
    quote: str
    tick: str
    lot: str
    qtyMin: str  # noqa: N815  # the names are those of the boundary
    qtyMax: str  # noqa: N815
    notionalMin: str  # noqa: N815
    feeMaker: str  # noqa: N815
    feeTaker: str  # noqa: N815
    status: str
    contract: str = "1"
    """Base coin of one unit of the venue's count; amounts above are base coin whatever it is."""
    code: str = "0"
    """The venue's number for the instrument, 0 where it has none."""


@dataclass(frozen=True, slots=True)
class InstrumentPage:
    """Rows, and the request for the next page where there is one."""

    rows: tuple[InstrumentRow, ...]
    following: Request | None = None


@dataclass(frozen=True, slots=True)
class BookPage:
    """A depth snapshot: [price, quantity] texts as sent, best first; `ts` epoch ms, None if not given."""

    bids: tuple[tuple[str, str], ...]
    asks: tuple[tuple[str, str], ...]
    ts: int | None


@dataclass(frozen=True, slots=True)
class Ticker:
    """24 h statistics; decimal texts, None where the venue gives none. `ts` epoch ms."""

    last: str
    bid: str | None
    ask: str | None
    open: str | None
    high: str | None
    low: str | None
    volume: str | None
    quoteVolume: str | None  # noqa: N815  # JSON name
    changePercent: str | None  # noqa: N815
    ts: int | None


@dataclass(frozen=True, slots=True)
class Kline:
    """One candle; `open_ms` epoch ms of its opening, amounts as decimal text."""

    open_ms: int
    open: str
    high: str
    low: str
    close: str
    volume: str


@dataclass(frozen=True, slots=True)
class Weight:
    """What a request costs the budget: the first row whose `path` begins the target counts.

    urgent: may use the share that is kept for order queries.
    """

    path: str
    weight: int
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """Where one product lives: base addresses, paths per role, fees assumed until the account's own are known.

    A path may hold `{listen_key}`.
    """

    rest: str
    ws: Mapping[Role, str]
    paths: Mapping[Role, str]
    weights: Sequence[Weight]
    weight_limit: int
    weight_window_s: int
    weight_header: str | None
    fee_maker: str
    fee_taker: str
    trades_path: str | None = None
    """Of public trades, where it is not that of the books."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of the order fence and of the watch over books; see `engine/setup.py`."""

    recv_window_ms: int
    cap_ms: int
    read_lag_ms: int
    clock_error_ms: int
    stale_ms: int
    reply_ms: int


TIMING: Final = Timing(
    recv_window_ms=1500, cap_ms=10_000, read_lag_ms=2000, clock_error_ms=500, stale_ms=3000, reply_ms=2000
)
"""Where a venue gives no reason for another."""
SIMULATED_TIMING: Final = Timing(
    recv_window_ms=1500, cap_ms=1000, read_lag_ms=500, clock_error_ms=200, stale_ms=3000, reply_ms=2000
)
"""Of simulated venues, which lag less."""


@dataclass(frozen=True, slots=True)
class Spec:
    """The facts of one venue.

    keepalive: text frame that clients must send, None where protocol pings suffice. connects_max new connections in
    connects_window_s. shared_account_links: one private and one trade link serve all products of an account.
    bridged: what answers is a process of ours on this machine, with an exchange behind it.
    """

    name: str
    products: Mapping[Product, ProductSpec]
    keepalive: bytes | None
    keepalive_s: float
    lifetime_s: float
    connects_max: int
    connects_window_s: float
    ban_s: int
    shared_account_links: bool
    timing: Timing = TIMING
    simulated_timing: Timing = SIMULATED_TIMING
    bridged: bool = False


class BuildListenKey(Protocol):
    def __call__(self, key: str, *, renew: bool) -> Request:
        """The request for a listen key of the account whose API key is `key`, or for extending it."""
        ...


@dataclass(frozen=True, slots=True)
class ListenKey:
    """The private link of `product` needs a key from REST first, extended every `renew_s`.

    refusals: the venue's codes for an API key that it will not have.
    """

    product: Product
    renew_s: float
    build: BuildListenKey
    parse: Callable[[bytes], str]
    refusals: frozenset[str]


class BuildKeyCheck(Protocol):
    def __call__(self, key: str, secret: str, passphrase: str, ts_ms: int) -> Request:
        """The signed question what a key may do."""
        ...


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What a key may do, as the venue says. `parse` takes status and body; raises VenueReplyError for a refused key."""

    build: BuildKeyCheck
    parse: Callable[[int, bytes], KeyRights]


@dataclass(frozen=True, slots=True)
class OneWayCheck:
    """Whether linear positions are in one-way mode. `parse` raises VenueReplyError where the answer does not tell."""

    build: BuildKeyCheck
    parse: Callable[[int, bytes], bool]


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue as a table row: facts, request builders, parsers. Parsers raise VenueReplyError."""

    spec: Spec
    time: Callable[[Product], Request]
    parse_time: Callable[[bytes], int]
    instruments: Callable[[Product], Request]
    parse_instruments: Callable[[Product, bytes], InstrumentPage]
    book: Callable[[Product, str, int], Request]
    parse_book: Callable[[bytes], BookPage]
    ticker: Callable[[Product, str], Sequence[Request]]
    parse_ticker: Callable[[Sequence[bytes]], Ticker]
    klines: Callable[[Product, str, str, int], Request]
    parse_klines: Callable[[Product, bytes], tuple[Kline, ...]]
    parse_failure: Callable[[int, bytes], VenueReplyError]
    listen_key: ListenKey | None = None
    key_check: KeyCheck | None = None
    one_way_check: OneWayCheck | None = None


def weight_of(product: ProductSpec, target: str) -> Weight:
    """The table row of a target (path and query); an unlisted one counts 1."""
    return next((row for row in product.weights if target.startswith(row.path)), Weight("", 1))
