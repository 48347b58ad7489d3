"""ccxt's clients with nothing but their addresses changed."""

from typing import Any, Final
from urllib.parse import urlsplit

import ccxt
import ccxt.pro

from .servers import KEY, PASSPHRASE, SECRET, Served

TIMEOUT_MS: Final = 10_000
SYMBOLS: Final = {"spot": "BTC/USDT", "linear": "BTC/USDT:USDT"}
_TYPES: Final = {"spot": "spot", "linear": "swap"}


def moved(urls: Any, served: Served) -> Any:
    """The same tree of addresses, each with scheme and host replaced and its path kept."""
    if isinstance(urls, dict):
        return {name: moved(value, served) for name, value in urls.items()}
    if not isinstance(urls, str) or "://" not in urls:
        return urls
    parts = urlsplit(urls)
    base = served.ws if parts.scheme == "wss" else served.rest
    return base + parts.path


def client(served: Served, *, pro: bool = False, secret: str = SECRET) -> Any:
    """A ccxt client (`pro`: the asynchronous one with WebSocket) for one product of a served venue."""
    made = getattr(ccxt.pro if pro else ccxt, served.venue)(
        {
            "apiKey": KEY,
            "secret": secret,
            "password": PASSPHRASE,
            "timeout": TIMEOUT_MS,
            "options": {"defaultType": _TYPES[served.product], **_options(served)},
        }
    )
    made.urls["api"] = moved(made.urls["api"], served)
    return made


def amount_of(api: Any, symbol: str, base: float) -> float:
    """So much base coin as the client counts it: in contracts where the market has them."""
    return float(api.amount_to_precision(symbol, base / (api.market(symbol)["contractSize"] or 1)))


def _options(served: Served) -> dict[str, Any]:
    """What ccxt must not ask for: products and account pages that a venue of one product does not have."""
    types = _TYPES if served.venue in {"okx", "bitget"} else {"spot": "spot", "linear": "linear"}
    return {"fetchCurrencies": False, "fetchMarkets": {"types": [types[served.product]]}, "fetchMargins": False}
