"""Clients that cost next to nothing, so that what is measured is the service: plain protocols on uvloop.

`watch` holds WebSockets and keeps how late order events came to every eighth of them: all read and answer pings, but to
look into each message of a thousand would cost more than to send it, and would be measured. `poll` sends one GET at a
fixed rate. Each is run in a process of its own and tells what CPU time it took: one that comes near a whole core
measured itself.
"""

import asyncio
import fcntl
import json
import re
import socket
import struct
import termios
import time
from collections import deque
from functools import partial

CHANNELS = ["prices:binance:spot:BTCUSDT", "prices:bybit:linear:BTCUSDT", "pairs:*", "orders", "plans"]
ORDER_EVENTS = (b'{"event":"order_submitted"', b'{"event":"order_filled"')
PER_USER = 20
OPENED_AT_ONCE = 50
TIMED_EVERY = 8
PING = b"\x89\x00"
CONNECTIONS = 64
TICK_S = 0.001
ESTABLISHED = 1
_TS = re.compile(rb'"ts":(\d+)')
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def quantiles(values):
    """p50, p99 and the worst, in the values' own unit."""
    ranked = sorted(values)
    if not ranked:
        return {"count": 0}
    at = [ranked[min(len(ranked) - 1, int(len(ranked) * share))] for share in (0.5, 0.99)]
    return {"count": len(ranked), "p50": round(at[0], 2), "p99": round(at[1], 2), "max": round(ranked[-1], 2)}


def handshake(port, token):
    return (
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()


def masked(opcode, payload):
    """A client's frame; its mask is zero, so that the payload stands as it is."""
    size = len(payload)
    head = bytes([0x80 | opcode]) + (bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2))
    return head + bytes(4) + payload


SUBSCRIBE = masked(1, json.dumps({"op": "subscribe", "channels": CHANNELS}).encode())


class Seen:
    """What all sockets of one run saw."""

    def __init__(self):
        self.late_ms, self.messages, self.reads, self.lost = [], 0, 0, 0
        self.counting = False


class Reader(asyncio.Protocol):
    """One healthy WebSocket: answers pings, reads everything, looks into it where it is `timed`."""

    def __init__(self, port, token, seen, timed):
        self.head, self.seen, self.buffer, self.open = handshake(port, token), seen, b"", False
        self.ended, self.timed = False, timed

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.head)

    def data_received(self, data):
        self.seen.reads += 1
        if self.open and not self.timed:
            # A ping is a write of its own: it stands at an end, or is asked again.
            if data.startswith(PING) or data.endswith(PING):
                self.transport.write(masked(10, b""))
            return
        now_ms = time.time() * 1000
        data = self.buffer + data if self.buffer else data
        at = 0
        if not self.open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self.buffer = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(data[:300])
            self.open, at = True, end + 4
            self.transport.write(SUBSCRIBE)
        size = len(data)
        while size - at >= 2:
            length, begin = data[at + 1], at + 2
            if length == 126:
                length, begin = int.from_bytes(data[at + 2 : at + 4]), at + 4
            elif length == 127:
                length, begin = int.from_bytes(data[at + 2 : at + 10]), at + 10
            if size < begin + length:
                break
            self.frame(data[at] & 15, data, begin, length, now_ms)
            at = begin + length
        self.buffer = data[at:] if at < size else b""

    def frame(self, opcode, data, begin, length, now_ms):
        if opcode == 9:
            self.transport.write(masked(10, data[begin : begin + length]))
        elif opcode == 1:
            self.seen.messages += 1
            if self.seen.counting and data.startswith(ORDER_EVENTS, begin):
                self.seen.late_ms.append(now_ms - int(_TS.search(data, begin)[1]))

    def connection_lost(self, _reason):
        self.seen.lost += not self.ended


async def stalled(port, token, cut_after):
    """Subscribes, then reads nothing with the smallest buffer there is; keeps when it was cut."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", port))
    await loop.sock_sendall(raw, handshake(port, token))
    await loop.sock_sendall(raw, SUBSCRIBE)
    held, stuck_since = -1, time.monotonic()
    while state_of(raw) == ESTABLISHED:
        waiting = struct.unpack("i", fcntl.ioctl(raw, termios.FIONREAD, bytes(4)))[0]
        if waiting != held:
            held, stuck_since = waiting, time.monotonic()
        await asyncio.sleep(0.02)
    cut_after.append(time.monotonic() - stuck_since)
    raw.close()


def state_of(raw):
    """The connection's state, by TCP_INFO's first byte."""
    return raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


async def watch(port, tokens, count, slow, seconds):
    """`count` sockets, `slow` of which stand still; counted are the events once all are open."""
    loop = asyncio.get_running_loop()
    seen, cut_after, opened = Seen(), [], []
    ends = [asyncio.create_task(stalled(port, tokens[n // PER_USER], cut_after)) for n in range(slow)]
    for number in range(slow, count):
        token = tokens[number // PER_USER]
        timed = number % TIMED_EVERY == 0
        make = partial(Reader, port, token, seen, timed)
        opened.append((await loop.create_connection(make, "127.0.0.1", port))[1])
        if number % OPENED_AT_ONCE == 0:
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    seen.counting, messages, reads, cpu_s = True, seen.messages, seen.reads, time.process_time()
    await asyncio.sleep(seconds)
    seen.counting, cpu_s = False, time.process_time() - cpu_s
    told = {
        "eventMs": quantiles(seen.late_ms),
        "messagesPerS": round((seen.messages - messages) * TIMED_EVERY / seconds),
        "readsPerS": round((seen.reads - reads) / seconds),
        "healthyLost": seen.lost,
        "cpuOfClients": round(cpu_s / seconds, 3),
    }
    if ends:
        await asyncio.wait(ends, timeout=5)
    for reader in opened:
        reader.ended = True
        reader.transport.close()
    for end in ends:
        end.cancel()
    await asyncio.sleep(0.2)
    return told | {"stalled": slow, "cut": len(cut_after), "cutAfterS": quantiles(cut_after)}


class Asker(asyncio.Protocol):
    """One kept-alive connection; one request at a time."""

    def __init__(self, head, free, done):
        self.head, self.free, self.done, self.buffer, self.due = head, free, done, b"", 0.0

    def connection_made(self, transport):
        self.transport = transport

    def ask(self, due):
        self.due = due
        self.transport.write(self.head)

    def data_received(self, data):
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0 or len(self.buffer) < end + 4 + int(_LENGTH.search(self.buffer, 0, end + 2)[1]):
            return
        self.done(int(self.buffer[9:12]), time.perf_counter() - self.due)
        self.buffer = b""
        self.free(self)


async def poll(port, token, path, rate, seconds):
    """Open loop: each request has its moment; late ones count from it."""
    took, statuses, idle, waiting, ended = [], {}, [], deque(), asyncio.Event()

    def done(status, took_s):
        took.append(took_s * 1000)
        statuses[status] = statuses.get(status, 0) + 1
        if len(took) == rate * seconds:
            ended.set()

    def free(asker):
        if waiting:
            asker.ask(waiting.popleft())
        else:
            idle.append(asker)

    lines = ("GET " + path + " HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {token}", "Accept: */*")
    head = "".join(f"{line}\r\n" for line in (*lines, "")).encode()
    loop = asyncio.get_running_loop()
    askers = [
        (await loop.create_connection(lambda: Asker(head, free, done), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]
    idle.extend(askers)
    started, sent, cpu_s = time.perf_counter(), 0, time.process_time()
    while sent < rate * seconds:
        due = min(rate * seconds, int((time.perf_counter() - started) * rate) + 1)
        for number in range(sent, due):
            moment = started + number / rate
            if idle:
                idle.pop().ask(moment)
            else:
                waiting.append(moment)
        sent = due
        await asyncio.sleep(TICK_S)
    await ended.wait()
    cpu_s = time.process_time() - cpu_s
    for asker in askers:
        asker.transport.close()
    return {"ms": quantiles(took), "statuses": statuses, "cpuOfClients": round(cpu_s / seconds, 3)}
