"""HTTP bytes."""

import pytest

from tidegate.ports.http import HttpError
from tidegate.transport.wire import HEAD_SIZE_MAX, ReplyReader, encode_request

ANSWERS = [
    pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello", 200, b"hello", True, id="length"),
    pytest.param(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=1\r\nlo\r\n0\r\nT: 1\r\n\r\n",
        200, b"hello", True, id="chunked with extension and trailer",
    ),
    pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True, id="no content"),
    pytest.param(b"HTTP/1.1 429 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 429, b"", False, id="close"),
    pytest.param(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, b"x", True, id="interim"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "status", "body", "keep_alive"), ANSWERS)
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_an_answer_is_read_however_it_is_cut(data, status, body, keep_alive, step):
    reader = ReplyReader(100)
    for start in range(0, len(data), step):
        assert reader.reply is None
        reader.feed(data[start : start + step])
    assert (reader.reply.status, reader.reply.body, reader.keep_alive) == (status, body, keep_alive)


def test_without_a_length_the_close_ends_the_answer():
    reader = ReplyReader(100)
    reader.feed(b"HTTP/1.1 200 OK\r\n\r\npart")
    reader.feed(b"s")
    assert reader.reply is None
    reader.end()
    assert reader.reply.body == b"parts"
    assert not reader.keep_alive


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"SSH-2.0-x\r\n\r\n", "not HTTP", id="other protocol"),
        pytest.param(b"HTTP/1.1 \xb200 OK\r\nContent-Length: 0\r\n\r\n", "not HTTP", id="status no number"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "no valid length", id="length no number"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "larger|valid", id="negative length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "larger than 100", id="body too large"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n", "larger than 100", id="chunk too large"
        ),
        pytest.param(b"x" * (HEAD_SIZE_MAX + 1), "head is too large", id="endless head"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101, "larger than 100", id="endless body"),
    ],
)
def test_what_is_no_answer_or_too_large_is_an_error(data, reason):
    with pytest.raises(HttpError, match=reason):
        ReplyReader(100).feed(data)


@pytest.mark.parametrize("extra", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_bytes_behind_the_answer_are_noticed(extra):
    reader = ReplyReader(100)
    reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + extra)
    assert (reader.reply.body, reader.surplus) == (b"hello", bool(extra))


def test_a_connection_that_ends_early_is_an_error():
    reader = ReplyReader(100)
    reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
    with pytest.raises(HttpError, match="before the answer was whole"):
        reader.end()


def test_a_request_has_host_headers_and_length():
    data = encode_request("POST", "/a?b=1", "h:1", (("K", "v"),), b"xy")
    assert data == b"POST /a?b=1 HTTP/1.1\r\nHost: h:1\r\nK: v\r\nContent-Length: 2\r\n\r\nxy"


@pytest.mark.parametrize(("target", "value"), [("/a b", "v"), ("/a", "v\r\nX: y"), ("/a\n", "v"), ("/币", "v")])
def test_a_request_cannot_be_split(target, value):
    with pytest.raises(HttpError):
        encode_request("GET", target, "h", (("K", value),), b"")
