"""Snapshots as files beside the segments. Must not know what is in them."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from tidegate.obs import log
from tidegate.ports.journal import JournalError, JournalFault
from tidegate.ports.snapshots import Snapshot
from tidegate.store.segments import fault_of, sync_directory

KEPT: Final = 3
"""The tables may be behind the newest one; then an older one serves."""
HEAD_BYTES_MAX: Final = 200
_SUFFIX: Final = ".snapshot"

_log = log.get("store")


class FileSnapshots:
    """`tidegate.ports.snapshots.Snapshots`: `000000012345.snapshot`, a line of JSON and the core's bytes behind it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def newest(self, upto: int) -> Iterator[Snapshot]:
        """See the port."""
        for path in reversed(self._paths()):
            if int(path.stem) <= upto and (found := _read(path)) is not None:
                yield found

    def save(self, snapshot: Snapshot) -> None:
        """See the port."""
        final = self._directory / f"{snapshot.seq:012d}{_SUFFIX}"
        partial = final.with_suffix(".new-snapshot")
        place = {"segment": snapshot.segment, "end": snapshot.end, "last": snapshot.last}
        try:
            with partial.open("wb") as file:
                file.write(json.dumps(place).encode() + b"\n" + snapshot.data)
                file.flush()
                os.fsync(file.fileno())
            partial.rename(final)
            sync_directory(self._directory)
            for old in self._paths()[:-KEPT]:
                old.unlink()
        except OSError as error:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            fault = fault_of(error, JournalFault.WRITE_FAILED)
            raise JournalError(f"cannot write {final}: {error.strerror}", fault) from error

    def _paths(self) -> list[Path]:
        """Oldest first."""
        found = (path for path in self._directory.glob(f"*{_SUFFIX}") if path.stem.isdigit())
        return sorted(found, key=lambda path: int(path.stem))


def _read(path: Path) -> Snapshot | None:
    try:
        head, _, data = path.read_bytes().partition(b"\n")
        place = json.loads(head[:HEAD_BYTES_MAX])
        return Snapshot(int(path.stem), int(place["segment"]), int(place["end"]), int(place["last"]), data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("snapshot_unreadable", path=str(path), reason=str(error), success=False)
        return None
