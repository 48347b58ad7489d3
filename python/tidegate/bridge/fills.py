"""Fills, collected to the last one: a span of time whose answer may be cut off is asked for again in two halves."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from tidegate.bridge.exchange import Client
from tidegate.bridge.ledger import Ledger
from tidegate.bridge.markets import Market, Markets
from tidegate.bridge.refusals import RefusalError, Word, refusal, word_of
from tidegate.bridge.rows import Row, fill_row, id_of
from tidegate.bridge.shapes import Object, as_list, as_object, text_or_empty
from tidegate.bridge.ways import Way

MARGIN_MS: Final = 1000
"""Some exchanges count whole seconds, or leave the first moment of a span out."""
QUESTIONS_MAX: Final = 500
"""For one span, halves and all."""
OWNERS_MAX: Final = 10_000
"""Orders of others whose fills we met; the one longest unused is asked about anew."""


class Fills:
    """owner: our id of an order that the exchange tells of, empty for one of somebody else."""

    def __init__(
        self,
        client: Client,
        way: Way | None,
        markets: Markets,
        ledger: Ledger,
        owner: Callable[[Market, Object], Awaitable[str]],
        now_ms: Callable[[], int],
    ) -> None:
        self._client = client
        self._way = way
        self._markets = markets
        self._ledger = ledger
        self._owner = owner
        self._now_ms = now_ms
        self._others: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def page(self, symbol: str, since_ms: int, after: int | None, limit: int) -> Sequence[Row]:
        """By number; the first page asks the exchange for all there is."""
        market = self._markets.named(symbol)
        if after is None:
            await self.collect(market, since_ms)
        return await self._ledger.fills(symbol, since_ms, after or 0, limit)

    async def collect(self, market: Market, since_ms: int) -> Sequence[Row]:
        """Everything since then, kept; gives what is new. Raises RefusalError where not everything can be had."""
        if self._way is None:
            raise RefusalError(Word.OTHER, "an account without orders has no fills")
        async with self._one_at_a_time:
            try:
                found = await self._between(self._way, market, since_ms - MARGIN_MS, self._now_ms() + MARGIN_MS)
                rows = [
                    fill_row(trade, market, await self._client_of(market, id_of(trade, "order")))
                    for trade in found.values()
                ]
            except Exception as error:
                raise refusal(error) from error
            return await self._ledger.add_fills(rows)

    async def _between(self, way: Way, market: Market, begin: int, end: int) -> dict[str, Object]:
        """By trade id. A question for each span; one whose answer is full is cut in two."""
        found: dict[str, Object] = {}
        spans = [(start, min(start + way.span_ms, end)) for start in range(begin, end, way.span_ms)]
        asked = 0
        while spans:
            asked += 1
            if asked > QUESTIONS_MAX:
                raise RefusalError(Word.OTHER, f"more than {QUESTIONS_MAX} questions for fills: ask for a shorter time")
            start, stop = spans.pop()
            limit = way.fills_page if way.limit else None
            answer = await self._client.fetch_my_trades(
                None if way.all_markets else market.unified, start, limit, {"until": stop}
            )
            trades = [as_object(trade, "trade") for trade in as_list(answer, "trades")]
            if len(trades) >= way.fills_page:
                if stop - start <= 1:
                    raise RefusalError(Word.OTHER, "more fills in a moment than the exchange shows")
                middle = (start + stop) // 2
                spans += [(start, middle), (middle, stop)]
                continue
            for trade in trades:
                if text_or_empty(trade, "symbol") == market.unified:
                    found[id_of(trade, "id")] = trade
        return found

    async def _client_of(self, market: Market, order_id: str) -> str:
        """Our id of a fill's order. One that we did not write down is asked about: it may be ours all the same."""
        kept = await self._ledger.by_id(market.symbol, order_id)
        if kept is not None:
            return kept.client
        key = (market.symbol, order_id)
        if key not in self._others:
            self._others[key] = await self._asked_owner(market, order_id)
            while len(self._others) > OWNERS_MAX:
                self._others.popitem(last=False)
        self._others.move_to_end(key)
        return self._others[key]

    async def _asked_owner(self, market: Market, order_id: str) -> str:
        """Nobody of ours where the exchange has forgotten it: the trading process knows its own by their other id."""
        try:
            order = as_object(await self._client.fetch_order(order_id, market.unified, {}), "order")
        except Exception as error:
            if word_of(error) is Word.UNKNOWN_ORDER:
                return ""
            raise
        return await self._owner(market, order)
