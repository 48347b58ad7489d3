"""Protections in a real process: set, changed, removed, triggered, and kept through a kill."""

from decimal import Decimal

import pytest
from tests.e2e.harness import Node, running, until

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

ALL = "/api/trading/protections"
PERP = {"exchange": "bybit", "symbol": "BTCUSDT", "type": "linear"}
# A pair that never opens: its books are there, and the position is ours alone.
QUIET = """
pairs:
  - id: btc
    leg1: {exchange: binance, symbol: BTCUSDT, type: spot}
    leg2: {exchange: bybit, symbol: BTCUSDT, type: linear}
    threshold: 50
    qty: 0.02
    totalAmount: 500000
"""


def bid(node):
    return Decimal(node.get("/api/prices/bybit/BTCUSDT?type=linear&depth=1")["bids"][0][0])


def near(price, share):
    """A price away from another by a share of it, on the step of 0.1."""
    return str((price * (1 + Decimal(share))).quantize(Decimal("0.1")))


def aimed_within_the_swing(node, name):
    """The stop stands halfway of what the market swings through by more than 0.3 % every turn, and below it now."""
    bids = [bid(node)]
    until(lambda: bids.append(bid(node)) or max(bids) > min(bids) * Decimal("1.002"), "a swing of the market")
    body = {"stopLoss": near((max(bids) + min(bids)) / 2, "0")}
    until(lambda: node.call("PUT", f"{ALL}/{name}", body)[0] == 200, "the market above the stop")


def bought(node, qty, **levels):
    body = {**PERP, "side": "buy", "orderType": "market", "qty": qty, **levels}
    status, answer = node.call("POST", "/api/trading/orders", body)
    assert status == 200, answer
    until(lambda: node.get(f"/api/trading/orders/{answer['orderId']}")["state"] == "FILLED", "the order filled")
    return answer


def held(node):
    rows = node.get("/api/trading/positions")
    perps = [row for row in rows if (row["exchange"], row["type"]) == ("bybit", "linear")]
    return sum((Decimal(str(row["qty"])) for row in perps), Decimal(0))


def reaches(node, name, state):
    until(lambda: node.get(f"{ALL}/{name}")["state"] == state, f"{name} {state}", 60)
    return node.get(f"{ALL}/{name}")


def test_a_stop_is_set_changed_triggered_and_listed(tmp_path):
    with running(Node(tmp_path, config=QUIET)) as node:
        node.ready()
        price = bid(node)
        answer = bought(node, "0.02", stopLoss=near(price, "-0.2"), takeProfit=near(price, "0.2"))
        first = answer["protectionId"]
        shown = node.get(f"{ALL}/{first}")
        assert (shown["state"], shown["entryOrderId"], shown["simulated"]) == ("armed", answer["orderId"], True)
        status, second = node.call("POST", ALL, {**PERP, "trailingPct": 30, "qty": "0.01"})
        assert (status, second["state"]) == (200, "armed")
        second = second["protectionId"]
        position = next(row for row in node.get("/api/positions") if row["type"] == "linear")
        assert position["protections"] == [first, second]
        assert node.call("DELETE", f"{ALL}/{second}")[0] == 200
        assert node.call("DELETE", f"{ALL}/{second}")[0] == 409
        status, wrong = node.call("PUT", f"{ALL}/{first}", {"stopLoss": near(price, "0.3")})
        assert (status, list(wrong["details"])) == (400, ["stopLoss"])
        aimed_within_the_swing(node, first)
        done = reaches(node, first, "closed")
        assert (done["cause"], Decimal(str(done["closedQty"])), held(node)) == ("stopLoss", Decimal("0.02"), 0)
        assert Decimal(str(done["triggerPrice"])) <= Decimal(str(done["stopLoss"]))
        node.caught_up()
        listed = node.get(f"{ALL}?limit=10")["items"]
        assert [(row["protectionId"], row["state"]) for row in listed] == [(second, "removed"), (first, "closed")]
        orders = node.get(f"/api/trading/orders?plan={first}")["items"]
        assert {order["orderId"] for order in orders} == {answer["orderId"], *done["orders"]}
        status, refused = node.call("POST", ALL, {**PERP, "stopLoss": near(price, "-0.1")})
        assert (status, refused["code"]) == (409, "CONFLICT")


def test_a_killed_process_goes_on_watching(tmp_path):
    with running(Node(tmp_path, config=QUIET)) as node:
        node.ready()
        bought(node, "0.02")
        status, answer = node.call("POST", ALL, {**PERP, "trailingPct": "0.1"})
        assert status == 200, answer
        node.kill()
    with running(Node(tmp_path, config=QUIET)) as node:
        node.ready()
        done = reaches(node, answer["protectionId"], "closed")
        assert (done["cause"], held(node)) == ("trailing", 0)
