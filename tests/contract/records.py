"""Framed records of our own making, and the reader that the core stands for in these tests."""

import struct

from tidegate.model.records import HEAD, crc32c, is_record_at, seq_of


def record(seq: int, payload: bytes = b'{"n":1}') -> bytes:
    body = struct.pack("<QqBQ", seq, 1_700_000_000_000_000_000 + seq, 1, 0) + payload
    return HEAD.pack(len(body), crc32c(body)) + body


def read_back(content: bytes) -> tuple[int, list[int]]:
    """Where the last whole record ends, and the numbers of all."""
    offset, found = 0, []
    while is_record_at(content, offset):
        found.append(seq_of(content[offset:]))
        offset += HEAD.size + HEAD.unpack_from(content, offset)[0]
    return offset, found
