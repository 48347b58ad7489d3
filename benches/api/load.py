"""What pages and scripts get from the running service, and what they cost it.

    python benches/api/load.py [--clients 1000] [--stalled 10] [--rate 1000] [--seconds 20]

Starts the service in profile sim (plans execute throughout) and measures three times in a row, each over the same span:
nothing beside the engine; `--clients` WebSockets on prices, pairs, orders and plans, of which some never read; and GET
/api/prices at a fixed rate, sent on time whatever the answers do. Between them the same clients meet servers that have
nothing else to do (`floors.py`). Prints one JSON object. Clients run in a process of their own; the event's latency is
from its `ts` (whole milliseconds, engine clock) to its arrival.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benches.api.clients import PER_USER, poll, watch
from benches.api.floors import broadcast, hello, serving
from tests.e2e.harness import Node, running

from tidegate.cli.local import ask

CONFIG = "api:\n  readsPerSecond: 20000\n"
PASSWORD = "a password of the bench"
HOPS = ("step", "recv_to_send", "journal_append", "loop_lag")
PRICE = "/api/prices/binance/BTCUSDT?type=spot&depth=20"
CORES = sorted(os.sched_getaffinity(0))
"""Side by side on one core, as the scheduler likes to put them, the clients' time would count as the service's."""
SERVICE_CORES = CORES[:-1] or CORES
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def rss_mib(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024)
    return 0


def cpu_s(pid):
    """CPU time of a process, its threads included: what no neighbour changes much."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def beside(pipe, work, *given):
    """Runs in the clients' process, on a core that the service does not use where there are two."""
    os.sched_setaffinity(0, CORES[-1:])
    pipe.send(uvloop.run(work(*given)))


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
    began, cpu = time.monotonic(), cpu_s(node.child.pid)
    for answer in clients(work, *given):
        found = answer
        memory.append(rss_mib(node.child.pid))
    return {
        "seen": found,
        "cpuOfService": round((cpu_s(node.child.pid) - cpu) / (time.monotonic() - began), 3),
        "rssMiB": [memory[0], max(memory)],
        "plansEnded": ended(node) - plans,
        "hops": between(before, buckets(node)),
    }


def ended(node):
    return ask(node.home, "GET", "/api/trading/performance").get("plans", 0)


def floor(server, work, *given):
    """The same clients against a server that has nothing to do, in the same minutes."""
    process, port = serving(server, SERVICE_CORES)
    began, cpu = time.monotonic(), cpu_s(process.pid)
    *_, found = clients(work, port, *given)
    took = cpu_s(process.pid) - cpu
    process.terminate()
    return {"seen": found, "cpuOfService": round(took / (time.monotonic() - began), 3)}


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
        for thread in Path(f"/proc/{node.child.pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), SERVICE_CORES)
        tokens = tokens_of(node, given.clients)
        report = {
            "load": os.getloadavg()[0],
            "alone": measured(node, idle, given.seconds),
            "sockets": measured(node, watch, node.port, tokens, given.clients, given.stalled, given.seconds),
            "broadcast": floor(
                broadcast, watch, ["none"] * (given.clients // PER_USER + 1), given.clients, 0, given.seconds
            ),
            "hello": floor(hello, poll, "none", PRICE, given.rate, given.seconds),
            "prices": measured(node, poll, node.port, tokens[0], PRICE, given.rate, given.seconds),
        }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
