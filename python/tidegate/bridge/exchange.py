"""The one file that touches ccxt: two clients of an exchange, public without keys and private with them, no retries.

Every order leaves in exactly one request, or in none, and it is known in which case we are.
"""

import importlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from tidegate.bridge.refusals import LateError, SentTwiceError
from tidegate.model.errors import Code, TidegateError

DEADLINE_MS: Final = 10_000
"""Of one request to the exchange."""
INSTALL: Final = (
    'the bridge needs ccxt: pip install "tidegate[ccxt]" in an environment of its own (ccxt pins an older uvloop, with '
    "which the trading process does not start)"
)


class Client(Protocol):
    """What of a ccxt client is used. Amounts go in and come out as decimal text where `number` is str."""

    id: str
    has: Mapping[str, object]
    precisionMode: int  # noqa: N815  # ccxt's name
    urls: dict[str, object]

    async def load_markets(self) -> Mapping[str, object]: ...
    async def close(self) -> None: ...
    async def fetch_order_book(self, symbol: str, limit: int | None = None) -> object: ...
    async def watch_order_book(self, symbol: str) -> object: ...
    async def watch_trades(self, symbol: str) -> object: ...
    async def fetch_ticker(self, symbol: str) -> object: ...
    async def fetch_ohlcv(self, symbol: str, timeframe: str, since: None, limit: int) -> object: ...
    async def fetch_balance(self) -> object: ...
    async def create_order(
        self, symbol: str, kind: str, side: str, amount: str, price: str | None, params: Mapping[str, object]
    ) -> object: ...
    async def cancel_order(self, order_id: str, symbol: str) -> object: ...
    async def fetch_order(self, order_id: str, symbol: str, params: Mapping[str, object]) -> object: ...
    async def fetch_open_orders(
        self, symbol: str | None = None, since: None = None, limit: None = None, params: Mapping[str, object] = ...
    ) -> object: ...
    async def fetch_closed_orders(
        self, symbol: str, since: int, limit: None, params: Mapping[str, object]
    ) -> object: ...
    async def fetch_my_trades(
        self, symbol: str | None, since: int, limit: int | None, params: Mapping[str, object]
    ) -> object: ...
    async def watch_orders(self) -> object: ...
    async def watch_my_trades(self) -> object: ...


@dataclass(slots=True)
class Send:
    """The one request of one order. It may leave until `until_ms`; `sent` says whether it has."""

    until_ms: int
    sent: bool = False

    def leave(self) -> None:
        """Raises LateError or SentTwiceError, and then nothing leaves."""
        if self.sent:
            raise SentTwiceError("an order leaves once")
        if time.time_ns() // 1_000_000 > self.until_ms:
            raise LateError("the order came too late to be sent")
        self.sent = True


_SEND: ContextVar[Send | None] = ContextVar("send", default=None)


@contextmanager
def one_send(until_ms: int) -> Iterator[Send]:
    """Within it one request that changes something may leave, and it is known whether it did."""
    send = Send(until_ms)
    token = _SEND.set(send)
    try:
        yield send
    finally:
        _SEND.reset(token)


@dataclass(frozen=True, slots=True)
class Keys:
    """The exchange's own; they are in this process only, and print as nothing."""

    key: str
    secret: str
    password: str = ""

    def __repr__(self) -> str:
        return "Keys(redacted)"


@dataclass(frozen=True, slots=True)
class Clients:
    """private: None without keys."""

    public: Client
    private: Client | None

    async def close(self) -> None:
        for client in (self.public, self.private):
            if client is not None:
                await client.close()


def connect(name: str, keys: Keys | None, host: str | None = None) -> Clients:
    """Both clients; nothing is asked yet. host: where every address of the exchange leads instead, for a simulated one.

    Raises TidegateError CONFIG_ERROR without ccxt, or for a name that it does not know.
    """
    try:
        module = importlib.import_module("ccxt.pro")
    except ImportError:
        raise TidegateError(Code.CONFIG_ERROR, INSTALL) from None
    if name not in module.exchanges:
        raise TidegateError(Code.CONFIG_ERROR, f"ccxt knows no exchange called {name} with WebSocket")
    public = _client(module, name, None, host)
    return Clients(public, None if keys is None else _client(module, name, keys, host))


def _client(module: Any, name: str, keys: Keys | None, host: str | None) -> Client:  # noqa: ANN401  # ccxt has no types
    kind = getattr(module, name)

    async def fetch(self: Any, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:  # noqa: ANN401
        send = _SEND.get()
        if send is not None and method != "GET":
            send.leave()
        return await kind.fetch(self, url, method, headers, body)

    options = {
        "defaultType": "spot",
        "maxRetriesOnFailure": 0,
        "fetchMarkets": {"types": ["spot"]},
        "warnOnFetchOpenOrdersWithoutSymbol": False,
        **({"fetchCurrencies": False, "fetchMargins": False} if host is not None else {}),
    }
    made = type(kind.__name__, (kind,), {"fetch": fetch})(
        {"timeout": DEADLINE_MS, "enableRateLimit": True, "newUpdates": True, "options": options}
    )
    if keys is not None:
        made.apiKey, made.secret, made.password = keys.key, keys.secret, keys.password
        # Exact text, not floats. Books keep floats: ccxt sorts them by number.
        made.number = str
    if host is not None:
        made.urls["api"] = moved(made.urls["api"], host)
    return cast("Client", made)


def moved(urls: object, host: str) -> object:
    """The same tree of addresses, each at `host` (`127.0.0.1:1234`) without TLS, its path kept."""
    if isinstance(urls, dict):
        return {name: moved(value, host) for name, value in urls.items()}
    if not isinstance(urls, str) or "://" not in urls:
        return urls
    scheme, _, rest = urls.partition("://")
    return f"{'ws' if scheme == 'wss' else 'http'}://{host}{rest[rest.index('/') :] if '/' in rest else ''}"
