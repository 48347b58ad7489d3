"""The main job in real processes: plans are carried out, and the money agrees with the venues' own books."""

from decimal import Decimal

import pytest
from tests.e2e.harness import Node, VenueSim, running, until
from tests.e2e.oracle import Record, check_orders, check_plan, check_positions, check_trades

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]


def sim_records(home):
    return sorted((home / "sim").glob("*.jsonl"))


def outside(spot, linear):
    """A configuration that attaches a Binance spot and a Bybit linear process."""
    return f"""
venues:
  binance: {{products: [spot], rest: "{spot.address["rest"]}", ws: "{spot.address["ws"]}"}}
  bybit: {{products: [linear], rest: "{linear.address["rest"]}", ws: "{linear.address["ws"]}"}}
pairs:
  - id: btc
    leg1: {{exchange: binance, symbol: BTCUSDT, type: spot}}
    leg2: {{exchange: bybit, symbol: BTCUSDT, type: linear}}
    threshold: 0.01
    qty: 0.02
    totalAmount: 500000
"""


def halted(node):
    """Stops new orders and waits until nothing is under way, so that both sides can be compared."""
    status, answer = node.call("POST", "/api/risk/kill", {"reason": "comparing books", "mode": "halt"})
    assert status == 200, answer
    until(
        lambda: (
            node.caught_up() and all(plan["state"] not in ("PLANNED", "WORKING", "HEDGING") for plan in plans(node))
        ),
        "no plan under way",
    )


def plans(node):
    return node.get("/api/arbitrage/plans?limit=1000")["items"]


def agree(node, record):
    check_orders(node, record)
    check_trades(node, record)
    check_positions(node, record)
    for plan in plans(node):
        check_plan(plan, record)


def test_profile_sim_trades_and_every_plan_adds_up(tmp_path):
    with running(Node(tmp_path)) as node:
        node.ready()
        until(lambda: len(node.ended_plans()) >= 5, "five ended plans", 60)
        hedged = [plan for plan in node.ended_plans() if plan["state"] == "HEDGED"]
        assert hedged
        assert all(Decimal(str(plan["residual"])) == 0 for plan in hedged)
        assert all(plan["simulated"] is True for plan in hedged)
        halted(node)
        agree(node, Record(*sim_records(tmp_path)))
        assert node.log("core_failed") == []


def test_kill_9_forgets_and_doubles_nothing(tmp_path):
    venues = [VenueSim(tmp_path, "binance", "spot"), VenueSim(tmp_path, "bybit", "linear")]
    with running(*venues):
        for round_number in range(3):
            with running(Node(tmp_path, config=outside(*venues))) as node:
                node.ready()
                wanted = 2 * (round_number + 1)
                until(lambda wanted=wanted, node=node: len(node.ended_plans()) >= wanted, f"{wanted} plans", 60)
                node.kill()
        with running(Node(tmp_path, config=outside(*venues))) as node:
            node.ready()
            halted(node)
            agree(node, Record(*(venue.record for venue in venues)))


def test_a_restart_changes_neither_pnl_nor_positions(tmp_path):
    with running(Node(tmp_path)) as node:
        node.ready()
        until(lambda: len(node.ended_plans()) >= 3, "three ended plans", 60)
        halted(node)
        before = node.get("/api/trading/positions"), [(p["planId"], p["pnl"]) for p in plans(node)]
        node.kill()
    with running(Node(tmp_path)) as node:
        node.ready()
        node.caught_up()
        after = node.get("/api/trading/positions"), [(p["planId"], p["pnl"]) for p in plans(node)]
        quantities = [
            sorted((r["exchange"], r["symbol"], r["type"], r["qty"]) for r in rows) for rows, _ in (before, after)
        ]
        assert quantities[0] == quantities[1]
        assert before[1] == after[1]


def test_an_unreachable_venue_stops_neither_the_start_nor_the_answers(tmp_path):
    config = 'venues: {bybit: {rest: "http://127.0.0.1:1", ws: "ws://127.0.0.1:1"}}\n'
    with running(Node(tmp_path, config=config)) as node:
        until(lambda: node.health()[0] == 503, "an answer that says what is missing")
        until(lambda: node.log("venue_unreachable"), "a clear log line")
        lines = [line for line in node.log("venue_unreachable") if line["exchange"] == "bybit"]
        assert {line["type"] for line in lines} == {"spot", "linear"}
        assert len(lines) == 2, "one line per product, not per try"
        assert lines[0]["error_code"] == "EXCHANGE_UNAVAILABLE"
        status, error = node.call("GET", "/api/prices/bybit/BTCUSDT?type=linear")
        assert (status, error["code"]) == (503, "EXCHANGE_UNAVAILABLE")
        until(lambda: node.call("GET", "/api/prices/binance/BTCUSDT")[0] == 200, "the other venue's price")


def test_a_venue_that_comes_back_is_traded_again(tmp_path):
    venues = [VenueSim(tmp_path, "binance", "spot"), VenueSim(tmp_path, "bybit", "linear")]
    port = int(venues[1].address["rest"].rpartition(":")[2])
    with running(*venues), running(Node(tmp_path, config=outside(*venues))) as node:
        node.ready()
        until(node.ended_plans, "a plan", 60)
        venues[1].kill()
        until(lambda: node.call("GET", "/api/prices/bybit/BTCUSDT?type=linear")[0] == 503, "no price of a dead venue")
        with running(VenueSim(tmp_path, "bybit", "linear", port=port)) as again:
            seen = len(node.ended_plans())
            until(lambda: len(node.ended_plans()) > seen, "trading goes on", 90)
            halted(node)
            agree(node, Record(venues[0].record, again.record))
