"""`/ws`: who may open it, what it may ask, how it ends. What is sent goes past aiohttp, by `courier.py`."""

import asyncio
import struct
from collections.abc import AsyncIterator
from socket import AF_UNIX, IPPROTO_TCP, SO_LINGER, SOL_SOCKET, TCP_NOTSENT_LOWAT
from typing import Annotated, Final, Literal

from aiohttp import WSMessage, WSMsgType, web
from pydantic import Field, TypeAdapter, ValidationError

from tidegate.api.auth import caller_of
from tidegate.api.channels import CHANNEL_CHARS_MAX, parse_channel
from tidegate.api.client import Client
from tidegate.api.fields import EpochMs, Model
from tidegate.api.frames import CloseCode, Ending
from tidegate.api.hub import CHANNELS_MAX, Hub
from tidegate.api.jsontext import parse_exact
from tidegate.api.origin import is_admitted
from tidegate.api.pagelog import PageEvent, PageLog
from tidegate.api.peer import peer_of
from tidegate.api.services import SERVICES
from tidegate.model.access import Permission, Principal
from tidegate.model.errors import Code, TidegateError

MESSAGE_BYTES_MAX: Final = 64 * 1024
CLOSE_WAIT_S: Final = 2.0
SLOW_CLOSE_WAIT_S: Final = 0.4
"""For the goodbye to somebody who reads too slowly; whoever does not read at all is cut within five seconds."""
TICKET_CHARS_MAX: Final = 512
UNSENT_BYTES_MAX: Final = 32 * 1024
"""Of one client, in the kernel."""

_AT_ONCE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: on, for no time."""

HUB: web.AppKey[Hub] = web.AppKey("hub", Hub)

ChannelText = Annotated[str, Field(min_length=1, max_length=CHANNEL_CHARS_MAX)]
Channels = Annotated[list[ChannelText], Field(min_length=1, max_length=CHANNELS_MAX)]


class Subscribe(Model):
    op: Literal["subscribe"]
    channels: Channels


class Unsubscribe(Model):
    op: Literal["unsubscribe"]
    channels: Channels


class Ping(Model):
    op: Literal["ping"]


class Resume(Model):
    """`after`: the last `seq` that the client saw."""

    op: Literal["resume"]
    after: EpochMs


class Log(Model):
    op: Literal["log"]
    events: Annotated[list[PageEvent], Field(min_length=1, max_length=20)]


Op = Annotated[Subscribe | Unsubscribe | Ping | Resume | Log, Field(discriminator="op")]
_OPS: Final[TypeAdapter[Subscribe | Unsubscribe | Ping | Resume | Log]] = TypeAdapter(Op)


def add_stream(app: web.Application) -> None:
    """The route, and the pump that lives as long as the application."""
    app.router.add_get("/ws", _serve, allow_head=False)
    app.cleanup_ctx.append(_pump)
    app.on_shutdown.append(_close_all)


async def _pump(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(app[HUB].run(), name="hub")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _close_all(app: web.Application) -> None:
    app[HUB].end_all(Ending(CloseCode.GOING_AWAY, "the server stops"))


async def _serve(request: web.Request) -> web.StreamResponse:
    principal = await _who(request)
    hub = request.app[HUB]
    client = hub.join(principal)
    try:
        # Never compressed: that would be work for each client anew, and megabytes of memory.
        socket = web.WebSocketResponse(
            autoping=False, timeout=CLOSE_WAIT_S, max_msg_size=MESSAGE_BYTES_MAX, compress=False
        )
        if not socket.can_prepare(request):
            raise TidegateError(Code.VALIDATION_ERROR, "this path speaks WebSocket only")
        await socket.prepare(request)
        hub.opened(client, _wire(request))
        ending = await _run(socket, hub, client)
        await _close(request, socket, ending)
    finally:
        hub.leave(client)
    return socket


async def _who(request: web.Request) -> Principal:
    """Raises TidegateError: FORBIDDEN for a foreign page, UNAUTHENTICATED without ticket or bearer header."""
    services = request.app[SERVICES]
    auth = services.auth
    if not is_admitted(request, services.config.api.origins):
        raise TidegateError(Code.FORBIDDEN, "this Origin may not open a WebSocket here")
    ticket = request.query.get("ticket")
    if ticket is None:
        principal = await caller_of(request, auth, peer_of(request, services.config.trusted_proxies))
    else:
        principal = auth.redeem_ticket(ticket[:TICKET_CHARS_MAX])
        if not await auth.is_live(principal):
            raise TidegateError(Code.UNAUTHENTICATED, "the session has ended: log in again")
    if Permission.READ not in principal.permissions:
        raise TidegateError(Code.FORBIDDEN, f"the role {principal.role} may not read")
    return principal


async def _run(socket: web.WebSocketResponse, hub: Hub, client: Client) -> Ending | None:
    """Until either side ends it; the server's reason, or None when the client left."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_read(socket, hub, client), name="ws-read"),
            group.create_task(client.ended.wait(), name="ws-ended"),
        ]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
    return client.ending


async def _read(socket: web.WebSocketResponse, hub: Hub, client: Client) -> None:
    page_log = PageLog(client.principal.name)
    message: WSMessage
    async for message in socket:
        hub.heard(client)
        if message.type is WSMsgType.PONG:
            continue
        if message.type is WSMsgType.PING:
            await socket.pong(message.data)
            continue
        try:
            _act(hub, client, page_log, _parse(message))
        except TidegateError as error:
            fault = {"code": error.code.value, "message": error.message, "details": dict(error.details)}
            hub.answer(client, "error", fault)


async def _close(request: web.Request, socket: web.WebSocketResponse, ending: Ending | None) -> None:
    """A clear code for who still listens; no patience with who does not."""
    slow = ending is not None and ending.code is CloseCode.TOO_SLOW
    try:
        async with asyncio.timeout(SLOW_CLOSE_WAIT_S if slow else CLOSE_WAIT_S + 1):
            if ending is not None:
                await socket.close(code=ending.code, message=ending.reason.encode())
    except (TimeoutError, ConnectionError):
        _cut(request)
    if not socket.closed:
        _cut(request)


def _wire(request: web.Request) -> asyncio.Transport:
    """The connection itself. What the kernel holds of it is bounded too: prices wait where they can give way."""
    transport = request.transport
    if transport is None:
        raise ConnectionResetError("the client left during the handshake")
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family != AF_UNIX:
        connection.setsockopt(IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES_MAX)
    return transport


def _cut(request: web.Request) -> None:
    """Ends the connection with whatever it still holds: a close in good order would wait for a reader that stands."""
    if request.transport is None:
        return
    connection = request.transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(SOL_SOCKET, SO_LINGER, _AT_ONCE)
    request.transport.abort()


def _parse(message: WSMessage) -> Subscribe | Unsubscribe | Ping | Resume | Log:
    if message.type is not WSMsgType.TEXT:
        raise TidegateError(Code.VALIDATION_ERROR, "messages are JSON text")
    try:
        return _OPS.validate_python(parse_exact(message.data.encode("utf-8", "surrogatepass")))
    except ValidationError as error:
        names = sorted({".".join(str(part) for part in fault["loc"]) or "op" for fault in error.errors()})
        raise TidegateError(
            Code.VALIDATION_ERROR, "the message does not fit", dict.fromkeys(names, "does not fit")
        ) from None


def _act(hub: Hub, client: Client, page_log: PageLog, op: Subscribe | Unsubscribe | Ping | Resume | Log) -> None:
    match op:
        case Subscribe():
            hub.subscribe(client, [parse_channel(text) for text in op.channels])
            hub.answer(client, "subscribed", {"channels": sorted(channel.topic for channel in client.channels)})
        case Unsubscribe():
            hub.unsubscribe(client, [parse_channel(text) for text in op.channels])
            hub.answer(client, "unsubscribed", {"channels": sorted(channel.topic for channel in client.channels)})
        case Resume():
            hub.resume(client, op.after)
        case Ping():
            hub.answer(client, "pong", {})
        case Log():
            page_log.write(op.events)
