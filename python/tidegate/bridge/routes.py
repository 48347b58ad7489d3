"""Questions over HTTP: a table of routes, one envelope, one place where refusals become answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson
from aiohttp import web

from tidegate.bridge.account import Account
from tidegate.bridge.books import Books
from tidegate.bridge.exchange import Client
from tidegate.bridge.markets import Markets
from tidegate.bridge.refusals import STATUS, RefusalError, Word, refusal
from tidegate.bridge.requests import client_of, number_of, order_id_of, symbol_of
from tidegate.bridge.rows import LEVELS_MAX
from tidegate.bridge.secret import proves
from tidegate.bridge.shapes import as_list, as_object, decimal, millis, plain
from tidegate.obs import log

PAGE_MAX: Final = 100
KLINES_MAX: Final = 300
TARGET_MAX: Final = 2000
LOCAL: Final = ("127.0.0.1", "localhost", "[::1]")
"""What a client of this machine calls it; a page in a browser that was led here calls it by another name."""

_log = log.get("bridge")
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What questions are answered from. account: None without keys."""

    exchange: str
    public: Client
    markets: Markets
    books: Books
    account: Account | None
    secret: str
    now_ms: Callable[[], int]

    def trading(self) -> Account:
        if self.account is None:
            raise RefusalError(Word.OTHER, "this bridge has no keys of the exchange")
        return self.account


@dataclass(frozen=True, slots=True)
class Route:
    path: str
    answer: Callable[[Parts, Query], Awaitable[object]]
    private: bool = False


async def _time(parts: Parts, _: Query) -> object:
    return {"ts": str(parts.now_ms())}


async def _instruments(parts: Parts, _: Query) -> object:
    return [market.row() for market in parts.markets.by_symbol.values()]


async def _book(parts: Parts, query: Query) -> object:
    market = parts.markets.named(symbol_of(query))
    depth = number_of(query, "depth", default=LEVELS_MAX, largest=LEVELS_MAX)
    return await parts.books.snapshot(market, depth)


async def _ticker(parts: Parts, query: Query) -> object:
    market = parts.markets.named(symbol_of(query))
    ticker = as_object(await parts.public.fetch_ticker(market.unified), "ticker")
    names = ("last", "bid", "ask", "open", "high", "low", "baseVolume", "quoteVolume")
    found = {name: decimal(ticker.get(name)) for name in names}
    if found["last"] is None:
        raise RefusalError(Word.OTHER, "the exchange names no last price")
    shown = {name: "" if value is None else plain(value) for name, value in found.items()}
    shown["volume"] = shown.pop("baseVolume")
    return {**shown, "ts": str(millis(ticker, "timestamp") or parts.now_ms())}


async def _klines(parts: Parts, query: Query) -> object:
    market = parts.markets.named(symbol_of(query))
    limit = number_of(query, "limit", default=100, largest=KLINES_MAX)
    interval = query.get("interval", "1m")[:4]
    rows = as_list(await parts.public.fetch_ohlcv(market.unified, interval, None, limit), "klines")
    return [[_shown(value) for value in as_list(row, "kline")[:6]] for row in rows[-limit:]]


def _shown(value: object) -> str:
    number = decimal(value)
    if number is None:
        raise RefusalError(Word.OTHER, "a kline with something that is no number")
    return plain(number)


async def _key(parts: Parts, _: Query) -> object:
    why = parts.account.why_not if parts.account is not None else "no keys of the exchange"
    return {"exchange": parts.exchange, "read": parts.account is not None, "trade": not why, "why": why}


async def _order(parts: Parts, query: Query) -> object:
    symbol = symbol_of(query)
    if "orderId" in query:
        return await parts.trading().order(symbol, order_id=order_id_of(query))
    return await parts.trading().order(symbol, client=client_of(query))


async def _open_orders(parts: Parts, _: Query) -> object:
    return await parts.trading().open_orders()


async def _fills(parts: Parts, query: Query) -> object:
    since = number_of(query, "since", default=0, largest=parts.now_ms())
    after = number_of(query, "after", default=0, largest=2**53) if "after" in query else None
    limit = number_of(query, "limit", default=PAGE_MAX, largest=PAGE_MAX)
    return await parts.trading().fills.page(symbol_of(query), since, after, limit)


async def _balances(parts: Parts, _: Query) -> object:
    return await parts.trading().balances()


ROUTES: Final = (
    Route("/v1/time", _time),
    Route("/v1/instruments", _instruments),
    Route("/v1/book", _book),
    Route("/v1/ticker", _ticker),
    Route("/v1/klines", _klines),
    Route("/v1/key", _key, private=True),
    Route("/v1/order", _order, private=True),
    Route("/v1/open-orders", _open_orders, private=True),
    Route("/v1/fills", _fills, private=True),
    Route("/v1/balances", _balances, private=True),
)


@web.middleware
async def local(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Programs of this machine only: no page of a browser, whatever name led it here."""
    name = request.host.rpartition(":")[0] or request.host
    if name not in LOCAL or "Origin" in request.headers or len(request.path_qs) > TARGET_MAX:
        return web.Response(status=403, text="for programs of this machine only")
    return await handler(request)


def handler(parts: Parts, route: Route, prefix: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answers one route, in the envelope."""

    async def answer(request: web.Request) -> web.Response:
        try:
            if route.private:
                _signed(parts, request, request.raw_path.removeprefix(prefix))
            data = await route.answer(parts, request.query)
        except Exception as error:
            why = refusal(error)
            _log.info("question_refused", path=route.path, why=str(why))
            return _json(STATUS.get(why.word, 400), {"code": str(int(why.word)), "msg": str(why), "data": []})
        return _json(200, {"code": "0", "msg": "", "data": data})

    return answer


def _signed(parts: Parts, request: web.Request, target: str) -> None:
    moment, sign = (request.headers.get(f"BRIDGE-ACCESS-{name}", "") for name in ("TIMESTAMP", "SIGN"))
    if not proves(parts.secret, moment, target, sign, parts.now_ms()):
        raise RefusalError(Word.AUTH, "not signed with this bridge's secret, or too long ago")


def _json(status: int, body: Mapping[str, object]) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
