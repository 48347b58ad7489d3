"""kill -9 of the whole service at random moments, against simulated venues that outlive it.

The oracle is the venues' own books of record: every order they accepted is known to the next process, none went out
twice, every fill is booked once. Run by `make crash N=20`; uses nothing but the standard library and the installed
package. Half of the kills follow a fixed seed, half a fresh one, which is printed.
"""

import argparse
import json
import random
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tests.e2e.harness import DiedError, Node, VenueSim, running, until
from tests.e2e.oracle import Record, check_orders, check_plan, check_positions, check_trades

FIXED_SEED = 1
START_SHARE = 0.2
"""This part of the kills comes while the process is still starting."""
START_S = 1.0
RUN_S = 0.8
"""Kills come within so long of the start of a process, or of its being ready."""
SETTLE_S = 15.0
"""An order that is not filled like the venue's by then, running processes or not, is untracked."""
PAIR = """
  - id: {name}
    leg1: {{exchange: binance, symbol: {symbol}, type: {product}}}
    leg2: {{exchange: bybit, symbol: {symbol}, type: linear}}
    threshold: -5
    qty: {qty}
    totalAmount: 100000000
"""
CONFIG = """
venues:
  binance: {{products: [{product}], rest: "{first[rest]}", ws: "{first[ws]}"}}
  bybit: {{products: [linear], rest: "{second[rest]}", ws: "{second[ws]}"}}
policy: {{cooldownMs: 30}}
limits: [{{name: order_notional_max, value: 50000}}, {{name: book_age_max_ms, value: 2000}}]
pairs:
"""
READY_MAX_S = 90.0
BUDGET_TIMES = 100
"""A real venue allows an address a dozen starts a minute; what waits for that says nothing about us."""
GROW_S = 3600.0
"""The journal has to grow to the size asked for within so long."""
TELL_EVERY = 25
"""Kills between two lines that say how far a run is."""
WORKING = ("PLANNED", "WORKING", "HEDGING")


class Books(Record):
    """The venues' books of record, read on where the last reading ended."""

    def __init__(self, *paths):
        super().__init__()
        self._offsets = {Path(path): 0 for path in paths}

    def grow(self):
        for path, offset in self._offsets.items():
            with path.open("rb") as file:
                file.seek(offset)
                whole = file.read().rpartition(b"\n")[0]
            if whole:
                self._offsets[path] = offset + len(whole) + 1
                self._take(whole.split(b"\n"))


@dataclass
class Tally:
    """What went wrong, each thing once."""

    lost: set = field(default_factory=set)
    doubled: set = field(default_factory=set)
    untracked: set = field(default_factory=set)
    broken: list = field(default_factory=list)

    @property
    def violations(self):
        return len(self.lost) + len(self.doubled) + len(self.untracked) + len(self.broken)


class Loop:
    """One installation, killed again and again."""

    def __init__(self, home, seed, product, records=0, begin=None):
        self.home = home
        self._product = product
        self._records = records
        self.tally = Tally()
        self.ready_ms = []
        self.kills = 0
        self._seed = seed
        self._began = time.monotonic()
        if begin is not None:
            shutil.copytree(begin / "journal", home / "journal")
            for venue, kind in (("binance", product), ("bybit", "linear")):
                shutil.copy(begin / "sim" / f"{venue}.jsonl", home / f"{venue}-{kind}.record")
        self._moments = (random.Random(FIXED_SEED), random.Random(seed))
        self._venues = [
            VenueSim(home, venue, kind, budget_times=BUDGET_TIMES)
            for venue, kind in (("binance", product), ("bybit", "linear"))
        ]
        self._books = Books(*(venue.record for venue in self._venues))
        self._settled = set()
        self._seen = {}
        self._slots = defaultdict(set)

    def run(self, kills):
        with running(*self._venues), ExitStack() as stack:
            self._config = CONFIG.format(
                product=self._product, first=self._venues[0].address, second=self._venues[1].address
            )
            for name, symbol, qty in (("btc", "BTCUSDT", "0.001"), ("eth", "ETHUSDT", "0.01")):
                self._config += PAIR.format(name=name, symbol=symbol, qty=qty, product=self._product)
            if self._records:
                self._grow()
            for number in range(kills):
                self._one(self._moments[number % 2])
                if not all(venue.alive for venue in self._venues):
                    raise DiedError("a simulated venue ended: " + "\n".join(v.tail() for v in self._venues))
            node = stack.enter_context(running(self._start()))
            self._ready(node)
            self._compare(node)
            self._last(node)

    def _grow(self):
        """Trades until the journal holds the records asked for; the first process of the run, and killed like all."""
        with running(self._start()) as node:
            self._ready(node)
            until(lambda: self._seq(node) >= self._records, f"{self._records} records", GROW_S, every_s=1.0)
            # A journal from elsewhere comes without its tables: they are made from it while the service runs.
            self._books.grow()
            until(lambda: self._recent(node).keys() >= self._books.accepts.keys(), "the tables", GROW_S, every_s=5.0)
            say(f"... {self._seq(node)} records after {time.monotonic() - self._began:.0f} s, seed {self._seed}")
            node.kill()
        self.ready_ms.clear()

    def _seq(self, node):
        return node.get("/api/system/status")["journalSeq"]

    def _start(self):
        return Node(self.home, config=self._config)

    def _one(self, moment):
        self._books.grow()
        early = moment.random() < START_SHARE
        with running(self._start()) as node:
            if early:
                time.sleep(moment.random() * START_S)
            else:
                self._ready(node)
                due = time.monotonic() + moment.random() * RUN_S
                self._told(node, self._compare)
                time.sleep(max(0.0, due - time.monotonic()))
            if not node.alive:
                raise DiedError(node.tail())
            node.kill()
        self.kills += 1
        if self.kills % TELL_EVERY == 0:
            self._progress()

    def _progress(self):
        recent = round(statistics.median(self.ready_ms[-TELL_EVERY:])) if self.ready_ms else -1
        say(
            f"... {self.kills} kills in {time.monotonic() - self._began:.0f} s, seed {self._seed}: "
            f"{self.tally.violations} violations, {len(self._books.accepts)} orders, ready {recent} ms"
        )

    def _told(self, node, what):
        """Runs it; a failure comes with the last lines of the process."""
        try:
            what(node)
        except AssertionError as failure:
            raise DiedError(f"{failure!r}\n{node.tail()}") from failure

    def _ready(self, node):
        self.ready_ms.append(node.ready(READY_MAX_S) * 1000)

    def _compare(self, node):
        """What the venues had accepted before this process began, against what it knows."""
        ours = self._recent(node)
        now = time.monotonic()
        for name, count in self._books.accepts.items():
            if name in self._settled:
                continue
            if count > 1:
                self._report(self.tally.doubled, name, f"accepted {count} times")
            order = ours.get(name)
            if order is None:
                self._report(self.tally.lost, name, "accepted by the venue, unknown to the next process")
                continue
            self._slot(name, order)
            if name in self._books.ended and Decimal(str(order["filledQty"])) == self._books.fills[name].qty:
                self._settled.add(name)
            elif now - self._seen.setdefault(name, now) > SETTLE_S and name in self._books.ended:
                self._report(
                    self.tally.untracked, name, f"filled {self._books.fills[name].qty}, booked {order['filledQty']}"
                )

    def _slot(self, name, order):
        """One order for each attempt of a plan's leg."""
        slot = (order["planId"], order["leg"], name[-1])
        self._slots[slot].add(name)
        if len(self._slots[slot]) > 1:
            self._report(self.tally.doubled, slot, f"two orders: {self._slots[slot]}")

    def _recent(self, node):
        """Orders, newest first, back to a page of which every order is settled."""
        found, cursor = {}, None
        while True:
            page = node.get("/api/trading/orders?limit=200" + (f"&cursor={cursor}" if cursor else ""))
            found |= {order["orderId"]: order for order in page["items"]}
            cursor = page["nextCursor"]
            if cursor is None or all(order["orderId"] in self._settled for order in page["items"]):
                return found

    def _last(self, node):
        """Nothing under way: both sides must agree to the last digit."""
        status, answer = node.call("POST", "/api/risk/kill", {"reason": "comparing books", "mode": "halt"})
        assert status == 200, answer
        until(lambda: node.caught_up() and not any(p["state"] in WORKING for p in plans(node)), "no plan under way", 60)
        self._books.grow()
        checks = [
            ("orders", lambda: check_orders(node, self._books)),
            ("trades", lambda: check_trades(node, self._books)),
            ("positions", lambda: check_positions(node, self._books)),
            ("plans", lambda: [check_plan(plan, self._books) for plan in plans(node)]),
        ]
        for what, check in checks:
            try:
                check()
            except AssertionError as failure:
                self._report(self.tally.untracked, what, str(failure)[:2000])

    def _report(self, kind, key, text):
        if key not in kind:
            kind.add(key)
            say(f"VIOLATION after kill {self.kills}: {key}: {text}")


def say(text):
    """One line, at once: a run may take hours."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def plans(node):
    return node.get("/api/arbitrage/plans?limit=1000")["items"]


def run(kills, seed, home, product="linear", records=0, begin=None):
    """The loop and its last line; whether everything held."""
    loop = Loop(home, seed, product, records, begin)
    try:
        loop.run(kills)
    except (DiedError, AssertionError, json.JSONDecodeError) as failure:
        say(f"VIOLATION after kill {loop.kills}: {failure}")
        loop.tally.broken.append(failure)
    tally = loop.tally
    ready = round(statistics.median(loop.ready_ms)) if loop.ready_ms else -1
    orders = len(loop._books.accepts)
    p99 = sorted(loop.ready_ms)[len(loop.ready_ms) * 99 // 100] if loop.ready_ms else -1
    say(f"orders accepted: {orders}; ready ms p99 {p99:.0f} max {max(loop.ready_ms, default=-1):.0f}")
    say(
        f"kills={loop.kills} lost={len(tally.lost)} doubled={len(tally.doubled)} "
        f"untracked={len(tally.untracked)} ready_ms_p50={ready}"
    )
    return tally.violations == 0 and orders > 0


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--product", choices=["spot", "linear"], default="linear", help="of the first venue")
    options.add_argument("--records", type=int, default=0, help="in the journal before the first kill")
    options.add_argument("--begin", type=Path, help="a directory that the example long_journal has made")
    options.add_argument("--seed", type=int, default=secrets.randbits(32))
    given = options.parse_args()
    say(f"fixed seed: {FIXED_SEED}, fresh seed: {given.seed}  (again with: make crash SEED={given.seed})")
    home = Path(tempfile.mkdtemp(prefix="tidegate-crash-"))
    good = run(given.kills, given.seed, home, given.product, given.records, given.begin)
    if good:
        shutil.rmtree(home)
    else:
        say(f"data directory kept: {home}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
