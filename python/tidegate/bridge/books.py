"""Books and public trades that somebody listens to. A silent book is asked for after a while: silence is no proof."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final

from tidegate.bridge.exchange import Client
from tidegate.bridge.hub import Hub, Topic
from tidegate.bridge.markets import Market
from tidegate.bridge.rows import LEVELS_MAX, book_row, trade_row
from tidegate.bridge.shapes import as_list, as_object
from tidegate.obs import log

QUIET_S: Final = 3.0
"""Then a watched book is asked for; the trading process calls it stale after 10 s."""
POLL_S: Final = 1.0
"""Between two answers where the exchange has no stream; ccxt waits longer where its limits ask for it."""
RETRY_FIRST_S: Final = 1.0
RETRY_CAP_S: Final = 30.0
FOLLOWED_MAX: Final = 60
"""Streams followed at once: both clients of ccxt count what they ask apart, and quiet books ask."""

_log = log.get("bridge")


class Books:
    """Follows each topic while the hub has a listener for it. owner: of the tasks."""

    def __init__(self, client: Client, hub: Hub, owner: asyncio.TaskGroup, now_ms: Callable[[], int]) -> None:
        self._client = client
        self._hub = hub
        self._owner = owner
        self._now_ms = now_ms
        self._tasks: dict[Topic, asyncio.Task[None]] = {}
        self._seq = now_ms()

    def follow(self, topic: Topic, market: Market) -> bool:
        """Begins, where it has not begun; False where too many are followed or the exchange has no such stream."""
        channel, _ = topic
        if topic in self._tasks:
            return True
        if len(self._tasks) >= FOLLOWED_MAX or (channel == "trades" and not self._client.has.get("watchTrades")):
            return False
        work = self._books if channel == "books" else self._trades
        self._tasks[topic] = self._owner.create_task(self._while_heard(topic, market, work), name=f"{topic}")
        return True

    def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    async def snapshot(self, market: Market, depth: int) -> dict[str, object]:
        """The book now, best levels first."""
        row = self._row(await self._client.fetch_order_book(market.unified, None), market)
        for side in ("bids", "asks"):
            levels = row[side]
            row[side] = levels[:depth] if isinstance(levels, list) else []
        return row

    def _row(self, book: object, market: Market) -> dict[str, object]:
        self._seq += 1
        return book_row(as_object(book, "book"), market, self._seq, self._now_ms())

    async def _while_heard(
        self, topic: Topic, market: Market, work: Callable[[Topic, Market], Awaitable[None]]
    ) -> None:
        """Until nobody listens. An error is said once in a while, and tried again; meanwhile nothing is sent."""
        wait = RETRY_FIRST_S
        try:
            while self._hub.heard(topic):
                try:
                    await work(topic, market)
                    wait = RETRY_FIRST_S
                except Exception as error:
                    _log.warning("stream_failed", topic=list(topic), error=type(error).__name__, retry_s=wait)
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, RETRY_CAP_S)
        finally:
            self._tasks.pop(topic, None)

    async def _books(self, topic: Topic, market: Market) -> None:
        if not self._client.has.get("watchOrderBook"):
            self._publish(topic, market, await self._client.fetch_order_book(market.unified, LEVELS_MAX))
            await asyncio.sleep(POLL_S)
            return
        async with aclosing(self._watched(topic, lambda: self._client.watch_order_book(market.unified))) as stream:
            async for book in stream:
                said = book if book is not None else await self._client.fetch_order_book(market.unified, None)
                self._publish(topic, market, said)

    def _publish(self, topic: Topic, market: Market, book: object) -> None:
        self._hub.publish(topic, [self._row(book, market)], action="snapshot")

    async def _trades(self, topic: Topic, market: Market) -> None:
        async with aclosing(self._watched(topic, lambda: self._client.watch_trades(market.unified))) as stream:
            async for trades in stream:
                if trades is not None:
                    rows = [trade_row(as_object(trade, "trade"), market) for trade in as_list(trades, "trades")]
                    self._hub.publish(topic, [row for row in rows if row is not None])

    async def _watched(self, topic: Topic, ask: Callable[[], Awaitable[object]]) -> AsyncGenerator[object | None, None]:
        """What the stream says; None when it has said nothing for a while.

        What waits is not cancelled meanwhile: ccxt's waiters share it.
        """
        waiting: asyncio.Task[object] | None = None
        try:
            while self._hub.heard(topic):
                waiting = waiting or asyncio.ensure_future(_asked(ask))
                done, _ = await asyncio.wait({waiting}, timeout=QUIET_S)
                if not done:
                    yield None
                    continue
                said, waiting = waiting.result(), None
                yield said
        finally:
            if waiting is not None:
                waiting.cancel()


async def _asked(ask: Callable[[], Awaitable[object]]) -> object:
    return await ask()
