"""The account behind the bridge: each order leaves once, and what is said of it was asked for.

Written down before it is sent; what can not be known is called unknown, never refused and never absent.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tidegate.bridge.exchange import Client, one_send
from tidegate.bridge.fills import Fills
from tidegate.bridge.ledger import Ledger, Sent
from tidegate.bridge.markets import Market, Markets
from tidegate.bridge.refusals import RefusalError, Word, refusal
from tidegate.bridge.rows import Row, balance_rows, ended, id_of, order_row
from tidegate.bridge.shapes import Object, as_list, as_object, text_or_empty
from tidegate.bridge.ways import Find, Way

SETTLE_MS: Final = 20_000
"""So long an order that was sent and is not found is unknown: twice its deadline. Then the exchange would show it."""
LOOK_BACK_MS: Final = 60_000
"""How far before its intent an order may seem to be made: clocks differ."""
OPEN_MAX: Final = 1000
"""Open orders of a list; more are refused, never cut off."""
SENDING_MAX: Final = 64

KINDS: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    "limit": ("limit", {}),
    "ioc": ("limit", {"timeInForce": "IOC"}),
    "fok": ("limit", {"timeInForce": "FOK"}),
    "post_only": ("limit", {"postOnly": True}),
    "market": ("market", {}),
}
"""Our word, ccxt's type, and its unified parameters."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as it was asked for; px None for a market order."""

    symbol: str
    client: str
    side: str
    kind: str
    qty: Decimal
    px: Decimal | None


class Account:
    """One account at one exchange. now_ms: the wall clock. changed: told of each order that may look different."""

    def __init__(
        self,
        client: Client,
        way: Way | None,
        markets: Markets,
        ledger: Ledger,
        now_ms: Callable[[], int],
        changed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._way = way
        self._markets = markets
        self._ledger = ledger
        self._now_ms = now_ms
        self.changed = changed
        self._sending: set[str] = set()
        self.fills: Final = Fills(client, way, markets, ledger, self._owner, now_ms)

    @property
    def why_not(self) -> str:
        """Why no orders are taken, empty where they are."""
        if self._way is None:
            return f"nobody has read how {self._client.id} finds an order by our id: no orders, no fills"
        return ""

    async def place(self, wanted: Wanted, until_ms: int) -> str:
        """Sends it once, gives the exchange's id. Raises RefusalError: OUTCOME_UNKNOWN where it may have got there."""
        if self._way is None:
            raise RefusalError(Word.OTHER, self.why_not)
        market = self._markets.named(wanted.symbol)
        market.check(wanted.qty, wanted.px)
        if len(self._sending) >= SENDING_MAX:
            raise RefusalError(Word.RATE_LIMITED, f"{SENDING_MAX} orders are under way")
        kind, params = KINDS[wanted.kind]
        if not await self._ledger.intend(wanted.client, market.symbol, self._now_ms()):
            raise RefusalError(Word.DUPLICATE_CLIENT_ID, "this id was used before")
        self._sending.add(wanted.client)
        try:
            order_id = await self._send(wanted, market, (kind, params), until_ms)
        finally:
            self._sending.discard(wanted.client)
            self.changed(wanted.client)
        return order_id

    async def _send(
        self, wanted: Wanted, market: Market, style: tuple[str, Mapping[str, object]], until_ms: int
    ) -> str:
        kind, params = style
        with one_send(until_ms) as send:
            try:
                made = await self._client.create_order(
                    market.unified,
                    kind,
                    wanted.side,
                    f"{wanted.qty:f}",
                    None if wanted.px is None else f"{wanted.px:f}",
                    {**params, "clientOrderId": wanted.client},
                )
                order_id = id_of(as_object(made, "order"), "id")
            except Exception as error:
                why = refusal(error, sent=send.sent)
                if why.word is not Word.OUTCOME_UNKNOWN:
                    await self._ledger.ended(wanted.client)
                raise why from error
        await self._ledger.named(wanted.client, order_id)
        return order_id

    async def cancel(self, symbol: str, client: str) -> str:
        """Asks the exchange to cancel; gives its id of the order. Raises RefusalError."""
        market = self._markets.named(symbol)
        kept = await self._ledger.find(client)
        order_id = kept.order_id if kept is not None else None
        if order_id is None:
            order_id = (await self.order(symbol, client=client))["orderId"]
        try:
            await self._client.cancel_order(order_id, market.unified)
        except Exception as error:
            raise refusal(error) from error
        finally:
            self.changed(client)
        return order_id

    async def order(self, symbol: str, *, client: str = "", order_id: str = "") -> Row:
        """What the exchange says of one order. Raises RefusalError: UNKNOWN_ORDER only where that is certain."""
        market = self._markets.named(symbol)
        if client in self._sending:
            raise RefusalError(Word.OUTCOME_UNKNOWN, "it is being sent")
        kept = await (self._ledger.find(client) if client else self._ledger.by_id(symbol, order_id))
        found = await self._look(market, client, order_id or (kept.order_id or "" if kept is not None else ""))
        if found is None:
            raise self._missing(kept)
        row = order_row(found, market, await self._owner(market, found), self._now_ms())
        if client and row["clientId"] != client:
            raise RefusalError(Word.OUTCOME_UNKNOWN, "the exchange answered with another order")
        await self._learn(row)
        return row

    def _missing(self, kept: Sent | None) -> RefusalError:
        young = kept is not None and kept.open and self._now_ms() - kept.sent_ms < SETTLE_MS
        if young:
            return RefusalError(Word.OUTCOME_UNKNOWN, "it was sent a moment ago and is not to be seen yet")
        return RefusalError(Word.UNKNOWN_ORDER, "the exchange knows no such order")

    async def _look(self, market: Market, client: str, order_id: str) -> Object | None:
        """None where the exchange says that there is no such order. Raises RefusalError for anything else."""
        try:
            if order_id:
                return as_object(await self._client.fetch_order(order_id, market.unified, {}), "order")
            if self._way is None:
                raise RefusalError(Word.OTHER, self.why_not)
            if self._way.find is Find.FETCH:
                params = {"clientOrderId": client}
                return as_object(await self._client.fetch_order("", market.unified, params), "order")
            return await self._among_lists(market, client)
        except Exception as error:
            why = refusal(error)
            if why.word is Word.UNKNOWN_ORDER:
                return None
            raise why from error

    async def _among_lists(self, market: Market, client: str) -> Object | None:
        """Open orders, then those that ended: one that ends meanwhile is in the later list."""
        params = {"clientOrderId": client}
        kept = await self._ledger.find(client)
        since = (kept.sent_ms if kept is not None else self._now_ms() - SETTLE_MS) - LOOK_BACK_MS
        asks: Sequence[Callable[[], Awaitable[object]]] = (
            lambda: self._client.fetch_open_orders(market.unified, None, None, params),
            lambda: self._client.fetch_closed_orders(market.unified, since, None, params),
        )
        for ask in asks:
            for value in as_list(await ask(), "orders"):
                order = as_object(value, "order")
                if text_or_empty(order, "clientOrderId") == client:
                    return order
        return None

    async def open_orders(self) -> list[Row]:
        """All of the account's. Raises RefusalError where the list may be cut off."""
        way = self._way
        if way is None:
            raise RefusalError(Word.OTHER, self.why_not)
        try:
            found = as_list(await self._client.fetch_open_orders(), "orders")
        except Exception as error:
            raise refusal(error) from error
        if len(found) >= min(OPEN_MAX, way.open_page):
            raise RefusalError(Word.OTHER, f"{len(found)} open orders: the list may be cut off")
        rows = []
        for value in found:
            order = as_object(value, "order")
            market = self._markets.by_unified.get(text_or_empty(order, "symbol"))
            if market is not None:
                row = order_row(order, market, await self._owner(market, order), self._now_ms())
                await self._learn(row)
                rows.append(row)
        return rows

    async def balances(self) -> list[Row]:
        try:
            return balance_rows(as_object(await self._client.fetch_balance(), "balance"), self._now_ms())
        except Exception as error:
            raise refusal(error) from error

    async def still_open(self, limit: int) -> Sequence[Sent]:
        """Orders of ours that may still change."""
        return await self._ledger.open(limit)

    async def give_up(self, sent: Sent) -> None:
        """An order that the exchange does not know, long after it was sent, is looked after no more."""
        await self._ledger.ended(sent.client)

    async def _owner(self, market: Market, order: Object) -> str:
        """Our id of an order, empty for one of somebody else: what we wrote down, else what the exchange says."""
        kept = await self._ledger.by_id(market.symbol, text_or_empty(order, "id"))
        return kept.client if kept is not None else text_or_empty(order, "clientOrderId")

    async def _learn(self, row: Row) -> None:
        if row["clientId"] and await self._ledger.find(row["clientId"]) is not None:
            await self._ledger.named(row["clientId"], row["orderId"])
            if ended(row):
                await self._ledger.ended(row["clientId"])
