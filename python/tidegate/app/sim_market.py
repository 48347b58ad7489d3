"""Recorded frames as a simulated venue's market, at the pace they were recorded or faster."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tidegate.cli.recording import frames
from tidegate.obs import log

BATCH_MAX: Final = 200
"""Frames handed over before others get their turn on the loop."""

_log = log.get("sim")


async def play(path: Path, speed: float, feed: Callable[[bytes], None]) -> None:
    """Feeds the file once; the market stands still afterwards. `speed`: recorded seconds per second."""
    loop = asyncio.get_running_loop()
    started, first, count = loop.time(), -1, 0
    for frame in frames(path, 0):
        first = frame.recv_ns if first < 0 else first
        delay = started + (frame.recv_ns - first) / 1e9 / speed - loop.time()
        if delay > 0:
            await asyncio.sleep(delay)
        elif count % BATCH_MAX == 0:
            await asyncio.sleep(0)
        feed(frame.data)
        count += 1
    _log.info("recording_ended", frames=count, success=True)
