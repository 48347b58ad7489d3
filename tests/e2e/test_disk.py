"""A disk that fills while trading: cancel-only, loud, and nothing is lost."""

import resource

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
