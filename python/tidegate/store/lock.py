"""One process per data directory and per venue key: flocks that the kernel lets go of when the process dies, however.

Two processes with one key would each see the other's orders as foreign and each hold only half of the risk.
"""

import fcntl
import hashlib
import os
import stat
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tidegate.ports.journal import JournalError, JournalFault


class DirectoryLock:
    """Held from `acquire` until `release` or the end of the process. The file keeps the holder's process id."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "lock"
        self._fd = -1

    def acquire(self) -> Self:
        """Raises JournalError LOCKED, naming the holder, when another process has it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalError(f"cannot write in {self._path.parent}: {error.strerror}") from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(fd)
            reason = (
                f"{self._path.parent} is in use by process {holder}; stop it, or set TIDEGATE_HOME to another place"
            )
            raise JournalError(reason, JournalFault.LOCKED) from error
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd
        return self

    def release(self) -> None:
        """Safe to call twice."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class KeyLock:
    """One process per key of a venue on this machine, whatever its data directory and user.

    The file's name is a hash, so it does not tell the key.
    """

    def __init__(self, venue: str, address: str, key: str, *, place: Path | None = None) -> None:
        self._venue = venue
        name = hashlib.sha256(f"{venue}\n{address}\n{key}".encode()).hexdigest()[:32]
        self._path = (place or _shared_place()) / f"tidegate-key-{name}.lock"
        self._fd = -1

    def __enter__(self) -> Self:
        """Raises JournalError LOCKED, naming the holder, when another process has it."""
        try:
            self._fd = _open_shared(self._path)
        except OSError as error:
            raise JournalError(f"cannot lock the {self._venue} key by {self._path}: {error.strerror}") from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            self._release()
            reason = f"this {self._venue} key is in use by process {holder}; stop it, or give this one a key of its own"
            raise JournalError(reason, JournalFault.LOCKED) from error
        if os.access(self._path, os.W_OK):
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class KeyLocks:
    """The keys that this process holds, each once however often it is taken."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str, str], KeyLock] = {}

    def hold(self, venue: str, address: str, key: str) -> None:
        """Raises JournalError LOCKED, naming the holder, when another process has it."""
        if (venue, address, key) not in self._held:
            self._held[venue, address, key] = KeyLock(venue, address, key).__enter__()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for lock in self._held.values():
            lock.__exit__(kind, error, trace)
        self._held.clear()


def _shared_place() -> Path:
    """Where every user of this machine may keep a lock."""
    usual = Path("/run/lock")
    return usual if os.access(usual, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def _open_shared(path: Path) -> int:
    """Opened before it is made: in a sticky directory O_CREAT is refused on a file of another user."""
    flags = os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        fd = os.open(path, os.O_RDWR | flags)
    except PermissionError:
        return os.open(path, os.O_RDONLY | flags)  # another user's: locking needs no right to write
    except FileNotFoundError:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o644)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(0, "it is no plain file")
    return fd
