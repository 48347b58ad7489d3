"""What lies where in the data directory, and the short name this installation signs its orders with."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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
    def venues(self) -> Path:
        """Books of record of embedded simulated venues."""
        return self.root / "venues"

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
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = "".join(secrets.choice(_LETTERS) for _ in range(_INSTANCE_CHARS))
    partial = path.with_name(".instance")
    try:
        with partial.open("w", encoding="ascii") as file:
            file.write(name + "\n")
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        sync_directory(path.parent)
    except OSError as error:
        fault = fault_of(error, JournalFault.WRITE_FAILED)
        raise JournalError(f"cannot write in {path.parent}: {error.strerror}", fault) from error
