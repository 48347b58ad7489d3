"""What lies where in the data directory, and the short name this installation signs its orders with."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tidegate.model.errors import Code, TidegateError
from tidegate.ports.journal import JournalError, JournalFault
from tidegate.store.local_socket import LocalSocket
from tidegate.store.segments import fault_of, sync_directory

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INSTANCE_CHARS: Final = 2
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """Paths below `root`; nothing is made before it is needed."""

    root: Path

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    @property
    def database(self) -> Path:
        return self.root / "tidegate.sqlite"

    @property
    def local_socket(self) -> LocalSocket:
        """Where the owner of the process is heard without logging in."""
        return LocalSocket(self.root / "local.sock")

    @property
    def paper(self) -> Path:
        """Books of record of the dry run's executors."""
        return self.root / "paper"

    def claim(self, profile: str) -> None:
        """Binds the directory to a profile at its first start. Raises TidegateError CONFIG_ERROR for another one's.

        What was simulated, run dry or real is told apart by where it lies: one journal never holds two of them.
        """
        # From before directories were marked there was no other profile.
        before = "sim" if (self.journal / "instance").exists() else None
        self._bind("profile", profile, before)

    def claim_bridged(self, exchange: str) -> None:
        """The same for the exchange behind the bridge: orders and balances of two never stand under one name."""
        self._bind("bridged", exchange, None)

    def _bind(self, mark: str, wanted: str, before: str | None) -> None:
        path = self.root / mark
        try:
            known = path.read_text(encoding="ascii").strip() if path.exists() else before
            if known is None:
                _write_new(path, wanted)
        except (OSError, UnicodeDecodeError) as error:
            raise JournalError(f"cannot read or make {path}: {error}") from error
        if known not in (None, wanted):
            raise TidegateError(
                Code.CONFIG_ERROR,
                f"{self.root} holds the data of {mark} {known}, not of {wanted}: "
                "set TIDEGATE_HOME to another directory",
            )

    def instance(self) -> str:
        """Two letters or digits, part of every client order id; drawn once. Raises JournalError.

        It lies beside the segments: a journal begun anew counts epochs from one again, so it must draw another name.
        """
        path = self.journal / "instance"
        try:
            if not path.exists():
                _draw(path)
            name = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise JournalError(f"cannot read or make {path}: {error}") from error
        if len(name) != _INSTANCE_CHARS or not set(name) <= set(_LETTERS):
            raise JournalError(f"{path} must hold two of A-Z and 0-9; restore it from a copy")
        return name


def boot_id() -> str:
    """The kernel's name for the time since it started: the same one means that no power was lost in between."""
    return _BOOT_ID.read_text(encoding="ascii").strip() if _BOOT_ID.exists() else ""


def _draw(path: Path) -> None:
    try:
        _write_new(path, "".join(secrets.choice(_LETTERS) for _ in range(_INSTANCE_CHARS)))
    except OSError as error:
        fault = fault_of(error, JournalFault.WRITE_FAILED)
        raise JournalError(f"cannot write in {path.parent}: {error.strerror}", fault) from error


def _write_new(path: Path, line: str) -> None:
    """The whole line or nothing, and on disk. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}")
    with partial.open("w", encoding="ascii") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    sync_directory(path.parent)
