"""Group sync: one thread that makes appended records durable, many with one fdatasync. Must not know what they say.

The appending side only assigns `newest` after its write returned; everything slow, waking included, happens elsewhere.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

GATHER_S: Final = 0.0005
"""How long a group is left open after the first record woke the thread."""


class GroupSync:
    """`synced(seq)` and `failed(error)` are called on the thread itself; their owner brings them to its loop."""

    def __init__(
        self,
        synced: Callable[[int], None],
        failed: Callable[[OSError], None],
        *,
        fdatasync: Callable[[int], None] = os.fdatasync,
    ) -> None:
        self.newest = 0
        self.fd = -1
        self.parked = False
        self._synced = synced
        self._failed = failed
        self._fdatasync = fdatasync
        self._retired: deque[int] = deque()
        self._done = 0
        self._stop = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-sync", daemon=True)

    def start(self, fd: int, seq: int) -> None:
        """`fd` is the segment in use, `seq` the newest record, taken as durable."""
        self.fd, self.newest, self._done = fd, seq, seq
        self._thread.start()

    def wake(self) -> None:
        """Asks for a sync. Any thread."""
        self._wake.set()

    def switch(self, fd: int) -> None:
        """Goes over to the next segment; the one before is synced once more and closed."""
        # The old one is on the list before the new one is visible, so the thread can not miss it (see _sync).
        self._retired.append(self.fd)
        self.fd = fd

    def stop(self) -> None:
        """Syncs what is left, ends the thread and closes all segments. Blocks for a sync at most."""
        self._stop = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        for fd in (*self._retired, self.fd):
            if fd >= 0:
                os.close(fd)
        self._retired.clear()
        self.fd = -1

    def _run(self) -> None:
        try:
            while not (self._stop and self.newest == self._done):
                self._park()
                self._sync()
        except OSError as error:
            # After a failed sync the kernel may have dropped the pages and marked them clean: asking again would lie.
            self._failed(error)

    def _park(self) -> None:
        # Set before `newest` is looked at: a record that comes in between sees it and wakes the thread.
        self.parked = True
        if self.newest == self._done and not self._stop:
            self._wake.wait()
        self.parked = False
        self._wake.clear()
        if not self._stop:
            time.sleep(GATHER_S)

    def _sync(self) -> None:
        # In this order: what `newest` names lies in the segment read after it, or in a retired one read after that.
        newest = self.newest
        fd = self.fd
        if newest == self._done:
            return
        while self._retired:
            old = self._retired[0]
            self._fdatasync(old)
            self._retired.popleft()
            os.close(old)
            if old == fd:  # the switch came between the two reads; nothing of this group is in the next segment
                fd = -1
        if fd >= 0:
            self._fdatasync(fd)
        self._done = newest
        self._synced(newest)
