"""A venue that fails beside the real service: it is seen, nothing opens on it, and afterwards both sides agree."""

import http.client
import json
import time

import pytest
from tests.e2e.harness import Node, VenueSim, running, until
from tests.e2e.oracle import Record
from tests.e2e.test_trading import agree, halted, outside

pytestmark = [pytest.mark.xdist_group("outage"), pytest.mark.timeout(180)]
SEEN_S = 10.0
"""Generous: how soon it is seen is measured in the core's own tests, on a virtual clock."""


def fail(venue, **rates):
    """Changes what goes wrong at a venue while it runs."""
    place = venue.address["rest"].removeprefix("http://")
    connection = http.client.HTTPConnection(place, timeout=10)
    connection.request("PUT", "/_sim/faults", json.dumps(rates), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    connection.close()


def orders(record):
    return sum(1 for line in record.read_bytes().splitlines() if b'"kind":"accept"' in line)


def serves(node):
    return node.call("GET", "/api/prices/binance/BTCUSDT")[0] == 200


def trades_again(node):
    before = len(node.ended_plans())
    until(lambda: len(node.ended_plans()) >= before + 2, "two more plans", 60)


@pytest.fixture
def venues(tmp_path):
    with running(VenueSim(tmp_path, "binance", "spot"), VenueSim(tmp_path, "bybit", "linear")) as both:
        yield both


def test_an_outage_is_seen_stops_trading_and_ends_without_a_trace(tmp_path, venues):
    spot, linear = venues
    with running(Node(tmp_path, config=outside(spot, linear))) as node:
        node.ready()
        trades_again(node)
        fail(spot, outage=1)
        until(lambda: not serves(node), "no price of a venue that is gone", SEEN_S)
        settled = until_still(linear.record)
        time.sleep(3.0)
        assert orders(linear.record) == settled
        fail(spot, outage=0)
        until(lambda: serves(node), "prices again", 60)
        trades_again(node)
        halted(node)
        agree(node, Record(spot.record, linear.record))


def until_still(record):
    """The orders of a venue once a second has brought no more: what was under way has ended."""
    count = orders(record)
    for _ in range(20):
        time.sleep(1.0)
        before, count = count, orders(record)
        if count == before:
            return count
    raise AssertionError("orders go on beside a venue that is gone")


def test_a_silent_channel_is_replaced(tmp_path, venues):
    spot, linear = venues
    with running(Node(tmp_path, config=outside(spot, linear))) as node:
        node.ready()
        fail(spot, mute=1)
        until(lambda: not serves(node), "no price of a silent venue", SEEN_S)
        fail(spot, mute=0)
        until(lambda: serves(node), "prices again", 60)
        trades_again(node)
        halted(node)
        agree(node, Record(spot.record, linear.record))


def test_nothing_is_lost_or_doubled_on_a_bad_network(tmp_path, venues):
    bad = {
        "request_lost": 0.05,
        "answer_lost": 0.1,
        "error_after": 0.05,
        "busy": 0.05,
        "delay": 0.3,
        "delay_ms": 500,
        "frame_lost": 0.002,
        "frame_doubled": 0.01,
        "frame_swapped": 0.002,
        "cut": 0.001,
    }
    with running(Node(tmp_path, config=outside(*venues))) as node:
        node.ready()
        trades_again(node)
        for venue in venues:
            fail(venue, **bad)
        time.sleep(12.0)
        for venue in venues:
            fail(venue, **dict.fromkeys(bad, 0))
        trades_again(node)
        halted(node)
        agree(node, Record(*(venue.record for venue in venues)))
        assert node.log("core_failed") == []
