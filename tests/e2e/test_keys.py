"""A key that its venue refuses: public data goes on, nothing private is tried, another key heals while all runs."""

import pytest
from tests.e2e.harness import Node, VenueSim, running, until
from tests.e2e.oracle import Record
from tests.e2e.test_trading import agree, halted, outside

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

OTHER = [{"key": "otherkey", "secret": "othersecret"}]
VENUES = (("binance", "spot"), ("bybit", "linear"))


def rows(node):
    return {row["name"]: row for row in node.get("/api/exchanges")}


@pytest.mark.parametrize("refusing", ["binance", "bybit"])
def test_a_refused_key_leaves_public_data_and_another_one_heals(tmp_path, refusing):
    venues = [
        VenueSim(tmp_path, venue, product, accounts=OTHER if venue == refusing else None) for venue, product in VENUES
    ]
    with running(*venues), running(Node(tmp_path, config=outside(*venues))) as node:
        node.ready()
        until(lambda: rows(node)[refusing]["publicOnly"], "the refused key is noticed")
        other = next(name for name, _ in VENUES if name != refusing)
        assert not rows(node)[other]["publicOnly"]
        assert node.get(f"/api/account/{refusing}")["publicOnly"]
        kind = dict(VENUES)[refusing]
        assert node.get(f"/api/prices/{refusing}/BTCUSDT?type={kind}")["synced"]
        status, error = node.call("POST", "/api/arbitrage/execute/btc")
        assert (status, error["code"]) == (503, "EXCHANGE_UNAVAILABLE")
        entered = {refusing: {"apiKey": "otherkey", "secret": "othersecret"}}
        status, answer = node.call("PUT", "/api/settings/api", entered)
        assert (status, answer["restartNeeded"]) == (200, False), answer
        until(node.ended_plans, "the pair trades", 60)
        assert not rows(node)[refusing]["publicOnly"]
        halted(node)
        agree(node, Record(*(venue.record for venue in venues)))
        assert node.log("core_failed") == []


def test_a_venue_for_public_data_alone_needs_no_key(tmp_path):
    config = "venues: {bybit: {publicOnly: true}}\n"
    with running(Node(tmp_path, config=config)) as node:
        node.ready()
        assert rows(node)["bybit"]["publicOnly"]
        until(lambda: node.call("GET", "/api/prices/bybit/BTCUSDT?type=linear")[0] == 200, "its prices")
        assert node.get("/api/trading/orders")["items"] == []
