"""The trading process, the bridge and the real ccxt together: a pair with one leg behind the bridge ends hedged."""

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from .bridges import Bridge, Node, Sim, free_port, running, until
from .clients import client
from .servers import Served

pytestmark = pytest.mark.timeout(400)
PAIR = {
    "id": "bridged",
    "leg1": {"exchange": "binance", "symbol": "BTCUSDT", "type": "spot"},
    "leg2": {"exchange": "bridge", "symbol": "BTC-USDT", "type": "spot"},
    "threshold": -0.5,
    "qty": 0.01,
    "totalAmount": 500000,
}
"""Costs a little each time, so that it opens at once."""
KILLED_AFTER_S = (3.1, 2.3, 4.7, 1.9, 5.3)
SETTLED = ("FILLED", "CANCELLED", "DEAD", "REJECTED", "EXPIRED")


def config(port: int) -> str:
    return f"venues: {{bybit: {{enabled: false}}, bridge: {{exchange: okx, port: {port}}}}}\npairs: [{PAIR}]\n"


def row_of(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = node.get("/api/exchanges/bridge")
    return found


def serves(node: Node) -> bool:
    return node.call("GET", "/api/prices/bridge/BTC-USDT")[0] == 200


def hedged(node: Node) -> list[dict[str, Any]]:
    plans = node.get("/api/arbitrage/plans?limit=1000")["items"]
    return [plan for plan in plans if plan["state"] == "HEDGED"]


def test_a_leg_behind_the_bridge_is_traded_and_a_dead_bridge_is_a_venue_that_is_down(tmp_path: Path) -> None:
    sim, port = Sim("okx"), free_port()
    with running(sim):
        bridge = Bridge(sim, tmp_path, port)
        with running(bridge):
            node = Node(tmp_path, config(port))
            with running(node):
                node.login()
                until(lambda: serves(node), "prices of the bridge")
                row = row_of(node)
                assert (row["bridged"], row["bridgedTo"], row["simulated"]) == (True, "okx", True)
                assert node.get("/api/exchanges/binance")["bridged"] is False
                plans = until(lambda: hedged(node), "a hedged plan", 90)
                assert all(Decimal(str(plan["residual"])) == 0 for plan in plans)

                bridge.kill()
                until(lambda: not row_of(node)["connected"], "that the bridge is gone")
                until(lambda: not serves(node), "no price of a venue that is gone")
                alerts = node.get("/api/monitoring/alerts?limit=100")["items"]
                assert any("bridge" in str(alert) for alert in alerts), alerts
                bridge.start()
                until(lambda: row_of(node)["connected"] and serves(node), "the bridge again", 90)
                before = len(hedged(node))
                until(lambda: len(hedged(node)) > before, "another hedged plan", 90)

                stopped(node)
                agree(node, sim)


def test_kills_and_lost_answers_leave_both_sides_agreeing(tmp_path: Path) -> None:
    """kill -9 of the bridge every few seconds, in the middle of whatever it does, while the exchange loses answers."""
    sim, port = Sim("okx"), free_port()
    with running(sim):
        bridge = Bridge(sim, tmp_path, port)
        with running(bridge):
            node = Node(tmp_path, config(port))
            with running(node):
                node.login()
                until(lambda: hedged(node), "a hedged plan", 90)
                sim.fail(answer_lost=0.06, request_lost=0.03, error_after=0.03)
                for lived_s in KILLED_AFTER_S:
                    time.sleep(lived_s)
                    bridge.kill()
                    bridge.start()
                sim.fail(answer_lost=0, request_lost=0, error_after=0)
                until(lambda: row_of(node)["connected"] and serves(node), "the bridge again", 90)
                stopped(node)
                until(lambda: settled(node), "no order of open fate", 90)
                agree(node, sim)


def settled(node: Node) -> bool:
    orders = node.get("/api/trading/orders?limit=1000")["items"]
    return all(order["state"] in SETTLED for order in orders)


def stopped(node: Node) -> None:
    """Nothing opens any more, and nothing is under way."""
    status, answer = node.call("POST", "/api/risk/kill", {"reason": "comparing books", "mode": "halt"})
    assert status == 200, answer
    under_way = ("PLANNED", "WORKING", "HEDGING")
    until(
        lambda: (
            node.get("/api/system/status")["queues"]["projectionLag"] == 0
            and all(plan["state"] not in under_way for plan in node.get("/api/arbitrage/plans?limit=1000")["items"])
        ),
        "the end of all plans",
        90,
    )


def agree(node: Node, sim: Sim) -> None:
    """Each order of the bridge reached the exchange once, and each fill is known once, to the last digit."""
    api = client(Served("okx", "spot", sim.rest, sim.rest.replace("http", "ws")))
    api.number = str
    theirs = {trade["id"]: trade for trade in api.fetch_my_trades("BTC/USDT")}
    listed = node.get("/api/trading/trades?exchange=bridge&limit=1000")["items"]
    ours = {trade["tradeId"]: trade for trade in listed}
    assert set(ours) == set(theirs)
    for trade_id, trade in theirs.items():
        assert Decimal(str(ours[trade_id]["qty"])) == Decimal(trade["amount"])
        assert Decimal(str(ours[trade_id]["price"])) == Decimal(trade["price"])
    orders = [order["clientOrderId"] for order in api.fetch_closed_orders("BTC/USDT")]
    assert len(orders) == len(set(orders))
