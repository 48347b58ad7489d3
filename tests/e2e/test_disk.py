"""A disk that fills or breaks: cancel-only, loud, and nothing is lost."""

import resource
from contextlib import contextmanager

import pytest
from tests.e2e.harness import Node, VenueSim, running, until
from tests.e2e.oracle import Record, check_orders, check_positions, check_trades
from tests.e2e.test_trading import halted, outside

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]


def test_a_full_disk_stops_new_orders_and_a_restart_with_room_has_everything(tmp_path):
    venues = [VenueSim(tmp_path, "binance", "spot"), VenueSim(tmp_path, "bybit", "linear")]
    with running(*venues):
        with running(Node(tmp_path, config=outside(*venues))) as node:
            node.ready()
            until(lambda: len(node.ended_plans()) >= 2, "two plans", 60)
            # Files of the process can not grow or be written from here on.
            resource.prlimit(node.child.pid, resource.RLIMIT_FSIZE, (0, 0))
            until(lambda: node.log("journal_failed"), "a loud log line", 30)
            until(lambda: node.health()[0] == 503, "unhealthy")
            assert node.health()[1]["components"]["journal"]["status"] == "unhealthy"
            accepted = sum(Record(*(venue.record for venue in venues)).accepts.values())
            status, _ = node.call("POST", "/api/arbitrage/execute/btc")
            assert status >= 400
            assert sum(Record(*(venue.record for venue in venues)).accepts.values()) == accepted
            assert node.alive
            node.kill()
        with running(Node(tmp_path, config=outside(*venues))) as node:
            node.ready()
            halted(node)
            record = Record(*(venue.record for venue in venues))
            check_orders(node, record)
            check_trades(node, record)
            check_positions(node, record)


FAR = {"exchange": "bybit", "symbol": "BTCUSDT", "type": "linear", "side": "buy", "orderType": "limit", "qty": 0.01}
BREAKABLE = """
import errno, os, pathlib, runpy
sync = os.fdatasync
def breakable(fd):
    if pathlib.Path(os.environ["TIDEGATE_HOME"], "broken").exists():
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    sync(fd)
os.fdatasync = breakable
runpy.run_module("tidegate", run_name="__main__")
"""


@contextmanager
def quiet(tmp_path, **options):
    """A node that opens nothing by itself, its venues, and the id of an order that rests at one of them."""
    venues = [VenueSim(tmp_path, "binance", "spot"), VenueSim(tmp_path, "bybit", "linear")]
    config = outside(*venues).replace("threshold: 0.01", "threshold: 50")
    with running(*venues), running(Node(tmp_path, config=config, **options)) as node:
        node.ready()
        bid = node.get("/api/prices/bybit/BTCUSDT?type=linear&depth=1")["bids"][0][0]
        status, placed = node.call("POST", "/api/trading/orders", FAR | {"price": int(float(bid) * 0.992)})
        assert status == 200, placed
        order_id = placed["orderId"]
        until(lambda: node.get(f"/api/trading/orders/{order_id}")["state"] == "LIVE", "a resting order")
        yield node, venues, order_id


def gone(venues, order_id):
    """By the venue's own book of record."""
    record = Record(*(venue.record for venue in venues))
    return record.ends.get(order_id) == "cancelled"


def test_with_a_full_disk_a_person_cancels_and_kills_and_is_told_what_will_be_forgotten(tmp_path):
    with quiet(tmp_path) as (node, venues, order_id):
        resource.prlimit(node.child.pid, resource.RLIMIT_FSIZE, (0, 0))
        status, answer = node.call("DELETE", f"/api/trading/orders/{order_id}")
        assert (status, answer["success"]) == (200, True)
        until(lambda: gone(venues, order_id), "the cancel at the venue", 5)
        status, answer = node.call("POST", "/api/risk/kill", {"reason": "full"})
        assert status == 200
        assert "next start" in answer["warning"]
        assert node.call("POST", "/api/trading/orders", FAR | {"price": 20000})[0] >= 400
        assert node.call("POST", "/api/risk/reset")[0] >= 400
        assert node.log("journal_failed")
        assert node.alive


def test_a_failed_sync_cancels_everything_ends_the_process_and_the_next_one_reads_anew(tmp_path):
    with quiet(tmp_path, program=("-c", BREAKABLE)) as (node, venues, order_id):
        (tmp_path / "broken").touch()
        assert node.call("POST", "/api/risk/kill", {"reason": "the journal writes"})[0] == 200
        assert node.ended(10) != 0
        assert node.log("journal_failed")[0]["fault"] == "SYNC_FAILED"
        assert gone(venues, order_id)
        (tmp_path / "broken").unlink()
        with running(Node(tmp_path, config=(tmp_path / "tidegate.yaml").read_text())) as again:
            again.ready()
            until(lambda: again.get(f"/api/trading/orders/{order_id}")["state"] == "CANCELLED", "the order's end")
