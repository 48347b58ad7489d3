"""One client's WebSocket at a simulated venue: frames on their way, and what faults make of them."""

import asyncio
from typing import Final

from aiohttp import WSMsgType, web

from tidegate.app.sim_faults import FrameFate

OUTBOX_FRAMES_MAX: Final = 4096
"""Frames waiting for one connection; a client that reads more slowly is cut."""
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
