"""Every venue trades against another, in one process and one account each; the venues' own books agree."""

from decimal import Decimal

import pytest
from tests.e2e.harness import Node, running, until
from tests.e2e.oracle import Record, check_orders, check_plan, check_positions, check_trades
from tests.e2e.test_trading import halted, plans, sim_records

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]


def pair(name, leg1, leg2, threshold):
    legs = [dict(zip(("exchange", "symbol", "type"), leg, strict=True)) for leg in (leg1, leg2)]
    return {"id": name, "leg1": legs[0], "leg2": legs[1], "threshold": threshold, "qty": 0.02, "totalAmount": 500000}


PAIRS = [
    pair("binance_okx", ("binance", "BTCUSDT", "spot"), ("okx", "BTC-USDT-SWAP", "linear"), 0.05),
    pair("okx_bybit", ("okx", "BTC-USDT", "spot"), ("bybit", "BTCUSDT", "linear"), 0.05),
    pair("bitget_okx", ("bitget", "BTCUSDT", "linear"), ("okx", "BTC-USDT-SWAP", "linear"), 0.1),
    pair("bitget_binance", ("bitget", "BTCUSDT", "spot"), ("binance", "BTCUSDT", "linear"), 0.05),
]
BRIDGED = pair("bridge_binance", ("bridge", "BTC-USDT", "spot"), ("binance", "BTCUSDT", "linear"), 0.05)
CONFIG = f"venues: {{okx: {{}}, bitget: {{}}, bridge: {{}}}}\npairs: {[*PAIRS, BRIDGED]}\n"


def test_pairs_of_all_venues_end_hedged(tmp_path):
    with running(Node(tmp_path, config=CONFIG)) as node:
        node.ready()
        hedged = {}

        def all_hedged():
            hedged.update({plan["pairId"]: plan for plan in node.ended_plans() if plan["state"] == "HEDGED"})
            return len(hedged) == len(PAIRS) + 1

        until(all_hedged, "a hedged plan of every pair", 90)
        assert all(Decimal(str(plan["residual"])) == 0 for plan in hedged.values())
        halted(node)
        record = Record(*sim_records(tmp_path))
        check_orders(node, record)
        check_trades(node, record)
        check_positions(node, record)
        for plan in plans(node):
            check_plan(plan, record)
        assert node.log("core_failed") == []
