"""TWAPs in a real process: made, paused, resumed, completed, cancelled, and taken up again after a kill."""

from decimal import Decimal

import pytest
from tests.e2e.harness import Node, running, until

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

PLANS = "/api/twap/plans"
SPOT = {"exchange": "binance", "symbol": "BTCUSDT", "side": "buy"}
PERP = {"exchange": "bybit", "symbol": "BTCUSDT", "side": "sell", "type": "linear"}


def made(node, legs, total, *, every_ms=300, **more):
    body = {"name": "e2e", "totalQty": total, "sliceQty": "0.01", "intervalMs": every_ms, "legs": legs, **more}
    status, answer = node.call("POST", PLANS, body)
    assert status == 200, answer
    return answer["planId"]


def control(node, plan_id, action):
    status, answer = node.call("POST", f"/api/twap/{plan_id}/control", {"action": action})
    assert (status, answer) == (200, {"success": True})


def status_of(node, plan_id):
    return node.get(f"/api/twap/{plan_id}/status")


def executed(node, plan_id):
    return Decimal(str(status_of(node, plan_id)["progress"]["executed"]))


def reaches(node, plan_id, state):
    until(lambda: status_of(node, plan_id)["state"] == state, f"{plan_id} {state}", 60)
    return status_of(node, plan_id)


def traded(node, plan_id, side):
    """Filled base quantity of the plan's orders, from the order list."""
    orders = node.get(f"/api/trading/orders?plan={plan_id}&limit=1000")["items"]
    return sum((Decimal(str(order["filledQty"])) for order in orders if order["side"] == side), Decimal(0))


def test_one_and_two_legs_are_traded_slice_by_slice(tmp_path):
    with running(Node(tmp_path)) as node:
        node.ready()
        single = made(node, [SPOT], "0.05", randomizePct=20, limitOffsetBps=10)
        double = made(node, [SPOT, PERP], "0.03", limitOffsetBps=10)
        assert (single, double) == ("twap_001", "twap_002")
        done = [reaches(node, plan_id, "completed") for plan_id in (single, double)]
        node.caught_up()
        assert [Decimal(str(plan["progress"]["executed"])) for plan in done] == [Decimal("0.05"), Decimal("0.03")]
        assert all(Decimal(str(plan["residual"])) == 0 for plan in done)
        assert all(plan["progress"]["slicesDone"] == plan["progress"]["slicesTotal"] for plan in done)
        assert traded(node, single, "buy") == Decimal("0.05")
        assert traded(node, double, "buy") == traded(node, double, "sell") == Decimal("0.03")
        listed = node.get(PLANS)["items"]
        assert [plan["planId"] for plan in listed] == [double, single]
        assert all(plan["simulated"] is True and plan["legs"][0]["avgPrice"] is not None for plan in listed)


def test_a_plan_is_paused_resumed_cancelled_and_deleted(tmp_path):
    with running(Node(tmp_path)) as node:
        node.ready()
        plan_id = made(node, [SPOT], "1", autoStart=False)
        assert status_of(node, plan_id)["state"] == "created"
        control(node, plan_id, "start")
        until(lambda: executed(node, plan_id) >= Decimal("0.02"), "two slices")
        control(node, plan_id, "pause")
        still = executed(node, plan_id)
        assert node.call("DELETE", f"{PLANS}/{plan_id}")[0] == 409
        body = {"name": "e2e", "totalQty": "0.9", "sliceQty": "0.01", "intervalMs": 200, "legs": [SPOT]}
        assert node.call("PUT", f"{PLANS}/{plan_id}", body)[0] == 200
        control(node, plan_id, "resume")
        assert node.call("PUT", f"{PLANS}/{plan_id}", body)[0] == 409
        until(lambda: executed(node, plan_id) > still, "another slice")
        control(node, plan_id, "cancel")
        ended = status_of(node, plan_id)
        assert ended["state"] == "cancelled"
        assert node.call("POST", f"/api/twap/{plan_id}/control", {"action": "resume"})[0] == 409
        until(lambda: node.call("DELETE", f"{PLANS}/{plan_id}")[0] == 200, "the plan is over")
        assert node.call("GET", f"{PLANS}/{plan_id}")[0] == 404


def test_a_killed_process_takes_its_plans_up_again(tmp_path):
    with running(Node(tmp_path)) as node:
        node.ready()
        plan_id = made(node, [SPOT, PERP], "0.08", limitOffsetBps=10)
        until(lambda: executed(node, plan_id) >= Decimal("0.02"), "two slices")
        node.kill()
    with running(Node(tmp_path)) as node:
        node.ready()
        done = reaches(node, plan_id, "completed")
        node.caught_up()
        assert Decimal(str(done["progress"]["executed"])) == Decimal("0.08")
        assert traded(node, plan_id, "buy") == traded(node, plan_id, "sell") == Decimal("0.08")
