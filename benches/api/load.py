"""What pages and scripts get from the running service, and what they cost it.

    python benches/api/load.py [--clients 1000] [--stalled 10] [--rate 1000] [--seconds 20]

Starts the service in profile sim (plans execute throughout) and measures three times in a row, each over the same span:
nothing beside the engine; `--clients` WebSockets on prices, pairs, orders and plans, of which some never read; and GET
/api/prices at a fixed rate, sent on time whatever the answers do. Prints one JSON object. Clients run in a process of
their own; the event's latency is from its `ts` (whole milliseconds, engine clock) to its arrival.
"""

import argparse
import asyncio
import fcntl
import json
import multiprocessing
import os
import re
import socket
import struct
import sys
import tempfile
import termios
import time
import urllib.request
from pathlib import Path

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.e2e.harness import Node, running

from tidegate.cli.local import ask

CHANNELS = ["prices:binance:spot:BTCUSDT", "prices:bybit:linear:BTCUSDT", "pairs:*", "orders", "plans"]
ORDER_EVENTS = ("order_submitted", "order_filled")
PER_USER = 20
CONFIG = "api:\n  readsPerSecond: 20000\n"
PASSWORD = "a password of the bench"
ESTABLISHED = 1
HOPS = ("step", "recv_to_send", "journal_append", "loop_lag")
PRICE = "/api/prices/binance/BTCUSDT?type=spot&depth=20"


def quantiles(values):
    """p50, p99 and the worst, in the values' own unit."""
    ranked = sorted(values)
    if not ranked:
        return {"count": 0}
    at = [ranked[min(len(ranked) - 1, int(len(ranked) * share))] for share in (0.5, 0.99)]
    return {"count": len(ranked), "p50": round(at[0], 2), "p99": round(at[1], 2), "max": round(ranked[-1], 2)}


def rss_mib(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024)
    return 0


async def healthy(session, token, until, latencies):
    """Reads everything; keeps how late order events came."""
    headers = {"Authorization": f"Bearer {token}"}
    async with session.ws_connect("/ws", headers=headers, max_msg_size=0) as opened:
        await opened.send_json({"op": "subscribe", "channels": CHANNELS})
        while (left := until - time.monotonic()) > 0:
            try:
                message = await opened.receive(timeout=left)
            except TimeoutError:
                return
            now_ms = time.time() * 1000
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise RuntimeError(f"a healthy client was cut: {message}")
            text = message.data
            if text.startswith(('{"event":"order_submitted"', '{"event":"order_filled"')):
                latencies.append(now_ms - json.loads(text)["data"]["ts"])


async def stalled(port, token, cut_after):
    """Subscribes, then reads nothing with the smallest buffer there is; keeps when it was cut."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", port))
    head = (
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    )
    await loop.sock_sendall(raw, head.encode())
    payload = json.dumps({"op": "subscribe", "channels": CHANNELS}).encode()
    await loop.sock_sendall(raw, b"\x81" + bytes([0x80 | 126]) + len(payload).to_bytes(2) + bytes(4) + payload)
    held, stuck_since = -1, time.monotonic()
    while state_of(raw) == ESTABLISHED:
        waiting = struct.unpack("i", fcntl.ioctl(raw, termios.FIONREAD, bytes(4)))[0]
        if waiting != held:
            held, stuck_since = waiting, time.monotonic()
        await asyncio.sleep(0.05)
    cut_after.append(time.monotonic() - stuck_since)
    raw.close()


def state_of(raw):
    """The connection's state, by TCP_INFO's first byte."""
    return raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


async def sockets(port, tokens, count, slow, seconds):
    latencies, cut_after = [], []
    until = time.monotonic() + seconds
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector) as session:
        ends = [asyncio.create_task(stalled(port, tokens[n // PER_USER], cut_after)) for n in range(slow)]
        reads = []
        for number in range(count - slow):
            reads.append(asyncio.create_task(healthy(session, tokens[(slow + number) // PER_USER], until, latencies)))
            if number % 50 == 49:
                await asyncio.sleep(0.05)
        await asyncio.gather(*reads)
        await asyncio.wait(ends, timeout=1) if ends else None
        for end in ends:
            end.cancel()
    return {"eventMs": quantiles(latencies), "stalled": slow, "cut": len(cut_after), "cutAfterS": quantiles(cut_after)}


async def requests(port, token, rate, seconds):
    """Open loop: each request has its moment; late ones count from it."""
    took, statuses = [], {}
    connector = aiohttp.TCPConnector(limit=64)
    headers = {"Authorization": f"Bearer {token}"}

    async def one(session, due):
        async with session.get(PRICE) as answer:
            await answer.read()
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
        took.append((time.perf_counter() - due) * 1000)

    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector, headers=headers) as session:
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(int(rate * seconds)):
                due = started + number / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(one(session, due))
    return {"ms": quantiles(took), "statuses": statuses}


def beside(pipe, work, *given):
    """Runs in the clients' process."""
    pipe.send(asyncio.run(work(*given)))


def clients(work, *given):
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=beside, args=(theirs, work, *given))
    process.start()
    while not mine.poll(0.2):
        if not process.is_alive():
            raise RuntimeError("the clients died")
        yield None
    yield mine.recv()
    process.join()


def buckets(node):
    """Cumulative counts of each hop by upper edge in seconds."""
    with urllib.request.urlopen(f"http://127.0.0.1:{node.port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    found = {}
    for line in lines:
        match = re.match(r'tidegate_hop_seconds_bucket{hop="(\w+)",le="([^"]+)"} (\S+)', line)
        if match:
            found.setdefault(match[1], {})[float(match[2])] = float(match[3])
    return found


def between(before, after):
    """Upper edges in ms of the buckets that hold p50 and p99 of what came in between."""
    told = {}
    for hop in HOPS:
        counts = {edge: count - before.get(hop, {}).get(edge, 0) for edge, count in sorted(after.get(hop, {}).items())}
        total = max(counts.values(), default=0)
        told[hop] = {"count": int(total)}
        for name, share in (("p50Ms", 0.5), ("p99Ms", 0.99)):
            told[hop][name] = next(
                (edge * 1000 for edge, count in counts.items() if total and count >= total * share), None
            )
    return told


def measured(node, work, *given):
    """What the clients saw, and how the engine did meanwhile."""
    before, plans = buckets(node), ended(node)
    memory, found = [], None
    for answer in clients(work, *given):
        found = answer
        memory.append(rss_mib(node.child.pid))
    return {
        "seen": found,
        "rssMiB": [memory[0], max(memory)],
        "plansEnded": ended(node) - plans,
        "hops": between(before, buckets(node)),
    }


def ended(node):
    return ask(node.home, "GET", "/api/trading/performance").get("plans", 0)


async def idle(seconds):
    await asyncio.sleep(seconds)
    return {}


def tokens_of(node, count):
    found = []
    for number in range(-(-count // PER_USER)):
        name = f"bench{number}"
        ask(node.home, "POST", "/api/users", {"username": name, "role": "viewer", "password": PASSWORD})
        status, answer = node.request("POST", "/api/auth/login", {"username": name, "password": PASSWORD})
        if status != 200:
            raise RuntimeError(answer)
        found.append(answer["data"]["accessToken"])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--stalled", type=int, default=10)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, running(Node(Path(home), config=CONFIG)) as node:
        node.ready()
        tokens = tokens_of(node, given.clients)
        report = {
            "load": os.getloadavg()[0],
            "alone": measured(node, idle, given.seconds),
            "sockets": measured(node, sockets, node.port, tokens, given.clients, given.stalled, given.seconds),
            "prices": measured(node, requests, node.port, tokens[0], given.rate, given.seconds),
        }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
