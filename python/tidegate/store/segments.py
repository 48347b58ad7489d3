"""Journal segments as files: names, reading, preallocation. Must not know when to append or sync.

A segment is `00000001.journal`, ...: SEGMENT_BYTES long from its birth, zero-filled, so that appending changes no
metadata and fdatasync stays short. A zero length field, or the file's end, ends its written part. One may be longer:
it took what came while a slow disk prepared the next.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Final

from tidegate.ports.journal import JournalError, JournalFault

SEGMENT_BYTES: Final = 16 * 1024 * 1024
_SUFFIX: Final = ".journal"
_CHUNK: Final = bytes(1024 * 1024)
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def fault_of(error: OSError, otherwise: JournalFault) -> JournalFault:
    """DISK_FULL for the errors that mean it."""
    return JournalFault.DISK_FULL if error.errno in _FULL else otherwise


def path_of(directory: Path, number: int) -> Path:
    return directory / f"{number:08d}{_SUFFIX}"


def numbers(directory: Path) -> list[int]:
    """Segments present, oldest first. Raises JournalError when one in the middle is missing."""
    if not directory.is_dir():
        return []
    found = sorted(int(path.stem) for path in directory.glob(f"*{_SUFFIX}") if path.stem.isdigit())
    for before, after in pairwise(found):
        if after != before + 1:
            raise JournalError(f"journal segment {path_of(directory, before + 1).name} is missing in {directory}")
    return found


def read(path: Path) -> bytes:
    """The content without the zeroed rest. A record ends in `}`, so no byte of a whole one is cut off."""
    try:
        return path.read_bytes().rstrip(b"\0")
    except OSError as error:
        raise JournalError(f"cannot read {path}: {error.strerror}") from error


def last_written(directory: Path) -> int:
    """Number of the last segment that holds anything; 1 without one. Reads the last two as a rule."""
    return next((number for number in reversed(numbers(directory)) if read(path_of(directory, number))), 1)


def contents(directory: Path, first: int = 1) -> Iterator[tuple[int, bytes]]:
    """Number and content of every segment from `first` up to the last one that holds anything."""
    held: list[int] = []
    for number in numbers(directory):
        if number < first:
            continue
        content = read(path_of(directory, number))
        if not content:
            held.append(number)
            continue
        for empty in held:
            yield empty, b""
        held.clear()
        yield number, content


def create(directory: Path, number: int, size: int = SEGMENT_BYTES) -> Path:
    """Makes a zero-filled segment under its final name only once its blocks are on disk. Raises JournalError.

    Zeros are written as well as allocated: an fallocated extent is converted at its first write, which costs fdatasync
    a metadata commit.
    """
    final = path_of(directory, number)
    partial = final.with_suffix(".new")
    try:
        _fill(partial, size)
        partial.rename(final)
        sync_directory(directory)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        fault = fault_of(error, JournalFault.WRITE_FAILED)
        raise JournalError(f"no room for journal segment {final}: {error.strerror}; free some space", fault) from error
    return final


def _fill(path: Path, size: int) -> None:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(fd, 0, size)
        for offset in range(0, size, len(_CHUNK)):
            os.pwrite(fd, _CHUNK[: size - offset], offset)
        os.fsync(fd)
    finally:
        os.close(fd)


def wipe_after(fd: int, end: int) -> int:
    """Zeroes everything from `end` on that is not zero yet; returns how many bytes up to the last such one."""
    tail = os.pread(fd, os.fstat(fd).st_size - end, end).rstrip(b"\0")
    if tail:
        os.pwrite(fd, bytes(len(tail)), end)
        os.fdatasync(fd)
    return len(tail)


def sync_directory(directory: Path) -> None:
    """Makes names created in `directory` survive a power loss."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
