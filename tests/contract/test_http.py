"""`ports.http.Http`: one contract for the fast and the slow client, against a scripted server on loopback."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tidegate.ports.http import HttpError
from tidegate.transport.client import SlowHttp
from tidegate.transport.http import PooledHttp

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Used: 7\r\n\r\nok"


class Script:
    """A server that answers each request with the next prepared bytes; None hangs, b"" hangs up."""

    def __init__(self, answers):
        self.answers = list(answers)
        self.requests = []
        self.connections = 0
        self.port = 0

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(r.split(b":")[1]) for r in head.split(b"\r\n") if b"ength:" in r), 0)
                self.requests.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0) if self.answers else OK
                if answer is None:
                    await reader.read()
                    return
                if answer == b"":
                    return
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def serving(*answers):
    script = Script(answers)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()


CLIENTS = [pytest.param(PooledHttp, id="pooled"), pytest.param(SlowHttp, id="slow")]


@asynccontextmanager
async def client_of(kind, script, **options):
    client = kind(f"http://127.0.0.1:{script.port}", **options)
    try:
        yield client
    finally:
        await client.close()
        await client.close()


@pytest.mark.parametrize("kind", CLIENTS)
async def test_requests_share_one_warm_connection(kind):
    async with serving() as script, client_of(kind, script) as client:
        for _ in range(3):
            reply = await client.request("GET", "/a?b=1", headers=(("X-K", "v"),))
            assert (reply.status, reply.body, reply.header("x-used")) == (200, b"ok", "7")
    assert script.connections == 1
    assert script.requests[0].startswith(b"GET /a?b=1 HTTP/1.1\r\n")
    assert b"X-K: v\r\n" in script.requests[0]


@pytest.mark.parametrize("kind", CLIENTS)
async def test_a_body_arrives_exactly(kind):
    async with serving() as script, client_of(kind, script) as client:
        await client.request("POST", "/order", body=b'{"qty":"1"}')
    assert script.requests[0].endswith(b'\r\n\r\n{"qty":"1"}')


@pytest.mark.parametrize("kind", CLIENTS)
async def test_a_silent_server_ends_at_the_deadline(kind):
    async with serving(None) as script, client_of(kind, script) as client:
        with pytest.raises(HttpError, match=r"within 0\.05 s"):
            await client.request("GET", "/", deadline_s=0.05)
        assert (await client.request("GET", "/")).body == b"ok"
    assert len(script.requests) == 2


@pytest.mark.parametrize("kind", CLIENTS)
async def test_a_lost_post_is_an_error_and_is_not_sent_again(kind):
    async with serving(OK, b"") as script, client_of(kind, script) as client:
        await client.request("POST", "/", body=b"1")
        with pytest.raises(HttpError):
            await client.request("POST", "/", body=b"2")
    assert len(script.requests) == 2


async def test_the_fast_client_does_not_send_a_lost_get_again_either():
    async with serving(OK, b"") as script, client_of(PooledHttp, script) as client:
        await client.request("GET", "/")
        with pytest.raises(HttpError):
            await client.request("GET", "/")
    assert len(script.requests) == 2


@pytest.mark.parametrize("kind", CLIENTS)
async def test_an_unreachable_host_is_an_error(kind):
    client = kind("http://127.0.0.1:1")
    with pytest.raises(HttpError, match=r"can not reach .*127\.0\.0\.1:1"):
        await client.request("GET", "/")
    await client.close()


@pytest.mark.parametrize("kind", CLIENTS)
async def test_an_answer_too_large_is_an_error(kind):
    big = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 100
    async with serving(big) as script, client_of(kind, script, body_size_max=50) as client:
        with pytest.raises(HttpError, match="larger than 50 bytes"):
            await client.request("GET", "/")


@pytest.mark.parametrize("kind", CLIENTS)
async def test_a_request_that_would_split_a_header_is_refused(kind):
    async with serving() as script, client_of(kind, script) as client:
        with pytest.raises(HttpError):
            await client.request("GET", "/", headers=(("A", "b\r\nC: d"),))
    assert script.requests == []


async def test_an_answer_with_more_behind_it_ends_its_connection():
    async with serving(OK + b"HTTP/1.1 200 OK\r\nContent-Len") as script, client_of(PooledHttp, script) as client:
        for _ in range(2):
            assert (await client.request("GET", "/")).body == b"ok"
    assert script.connections == 2


async def test_the_pool_is_bounded_and_the_deadline_covers_the_wait():
    async with serving(None, None) as script, client_of(PooledHttp, script, connections_max=2) as client:
        results = await asyncio.gather(
            # The holders outlast those who wait, so that no place comes free in the moment a wait ends.
            *(client.request("GET", "/", deadline_s=wait_s) for wait_s in (0.4, 0.4, 0.1, 0.1, 0.1)),
            return_exceptions=True,
        )
    assert all(isinstance(result, HttpError) for result in results)
    assert script.connections == 2
