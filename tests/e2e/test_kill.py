"""A kill in real processes: by the order of the journal's records and the venues' own books, and over a restart."""

import json
import sys
from itertools import dropwhile

import pytest
from tests.e2e.harness import Node, VenueSim, running, until
from tests.e2e.test_trading import outside

from tidegate.store.audit import FileAudit

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

RESTING = 5
ORDER = {"exchange": "bybit", "symbol": "BTCUSDT", "type": "linear", "side": "buy", "orderType": "limit", "qty": 0.01}


def since_the_latch(home):
    """Records from the newest latch on, whichever process wrote them."""
    records = list(FileAudit(home / "journal").records())
    newest = max(record.seq for record in records if record.kind == "LATCH")
    return list(dropwhile(lambda record: record.seq < newest, records))


def rows(venue, kind):
    """The venue's own rows by client order id."""
    lines = venue.record.read_bytes().split(b"\n")[:-1]
    return {row["clientOrderId"]: row for row in map(json.loads, lines) if row["kind"] == kind}


def test_after_a_kill_nothing_leaves_but_cancels_and_a_restart_stays_stopped(tmp_path, capsys):
    venues = [VenueSim(tmp_path, "binance", "spot"), VenueSim(tmp_path, "bybit", "linear")]
    config = outside(*venues)
    with running(*venues):
        with running(Node(tmp_path, config=config)) as node:
            node.ready()
            bid = node.get("/api/prices/bybit/BTCUSDT?type=linear&depth=1")["bids"][0][0]
            resting = set()
            for step in range(RESTING):
                price = int(float(bid) * 0.992) - step
                status, placed = node.call("POST", "/api/trading/orders", ORDER | {"price": price})
                assert status == 200, placed
                resting.add(placed["orderId"])
            until(lambda: len(node.ended_plans()) >= 2, "plans that come and go", 60)
            accepted = sum(len(rows(venue, "accept")) for venue in venues)
            assert node.call("POST", "/api/risk/kill", {"reason": "test", "mode": "halt"})[0] == 200
            until(lambda: resting <= rows(venues[1], "end").keys(), "the cancels at the venue", 10)
            node.kill()
        with running(Node(tmp_path, config=config)) as node:
            until(lambda: node.health()[1].get("components", {}).get("trading"), "recovered")
            assert "halt" in node.health()[1]["components"]["trading"]["detail"]
            assert node.call("POST", "/api/arbitrage/execute/btc")[0] >= 400
            assert node.call("POST", "/api/trading/orders", ORDER | {"price": int(float(bid) * 0.99)})[0] >= 400
        records = since_the_latch(tmp_path)
        assert "INTENT" not in {record.kind for record in records[1:]}
        cancelled = [json.loads(record.payload)["order"] for record in records if record.kind == "CANCEL"]
        assert resting <= set(cancelled)
        # What had left before the latch may still arrive; nothing that a record after it speaks of.
        known = {
            json.loads(r.payload)["order"] for r in FileAudit(tmp_path / "journal").records() if r.kind == "INTENT"
        }
        assert {name for venue in venues for name in rows(venue, "accept")} <= known
        assert sum(len(rows(venue, "accept")) for venue in venues) >= accepted
        last_ns = max(rows(venues[1], "end")[name]["ts"] for name in resting)
        took_ms = (last_ns - records[0].wall_ns) / 1e6
        with capsys.disabled():
            sys.stdout.write(f"\nlatch to the last of {RESTING} cancels in the venue's book: {took_ms:.1f} ms\n")
