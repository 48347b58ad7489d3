"""Profile paper: processes of simulated venues stand for the real ones; what they hear is public questions alone."""

import json
from decimal import Decimal

import pytest
from tests.e2e.harness import Node, VenueSim, running, until
from tests.e2e.oracle import Record
from tests.e2e.test_trading import agree, halted, outside
from tests.e2e.test_venues import PAIRS

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(240)]

LIMITS = """
limits:
  - {name: order_notional_max, value: 20000}
  - {name: book_age_max_ms, value: 3000}
"""


def paper_config(venues):
    return outside(*venues) + LIMITS


def venues_of(home):
    return [VenueSim(home, "binance", "spot"), VenueSim(home, "bybit", "linear")]


def executed(home):
    return Record(*sorted((home / "paper").glob("*.jsonl")))


def kinds(path):
    return {json.loads(line)["kind"] for line in path.read_bytes().splitlines()}


def order(side, price, qty="0.01", **more):
    return {
        "exchange": "binance", "symbol": "BTCUSDT", "type": "spot", "side": side, "orderType": "limit",
        "qty": qty, "price": price, **more,
    }  # fmt: skip


def best(node, side):
    return Decimal(node.get("/api/prices/binance/BTCUSDT?depth=1")[side][0][0])


def test_plans_are_filled_from_the_real_books_and_no_order_reaches_a_venue(tmp_path):
    venues = venues_of(tmp_path)
    with running(*venues), running(Node(tmp_path, config=paper_config(venues), profile="paper")) as node:
        node.ready()
        until(lambda: [plan for plan in node.ended_plans() if plan["state"] == "HEDGED"], "a hedged plan", 90)
        assert node.get("/api/system/status")["mode"] == "PAPER"
        assert node.get("/api/prices/binance/BTCUSDT")["simulated"] is False
        assert all(row["simulated"] is False for row in node.get("/api/exchanges"))
        halted(node)
        agree(node, executed(tmp_path))
        for path in ("/api/arbitrage/plans", "/api/trading/orders", "/api/trading/trades"):
            items = node.get(path)["items"]
            assert items
            assert {(item["mode"], item["simulated"]) for item in items} == {("PAPER", False)}, path
        for venue in venues:
            assert kinds(venue.record) == {"deposit"}, "the venue heard of no order"
        assert node.log("core_failed") == []


def test_every_venue_is_run_dry_spot_and_linear(tmp_path):
    venues = [VenueSim(tmp_path, name, "spot,linear") for name in ("binance", "bybit", "okx", "bitget")]
    sections = "\n".join(
        f'  {venue.record.name.partition("-")[0]}: {{rest: "{venue.address["rest"]}", ws: "{venue.address["ws"]}"}}'
        for venue in venues
    )
    config = f"venues:\n{sections}\npairs: {PAIRS}\npaper: {{leverage: 5, venues: {{okx: {{latencyMs: 5}}}}}}{LIMITS}"
    with running(*venues), running(Node(tmp_path, config=config, profile="paper")) as node:
        node.ready()
        hedged = {}

        def all_hedged():
            hedged.update({plan["pairId"]: plan for plan in node.ended_plans() if plan["state"] == "HEDGED"})
            return len(hedged) == len(PAIRS)

        until(all_hedged, "a hedged plan of every pair", 120)
        halted(node)
        agree(node, executed(tmp_path))
        for venue in venues:
            assert kinds(venue.record) == {"deposit"}
        assert node.log("core_failed") == []


def test_a_resting_order_and_its_balances_outlive_a_kill(tmp_path):
    venues = venues_of(tmp_path)
    config = paper_config(venues).replace("threshold: 0.01", "threshold: 90")
    with running(*venues):
        with running(Node(tmp_path, config=config, profile="paper")) as node:
            node.ready()
            price = float(best(node, "bids")) * 0.99
            status, placed = node.call("POST", "/api/trading/orders", order("buy", f"{price:.1f}"))
            assert status == 200, placed
            until(lambda: node.get("/api/trading/orders?state=LIVE")["items"], "the order rests")
            before = node.get("/api/account/binance")["balances"]
            node.kill()
        with running(Node(tmp_path, config=config, profile="paper")) as node:
            node.ready()
            node.caught_up()
            resting = node.get("/api/trading/orders?state=LIVE")["items"]
            assert [row["orderId"] for row in resting] == [placed["orderId"]]
            assert node.get("/api/account/binance")["balances"] == before
            assert node.call("DELETE", f"/api/trading/orders/{placed['orderId']}")[0] == 200
            until(lambda: not node.get("/api/trading/orders?state=LIVE")["items"], "the order is gone")
            status, error = node.call("PUT", "/api/settings/api", {"binance": {"apiKey": "real", "secret": "real"}})
            assert (status, error["code"]) == (409, "CONFLICT")


def test_kill_9_in_the_middle_of_trading_forgets_and_doubles_nothing(tmp_path):
    venues = venues_of(tmp_path)
    with running(*venues):
        for round_number in range(3):
            with running(Node(tmp_path, config=paper_config(venues), profile="paper")) as node:
                node.ready()
                wanted = 2 * (round_number + 1)
                until(lambda wanted=wanted, node=node: len(node.ended_plans()) >= wanted, f"{wanted} plans", 60)
                node.kill()
        with running(Node(tmp_path, config=paper_config(venues), profile="paper")) as node:
            node.ready()
            halted(node)
            agree(node, executed(tmp_path))


def test_a_maker_is_filled_when_the_market_comes_to_it(tmp_path):
    venues = venues_of(tmp_path)
    config = paper_config(venues).replace("threshold: 0.01", "threshold: 90")
    with running(*venues), running(Node(tmp_path, config=config, profile="paper")) as node:
        node.ready()

        def filled():
            wanted = order("sell", str(best(node, "asks")), postOnly=True)
            node.call("POST", "/api/trading/orders", wanted)
            return [row for row in node.get("/api/trading/trades")["items"] if row["liquidity"] == "maker"]

        found = until(filled, "a fill of a resting order", 60, every_s=1.0)
        assert found[0]["side"] == "sell"
        up = {(line["exchange"], line["type"]) for line in node.log("link_up") if line["role"] == "trades"}
        assert up == {("binance", "spot")}, "public trades are asked for where an order rests, and nowhere else"
        halted(node)
        agree(node, executed(tmp_path))


def test_a_directory_of_another_profile_is_refused(tmp_path):
    with running(Node(tmp_path)) as node:
        node.ready()
        node.stop()
    with running(Node(tmp_path, profile="paper")) as node:
        assert node.ended() == 3
        assert "holds the data of profile sim" in node.tail()
