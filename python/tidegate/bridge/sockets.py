"""The wire's two sockets: books and trades for whoever is on this machine, the account for who holds the secret."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Final

from aiohttp import WSMsgType, web

from tidegate.bridge.account import Account
from tidegate.bridge.books import Books
from tidegate.bridge.hub import Hub, Listener, Topic, arg_of
from tidegate.bridge.markets import Markets
from tidegate.bridge.refusals import RefusalError, Word, refusal
from tidegate.bridge.requests import Frame, client_of, frame_of, symbol_of, wanted_of
from tidegate.bridge.secret import LOGIN, proves
from tidegate.bridge.shapes import Object, text_or_empty
from tidegate.obs import log

CONNECTIONS_MAX: Final = 32
FRAME_MAX: Final = 64 * 1024
"""Bytes of a request."""
PUBLIC: Final = ("books", "trades")
PRIVATE: Final = ("orders", "fills", "balances")

_log = log.get("bridge")


class Sockets:
    """Serves both. owner: of the tasks that send orders, which no connection's end may stop half way."""

    def __init__(
        self,
        *,
        hub: Hub,
        books: Books,
        account: Account | None,
        markets: Markets,
        secret: str,
        owner: asyncio.TaskGroup,
        now_ms: Callable[[], int],
    ) -> None:
        self._hub = hub
        self._books = books
        self._account = account
        self._markets = markets
        self._secret = secret
        self._owner = owner
        self._now_ms = now_ms
        self._open: set[web.WebSocketResponse] = set()

    async def public(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, private=False)

    async def private(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, private=True)

    async def close(self) -> None:
        for socket in tuple(self._open):
            await socket.close()

    async def _serve(self, request: web.Request, *, private: bool) -> web.StreamResponse:
        if len(self._open) >= CONNECTIONS_MAX:
            return web.Response(status=503, text=f"{CONNECTIONS_MAX} connections are open")
        socket = web.WebSocketResponse(max_msg_size=FRAME_MAX)
        await socket.prepare(request)
        listener = Listener()
        self._open.add(socket)
        writer = asyncio.create_task(_write(socket, listener), name="bridge-writer")
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                self._hear(listener, message.data, private=private)
        finally:
            writer.cancel()
            self._open.discard(socket)
            for topic in tuple(listener.topics):
                self._hub.leave(topic, listener)
            await socket.close()
        return socket

    def _hear(self, listener: Listener, data: str, *, private: bool) -> None:
        if data == "ping":
            listener.send("pong")
            return
        try:
            frame = frame_of(data)
            if frame.op == "login":
                self._login(listener, frame)
            elif frame.op in {"subscribe", "unsubscribe"}:
                for arg in frame.args:
                    self._subscribe(listener, arg, private=private, on=frame.op == "subscribe")
            elif frame.op in {"place", "cancel"} and private:
                self._order(listener, frame)
            else:
                raise RefusalError(Word.FILTER, "no such request here")
        except RefusalError as why:
            listener.say({"event": "error", "code": str(int(why.word)), "msg": str(why)})

    def _login(self, listener: Listener, frame: Frame) -> None:
        moment, sign = (text_or_empty(frame.args[0], name) for name in ("timestamp", "sign"))
        if not proves(self._secret, moment, LOGIN, sign, self._now_ms()):
            raise RefusalError(Word.AUTH, "not signed with this bridge's secret, or too long ago")
        listener.known = True
        listener.say({"event": "login", "code": "0"})

    def _subscribe(self, listener: Listener, arg: Object, *, private: bool, on: bool) -> None:
        channel = text_or_empty(arg, "channel")
        if channel not in (PRIVATE if private else PUBLIC):
            raise RefusalError(Word.UNKNOWN_SYMBOL, "no such channel here")
        if private and not listener.known:
            raise RefusalError(Word.AUTH, "log in first")
        topic: Topic = (channel, "" if private else symbol_of(arg, "instId"))
        if not on:
            self._hub.leave(topic, listener)
            listener.say({"event": "unsubscribe", "arg": arg_of(topic)})
            return
        market = None if private else self._markets.named(topic[1])
        self._hub.join(topic, listener)
        if market is not None and not self._books.follow(topic, market):
            self._hub.leave(topic, listener)
            raise RefusalError(Word.RATE_LIMITED, "no such stream, or too many are followed")
        listener.say({"event": "subscribe", "arg": arg_of(topic)})

    def _order(self, listener: Listener, frame: Frame) -> None:
        work = self._place if frame.op == "place" else self._cancel
        self._owner.create_task(self._answered(listener, frame, work(listener, frame)), name=f"bridge-{frame.op}")

    async def _place(self, listener: Listener, frame: Frame) -> str:
        return await self._trading(listener).place(wanted_of(frame.args[0]), frame.expires_ms)

    async def _cancel(self, listener: Listener, frame: Frame) -> str:
        arg = frame.args[0]
        return await self._trading(listener).cancel(symbol_of(arg), client_of(arg))

    def _trading(self, listener: Listener) -> Account:
        if not listener.known:
            raise RefusalError(Word.AUTH, "log in first")
        if self._account is None:
            raise RefusalError(Word.OTHER, "this bridge has no keys of the exchange")
        return self._account

    async def _answered(self, listener: Listener, frame: Frame, work: Coroutine[object, object, str]) -> None:
        """Answers whatever happens; whether anybody still listens does not matter to the order."""
        answer = {"id": frame.request_id, "op": frame.op, "code": "0", "msg": "", "orderId": ""}
        try:
            answer["orderId"] = await work
        except Exception as error:
            why = refusal(error)
            answer |= {"code": str(int(why.word)), "msg": str(why)}
            _log.warning("request_refused", op=frame.op, request=frame.request_id, why=str(why))
        listener.say(answer)


async def _write(socket: web.WebSocketResponse, listener: Listener) -> None:
    """Sends what waits, until the listener is lost."""
    while not listener.lost.is_set():
        await socket.send_str(await listener.frames.get())
    await socket.close()
