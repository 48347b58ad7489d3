"""One client's WebSocket at a simulated venue: frames on their way, and what faults make of them."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import WSMsgType, web

from tidegate.app.sim_faults import FrameFate

OUTBOX_FRAMES_MAX: Final = 4096
"""Frames waiting for one connection; a client that reads more slowly is cut."""
TRAVELLERS_MAX: Final = 1024
"""Frames of one client on their way to a venue that is far; with one more the connection ends."""
_TEXT: Final = WSMsgType.TEXT


class SimConn:
    """Frames in their order; None ends the connection."""

    def __init__(self) -> None:
        # Bounded in `post`; what ends it must always fit in.
        self._outbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._swapped: bytes | None = None
        self._mute = False

    def post(self, frame: bytes, fate: FrameFate) -> bool:
        """Queues a frame as its fate is. False when the client reads too slowly and was cut."""
        if self._mute or fate is FrameFate.LOST:
            return True
        if fate is FrameFate.MUTE:
            self._mute = True
            return True
        if fate is FrameFate.CUT:
            self.end()
            return True
        if fate is FrameFate.SWAPPED and self._swapped is None:
            self._swapped = frame
            return True
        if self._outbox.qsize() >= OUTBOX_FRAMES_MAX:
            self.end()
            return False
        late, self._swapped = self._swapped, None
        for one in (frame, late, frame if fate is FrameFate.DOUBLED else None):
            if one is not None:
                self._outbox.put_nowait(one)
        return True

    def end(self) -> None:
        """The connection ends after what is queued."""
        self._mute = True
        self._outbox.put_nowait(None)

    async def write(self, socket: web.WebSocketResponse) -> None:
        """Sends until the end or until the client is gone."""
        try:
            while (frame := await self._outbox.get()) is not None:
                await socket.send_frame(frame, _TEXT)
        except ConnectionError:
            return
        await socket.close()


class Travellers:
    """Frames of one client that take their time to arrive, in their order. `hear` gets each."""

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self._hear = hear
        self._waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(TRAVELLERS_MAX)

    def send(self, data: bytes, travel_s: float) -> bool:
        """False when too many are under way."""
        if self._waiting.full():
            return False
        self._waiting.put_nowait((asyncio.get_running_loop().time() + travel_s, data))
        return True

    async def run(self) -> None:
        """Delivers until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due, data = await self._waiting.get()
            if (left_s := due - loop.time()) > 0:
                await asyncio.sleep(left_s)
            self._hear(data)
