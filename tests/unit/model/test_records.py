"""Telling a torn tail from damage in the middle."""

import pytest
from tests.contract.records import record

from tidegate.model.records import crc32c, is_record_at, whole_record_follows

THREE = record(1) + record(2) + record(3)
SIZE = len(record(1))


@pytest.mark.parametrize(
    ("data", "checksum"),
    [(b"", 0), (b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43)],
)
def test_the_checksum_is_castagnolis(data: bytes, checksum: int) -> None:
    assert crc32c(data) == checksum


def test_a_flipped_bit_is_no_record() -> None:
    broken = bytearray(THREE)
    broken[SIZE + 12] ^= 1
    assert is_record_at(bytes(broken), 0)
    assert not is_record_at(bytes(broken), SIZE)


@pytest.mark.parametrize(
    "place", [0, 3, 4, 9, 20, SIZE - 1], ids=["length", "length-high", "crc", "seq", "time", "text"]
)
def test_damage_before_a_whole_record_is_in_the_middle(place: int) -> None:
    broken = bytearray(THREE)
    broken[SIZE + place] ^= 0x40
    assert whole_record_follows(bytes(broken), SIZE, 2)


@pytest.mark.parametrize("cut", [1, 7, 8, 30, SIZE - 1])
def test_a_cut_last_record_is_a_torn_tail(cut: int) -> None:
    assert not whole_record_follows(THREE[: 2 * SIZE + cut] + bytes(64), 2 * SIZE, 3)
