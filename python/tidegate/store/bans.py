"""How long venues shut us out, in one small file: a start within a ban asks nothing there."""

import json
import os
from pathlib import Path
from typing import Final

from tidegate.obs import log

_HOSTS_MAX: Final = 64
_log = log.get("store")


class BanBook:
    """Deadlines by host, wall time. A file that can not be read or written is told of, and stands in nobody's way."""

    def __init__(self, path: Path) -> None:
        self._path: Final = path
        self._until: Final[dict[str, int]] = self._read()

    def until_ns(self, host: str) -> int:
        """0 for a host that never shut us out."""
        return self._until.get(host, 0)

    def note(self, host: str, until_ns: int) -> None:
        """The later deadline stands. Writes the file; bans are seldom."""
        known = self._until
        if until_ns <= self.until_ns(host) or (host not in known and len(known) >= _HOSTS_MAX):
            return
        known[host] = until_ns
        try:
            fresh = self._path.with_suffix(".new")
            with fresh.open("w", encoding="ascii") as file:
                json.dump(known, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            self._told(error)

    def _read(self) -> dict[str, int]:
        try:
            found = json.loads(self._path.read_text(encoding="ascii")) if self._path.exists() else {}
        except (OSError, ValueError) as error:
            self._told(error)
            return {}
        rows = found.items() if isinstance(found, dict) else ()
        return {host: until for host, until in rows if isinstance(host, str) and type(until) is int}

    def _told(self, error: Exception) -> None:
        _log.error("ban_book", path=str(self._path), reason=str(error), success=False, error_code="INTERNAL")
