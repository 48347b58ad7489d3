"""The account's news. The exchange's streams only say when to look; what is said of an order or a fill was asked for.

So there is one way to read each fact, and an exchange without such streams is slower, not different.
"""

import asyncio
from collections import OrderedDict
from typing import Final

from tidegate.bridge.account import Account
from tidegate.bridge.exchange import Client
from tidegate.bridge.hub import Hub
from tidegate.bridge.ledger import Ledger, Sent
from tidegate.bridge.markets import Markets
from tidegate.bridge.refusals import RefusalError, Word
from tidegate.bridge.rows import Row, ended
from tidegate.bridge.shapes import as_list, as_object, text_or_empty
from tidegate.obs import log

ROUND_S: Final = 1.0
"""Between two looks at orders that may still change."""
LOOKED_AT_MAX: Final = 4
"""Orders of one round."""
OPEN_MAX: Final = 1000
DUE_MAX: Final = 1000
SAID_MAX: Final = 2000
"""Orders whose last row is remembered, so that it is not said twice."""
RETRY_S: Final = 5.0
LOOK_BACK_MS: Final = 60_000

_log = log.get("bridge")


class Watch:
    """Tells the hub what changes. `poke` is cheap, and safe to call too often."""

    def __init__(self, client: Client, account: Account, ledger: Ledger, markets: Markets, hub: Hub) -> None:
        self._client = client
        self._account = account
        self._ledger = ledger
        self._markets = markets
        self._hub = hub
        self._due: asyncio.Queue[str] = asyncio.Queue(DUE_MAX)
        self._waiting: set[str] = set()
        self._said: OrderedDict[str, Row] = OrderedDict()
        self._turn = 0

    def poke(self, client: str) -> None:
        """This order may look different. What does not fit is met again in a round."""
        if client not in self._waiting and not self._due.full():
            self._waiting.add(client)
            self._due.put_nowait(client)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._looks(), name="watch-looks")
            group.create_task(self._rounds(), name="watch-rounds")
            if self._client.has.get("watchOrders"):
                group.create_task(self._orders(), name="watch-orders")
            if self._client.has.get("watchMyTrades"):
                group.create_task(self._trades(), name="watch-trades")

    async def _looks(self) -> None:
        while True:
            client = await self._due.get()
            self._waiting.discard(client)
            try:
                sent = await self._ledger.find(client)
                if sent is not None:
                    await self._look(sent)
            except (RefusalError, ArithmeticError) as why:
                _log.debug("look_failed", order=client, why=str(why))

    async def _rounds(self) -> None:
        """A few open orders each time, all of them in turn."""
        while True:
            await asyncio.sleep(ROUND_S)
            waiting = await self._account.still_open(OPEN_MAX)
            for step in range(min(LOOKED_AT_MAX, len(waiting))):
                self.poke(waiting[(self._turn + step) % len(waiting)].client)
            self._turn += LOOKED_AT_MAX

    async def _look(self, sent: Sent) -> None:
        """Says what is new about one order: its fills, then its state, then the balances."""
        try:
            row = await self._account.order(sent.symbol, client=sent.client)
        except RefusalError as why:
            if why.word is Word.UNKNOWN_ORDER:
                await self._account.give_up(sent)
                return
            raise
        before = self._said.get(sent.client)
        if before == row:
            return
        if row["filled"] != (before["filled"] if before is not None else "0"):
            market = self._markets.named(sent.symbol)
            self._hub.publish(("fills", ""), await self._account.fills.collect(market, sent.sent_ms - LOOK_BACK_MS))
        self._hub.publish(("orders", ""), [row])
        self._remember(sent.client, row)
        if ended(row) or row["filled"] != "0":
            await self._balances()

    def _remember(self, client: str, row: Row) -> None:
        self._said[client] = row
        while len(self._said) > SAID_MAX:
            self._said.popitem(last=False)

    async def _balances(self) -> None:
        if self._hub.heard(("balances", "")):
            self._hub.publish(("balances", ""), await self._account.balances())

    async def _orders(self) -> None:
        while True:
            try:
                for value in as_list(await self._client.watch_orders(), "orders"):
                    client = text_or_empty(as_object(value, "order"), "clientOrderId")
                    if client and await self._ledger.find(client) is not None:
                        self.poke(client)
            except Exception as error:
                await self._again("orders", error)

    async def _trades(self) -> None:
        while True:
            try:
                for value in as_list(await self._client.watch_my_trades(), "trades"):
                    trade = as_object(value, "trade")
                    market = self._markets.by_unified.get(text_or_empty(trade, "symbol"))
                    if market is None:
                        continue
                    kept = await self._ledger.by_id(market.symbol, text_or_empty(trade, "order"))
                    if kept is not None:
                        self.poke(kept.client)
            except Exception as error:
                await self._again("trades", error)

    async def _again(self, stream: str, error: Exception) -> None:
        _log.warning("account_stream_failed", stream=stream, error=type(error).__name__, retry_s=RETRY_S)
        await asyncio.sleep(RETRY_S)
