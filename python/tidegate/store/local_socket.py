"""The socket in the data directory: only who may read the directory reaches it, so it needs no password."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LocalSocket:
    """A socket file at `path`."""

    path: Path

    @contextmanager
    def short(self) -> Iterator[str]:
        """A name of it that fits a socket address (108 bytes), however deep the directory lies. Raises OSError."""
        directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            here = Path(f"/proc/self/fd/{directory}")
            yield str(here / self.path.name if here.exists() else self.path)
        finally:
            os.close(directory)
