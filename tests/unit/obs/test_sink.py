"""The thread between the process and whoever reads its log."""

import os
import threading

from tidegate.obs.sink import LineSink, to_stream


def test_lines_come_out_in_order():
    written = []
    sink = LineSink(written.append)
    for number in range(1000):
        sink.msg(str(number))
    assert sink.flush(10)
    assert b"".join(written).decode().split() == [str(number) for number in range(1000)]


def test_a_reader_who_stops_reading_blocks_nobody_and_lines_over_the_bound_are_counted():
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as source, os.fdopen(writer, "w") as stream:
        sink = LineSink(to_stream(stream), lines_max=10)
        sink.msg("x" * 1_000_000)  # more than a pipe holds: the thread is stuck from here on
        while not sink._busy:
            pass
        for number in range(15):
            sink.msg(str(number))
        assert sink.lost == 5
        assert not sink.flush(0)
        drained = threading.Thread(target=lambda: kept.append(source.read(1_000_001 + 20)))
        kept = []
        drained.start()
        assert sink.flush(10)
        drained.join(10)
    assert kept[0].split()[1:] == [str(number).encode() for number in range(10)]


def test_a_line_that_can_not_be_written_is_lost_and_the_next_one_is_not():
    written = []

    def broken_once(data):
        if not written:
            written.append(b"")
            raise OSError

        written.append(data)

    sink = LineSink(broken_once)
    sink.msg("first")
    assert sink.flush(10)
    sink.msg("second")
    assert sink.flush(10)
    assert written == [b"", b"second\n"]
