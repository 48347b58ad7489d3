"""The running process's configuration: read anew when its file changes, when a signal or an admin asks for it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from tidegate.model.config import Config
from tidegate.model.config_change import LIVE, differing, merged, why_not
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log
from tidegate.ports.settings import Reloaded, Source

LOOK_S: Final = 1.0
"""How often the file's time is looked at."""

_log = log.get("app")


class LiveSettings:
    """`tidegate.ports.settings.Settings`. `follow`: told of each new configuration, once it counts."""

    def __init__(self, config: Config, source: Source | None, follow: Sequence[Callable[[Config], None]]) -> None:
        self._current = config
        self._source = source
        self._follow = tuple(follow)
        self._reading = asyncio.Lock()
        self._asked = asyncio.Event()
        self._seen = self._stamp()

    @property
    def current(self) -> Config:
        """See the port."""
        return self._current

    async def reload(self) -> Reloaded:
        """See the port."""
        if self._source is None:
            raise TidegateError(Code.CONFLICT, "this process was started without a file to read anew")
        async with self._reading:
            # Beside the loop: the file may lie on a disk that hangs.
            wanted = await asyncio.to_thread(self._source.read)
            changed = differing(self._current, wanted)
            applied = tuple(key for path, key in changed.items() if path in LIVE)
            refused = {key: why_not(key) for path, key in changed.items() if path not in LIVE}
            if applied:
                self._current = merged(self._current, wanted)
                for follower in self._follow:
                    follower(self._current)
        _log.info("config_read", applied=list(applied), refused=sorted(refused), success=True)
        return Reloaded(applied, refused)

    def ask(self) -> None:
        """Wants a reload soon; for signal handlers."""
        self._asked.set()

    async def run(self) -> None:
        """Reloads when asked or when the file has changed, until cancelled. A file that is wrong is logged."""
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._asked.wait()
            except TimeoutError:
                stamp = await asyncio.to_thread(self._stamp)
                if stamp == self._seen:
                    continue
                self._seen = stamp
            self._asked.clear()
            await self._reload_aloud()

    async def _reload_aloud(self) -> None:
        try:
            await self.reload()
        except TidegateError as failure:
            _log.error("config_refused", reason=failure.message, error_code=failure.code.value, success=False)

    def _stamp(self) -> tuple[int, int] | None:
        """Changes with the file; None while there is none."""
        if self._source is None or self._source.path is None:
            return None
        try:
            found = self._source.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
