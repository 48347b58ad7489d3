"""Deadlines of bans outlive the process that was told of them."""

import pytest

from tidegate.store.bans import BanBook


def test_the_latest_deadline_of_each_host_is_read_by_the_next_process(tmp_path):
    path = tmp_path / "bans.json"
    book = BanBook(path)
    assert book.until_ns("binance:spot") == 0
    book.note("binance:spot", 2_000)
    book.note("binance:spot", 1_000)
    book.note("bybit:spot", 3_000)
    assert [BanBook(path).until_ns(host) for host in ("binance:spot", "bybit:spot", "okx:spot")] == [2_000, 3_000, 0]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"binance:spot": "soon"}', '{"binance:spot": true}', "\x00\xff"])
def test_a_damaged_file_stands_in_nobodys_way(tmp_path, text):
    path = tmp_path / "bans.json"
    path.write_text(text, encoding="utf-8")
    book = BanBook(path)
    assert book.until_ns("binance:spot") == 0
    book.note("binance:spot", 5)
    assert BanBook(path).until_ns("binance:spot") == 5


def test_a_disk_that_takes_nothing_is_told_of_and_no_more(tmp_path):
    book = BanBook(tmp_path / "missing" / "bans.json")
    book.note("binance:spot", 5)
    assert book.until_ns("binance:spot") == 5


def test_the_book_is_bounded(tmp_path):
    book = BanBook(tmp_path / "bans.json")
    for host in range(100):
        book.note(f"host{host}", 1)
    assert sum(book.until_ns(f"host{host}") for host in range(100)) == 64
