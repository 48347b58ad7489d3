"""What one GET of a price costs the HTTP face, beside an aiohttp server that has nothing to do.

    PYTHONPATH=python python benches/api/request.py [--pairs 15] [--requests 2000]

Everything is one process on one loop: the face with the tests' collaborators in the engine's and the users' places, the
idle server, and a client that asks one after the other over loopback. Measured is the process's CPU time for each
request, in pairs, so that other programs hardly count; the client's share is in both. Prints one JSON object.
"""

import argparse
import asyncio
import dataclasses
import json
import os
import re
import statistics
import sys
import time
from pathlib import Path

import uvloop
from aiohttp import web

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.unit.api.doubles import World
from tests.unit.api.logins import GOOD_TOKEN

from tidegate.api.app import build_app
from tidegate.api.rates import Rates
from tidegate.api.server import ApiRunner

UNLIMITED = 1e9
PRICE = "/api/prices/binance/BTCUSDT?type=spot&depth=20"
HEAD = f"GET {PRICE} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {GOOD_TOKEN}\r\nAccept: */*\r\n\r\n".encode()
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Asker(asyncio.Protocol):
    """Asks `left` times, one request after the other."""

    def __init__(self, left, ended):
        self.left, self.ended, self.buffer = left, ended, b""

    def connection_made(self, transport):
        self.transport = transport
        transport.write(HEAD)

    def data_received(self, data):
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0 or len(self.buffer) < end + 4 + int(_LENGTH.search(self.buffer, 0, end + 2)[1]):
            return
        if not self.buffer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(self.buffer[:300])
        self.size, self.buffer, self.left = len(self.buffer) - end - 4, b"", self.left - 1
        if self.left:
            self.transport.write(HEAD)
        else:
            self.transport.close()
            self.ended.set_result(self.size)


async def serve(runner):
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner.addresses[0][1]


async def cost(port, requests):
    """(CPU time of one request in us, length of its answer's body)."""
    loop = asyncio.get_running_loop()
    ended, began = loop.create_future(), time.process_time()
    await loop.create_connection(lambda: Asker(requests, ended), "127.0.0.1", port)
    size = await ended
    return (time.process_time() - began) / requests * 1e6, size


async def measured(pairs, requests):
    services = dataclasses.replace(World().services(), rates=Rates(UNLIMITED, UNLIMITED))
    face = await serve(ApiRunner(build_app(services)))
    _, size = await cost(face, requests)

    async def hello(_request):
        return web.Response(body=b"x" * size, content_type="application/json")

    app = web.Application()
    app.router.add_get("/{name:.*}", hello)
    idle = await serve(web.AppRunner(app, access_log=None))
    await cost(idle, requests)
    rows = [((await cost(face, requests))[0], (await cost(idle, requests))[0]) for _ in range(pairs)]
    ours, theirs = (statistics.median(column) for column in zip(*rows, strict=True))
    return {
        "load": os.getloadavg()[0],
        "oursUs": round(ours, 1),
        "helloUs": round(theirs, 1),
        "rateOfHello": round(statistics.median(floor / mine for mine, floor in rows), 3),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--requests", type=int, default=2000)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(uvloop.run(measured(given.pairs, given.requests))) + "\n")


if __name__ == "__main__":
    main()
