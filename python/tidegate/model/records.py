"""The layout of a journal record, as far as the file side needs it.

Records are made and verified by the core (`core-rs/src/engine/journal.rs`); here only their length, number and checksum
are looked at, to tell a torn tail from damage in the middle. Must not know what a record says.

    u32 length of what follows the head | u32 crc32c of it | u64 seq | i64 wall ns | u8 kind | u64 chain | JSON
    `---------------- head ------------'
"""

import struct
from typing import Final

HEAD: Final = struct.Struct("<II")
SEQ: Final = struct.Struct("<Q")
BODY_MIN: Final = 8 + 8 + 1 + 8
"""Bytes of seq, time, kind and chain: the least that a head may announce."""
_POLYNOMIAL: Final = 0x82F63B78
_LOOKAHEAD: Final = 64
"""How many numbers after the broken record are searched for; far more than one group sync holds in practice."""


def _crc_table() -> tuple[int, ...]:
    table = []
    for index in range(256):
        value = index
        for _ in range(8):
            value = (value >> 1) ^ _POLYNOMIAL if value & 1 else value >> 1
        table.append(value)
    return tuple(table)


_TABLE: Final = _crc_table()


def crc32c(data: bytes) -> int:
    """Castagnoli checksum. Cost: about 60 ns a byte, so for single records only."""
    value = 0xFFFF_FFFF
    for byte in data:
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFF_FFFF


def seq_of(record: bytes) -> int:
    """The number of a framed record."""
    number: int = SEQ.unpack_from(record, HEAD.size)[0]
    return number


def is_record_at(data: bytes, offset: int) -> bool:
    """Whether a whole record with the right checksum stands at `offset`."""
    if offset < 0 or offset + HEAD.size + BODY_MIN > len(data):
        return False
    length: int
    expected: int
    length, expected = HEAD.unpack_from(data, offset)
    start = offset + HEAD.size
    if length < BODY_MIN or start + length > len(data):
        return False
    return crc32c(data[start : start + length]) == expected


def whole_record_follows(data: bytes, offset: int, seq: int) -> bool:
    """Whether a valid record stands anywhere behind the broken one at `offset`, which should have had number `seq`.

    True means damage in the middle (written records would be lost by cutting here); False means a torn tail.
    """
    for number in range(seq + 1, seq + 1 + _LOOKAHEAD):
        wanted = SEQ.pack(number)
        found = data.find(wanted, offset + HEAD.size)
        while found >= 0:
            if is_record_at(data, found - HEAD.size):
                return True
            found = data.find(wanted, found + 1)
    return False
