"""A simulated venue's book of record: whole lines, appended with write(2), read back at the next start."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from tidegate.model.errors import Code, TidegateError


class RecordBook:
    """One file, one process."""

    def __init__(self, path: Path) -> None:
        """Opens (and locks) the file. Raises TidegateError CONFLICT when another process holds it."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._fd)
            raise TidegateError(
                Code.CONFLICT, f"{path}: another process keeps this book of record; stop it or choose another file"
            ) from error

    def restore(self, read: Callable[[bytes], int]) -> None:
        """Hands the file to `read` (returns the bytes understood) and cuts off a line that a crash left unfinished.

        Raises TidegateError JOURNAL_CORRUPT when more than an unfinished line is not understood.
        """
        data = self._path.read_bytes()
        understood = read(data)
        rest = data[understood:]
        if b"\n" in rest:
            message = f"{self._path}: not a book of record of this venue from byte {understood} on; move it away"
            raise TidegateError(Code.JOURNAL_CORRUPT, message, {"file": str(self._path), "offset": understood})
        if rest:
            os.ftruncate(self._fd, understood)

    def append(self, lines: bytes) -> None:
        """Returns when the kernel has them all. Raises OSError (disk full, I/O error)."""
        view = memoryview(lines)
        while view:
            view = view[os.write(self._fd, view) :]

    def close(self) -> None:
        os.close(self._fd)
