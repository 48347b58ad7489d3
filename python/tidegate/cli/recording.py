"""Recorded frames from files: `<recv ns> <frame>` a line, gzip or plain, streamed and merged by time.

Knows nothing of what the frames mean.
"""

import gzip
import heapq
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from tidegate.model.errors import Code, TidegateError

LINE_BYTES_MAX: Final = 16 << 20
"""Longest line read; a depth snapshot of 5,000 levels a side is about 0.5 MiB."""
GZIP_MAGIC: Final = b"\x1f\x8b"
TIME_MAX: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Frame:
    """One recorded frame and where it stands. `source`: index of its file."""

    recv_ns: int
    source: int
    line: int
    data: bytes


def merge(paths: Sequence[Path]) -> Iterator[Frame]:
    """The frames of all files by recv ns; at equal times those of the file named first come first.

    Within a file the order is the file's own. Raises TidegateError VALIDATION_ERROR naming file and line.
    """
    return heapq.merge(*(frames(path, source) for source, path in enumerate(paths)), key=lambda frame: frame.recv_ns)


def frames(path: Path, source: int) -> Iterator[Frame]:
    """The frames of one file. Blank lines are passed over."""
    number = 0
    try:
        with _open(path) as file:
            while line := file.readline(LINE_BYTES_MAX + 1):
                number += 1
                if stripped := line.strip():
                    yield _frame(path, number, source, stripped)
    except (OSError, EOFError, zlib.error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise bad_file(path, f"can not be read: {reason}") from error


def bad_file(path: Path, why: str, line: int | None = None) -> TidegateError:
    """The error that names the file, and the line where there is one."""
    place = f"{path}" if line is None else f"{path} line {line}"
    return TidegateError(Code.VALIDATION_ERROR, f"{place}: {why}", {"file": str(path), "line": line})


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    return cast("BinaryIO", gzip.open(path, "rb")) if packed else path.open("rb")


def _frame(path: Path, number: int, source: int, line: bytes) -> Frame:
    if len(line) > LINE_BYTES_MAX:
        raise bad_file(path, f"longer than {LINE_BYTES_MAX} bytes", number)
    time, _, data = line.partition(b" ")
    recv_ns = int(time) if time.isdigit() and len(time) < 20 else TIME_MAX + 1
    if recv_ns > TIME_MAX or not data:
        raise bad_file(path, "not '<recv ns> <frame>'", number)
    return Frame(recv_ns=recv_ns, source=source, line=number, data=data)
