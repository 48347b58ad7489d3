"""Which exchanges take orders through the bridge, and how each finds an order by our id: read in ccxt's source.

The truth about an order rests on asking for it by an id that we gave it. An exchange without a row here, where nobody
has read that it carries such an id and answers by it, gets no orders: books and balances only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

DAY_MS: Final = 24 * 3600 * 1000


class Find(Enum):
    """FETCH: `fetch_order` takes `clientOrderId`. LISTS: the open and the closed orders do, and name it."""

    FETCH = "fetch"
    LISTS = "lists"


@dataclass(frozen=True, slots=True)
class Way:
    """open_page: open orders in an answer that may be cut off. fills_page: trades in one; span_ms: the time that one
    question about them may span.

    all_markets: trades are asked for without a market, because ccxt would take out others behind the exchange's own
    limit, and a full page would not look like one. limit: whether the exchange is told how many.
    """

    find: Find
    open_page: int
    fills_page: int
    span_ms: int
    all_markets: bool = False
    limit: bool = True


WAYS: Final[Mapping[str, Way]] = {
    "binance": Way(Find.FETCH, open_page=1000, fills_page=1000, span_ms=DAY_MS),
    "bitget": Way(Find.FETCH, open_page=100, fills_page=100, span_ms=30 * DAY_MS),
    # ccxt: the limit means the newest of all, whatever `since` says.
    "okx": Way(Find.FETCH, open_page=100, fills_page=100, span_ms=30 * DAY_MS, limit=False),
    "kraken": Way(Find.LISTS, open_page=1000, fills_page=50, span_ms=30 * DAY_MS, all_markets=True, limit=False),
}
