"""Lines on their way to standard error: a thread writes them, so that a reader who stops reading stops nobody else."""

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TextIO

LINES_MAX: Final = 10_000
"""Lines waiting to be written; one more is lost, and counted."""
FLUSH_S: Final = 1.0
"""What the end of the process waits for its last lines."""


class LineSink:
    """Takes lines at once, in order. One that can not be written is lost: a full disk must not stop who acts on it."""

    def __init__(self, write: Callable[[bytes], object], *, lines_max: int = LINES_MAX) -> None:
        self.lost = 0
        self._write = write
        self._lines_max = lines_max
        self._lines: deque[str] = deque()
        self._changed = threading.Condition()
        self._busy = False
        self._thread: threading.Thread | None = None

    def msg(self, line: str) -> None:
        """Never blocks for what the lines are written to."""
        with self._changed:
            if len(self._lines) >= self._lines_max:
                self.lost += 1
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="log", daemon=True)
                self._thread.start()
                atexit.register(self.flush)
            self._lines.append(line)
            self._changed.notify()

    log = debug = info = warning = error = critical = msg

    def flush(self, timeout_s: float = FLUSH_S) -> bool:
        """Waits until everything is written; False when the time was not enough."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._lines and not self._busy, timeout_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._lines)
                self._busy = True
                text = "\n".join(self._lines) + "\n"
                self._lines.clear()
            with suppress(OSError, ValueError):  # ValueError: the stream is closed
                self._write(text.encode(errors="replace"))


def to_stream(stream: TextIO) -> Callable[[bytes], object]:
    """Writes past the stream's buffer where there is a descriptor: a thread stuck in it must not hold its lock."""
    try:
        descriptor = stream.fileno()
    except OSError:
        return lambda data: stream.write(data.decode()) and stream.flush()

    def write(data: bytes) -> None:
        while data:
            data = data[os.write(descriptor, data) :]

    return write
