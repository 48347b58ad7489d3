"""The simulated venues' own books of record, added up independently of the engine."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path


@dataclass
class Filled:
    """What a venue says it filled for one order."""

    qty: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    proceeds: Decimal = Decimal(0)
    fees: dict = field(default_factory=lambda: defaultdict(Decimal))
    trades: set = field(default_factory=set)


class Record:
    """One or several books of record."""

    def __init__(self, *paths):
        self.accepts = Counter()
        self.qty = {}
        self.ended = set()
        self.ends = {}
        self.fills = defaultdict(Filled)
        self.positions = defaultdict(Decimal)
        for path in paths:
            self._read(Path(path))

    def _read(self, path):
        self._take(path.read_bytes().split(b"\n")[:-1])

    def _take(self, lines):
        for line in lines:
            row = json.loads(line)
            name = row.get("clientOrderId", "")
            if row["kind"] == "accept":
                self.accepts[name] += 1
                self.qty[name] = Decimal(row["qty"])
            elif row["kind"] == "end":
                self.ended.add(name)
                self.ends[name] = row["state"]
            elif row["kind"] == "fill":
                self._fill(row, name)

    def _fill(self, row, name):
        filled, qty = self.fills[name], Decimal(row["qty"])
        filled.qty += qty
        sign = 1 if row["side"] == "buy" else -1
        filled.net += sign * qty
        filled.proceeds -= sign * qty * Decimal(row["price"])
        filled.fees[row["feeAsset"]] += Decimal(row["fee"])
        trade = (row["venue"], row["type"], row["symbol"], row["tradeId"])
        assert trade not in filled.trades, f"trade {trade} stands twice in the venue's own book"
        filled.trades.add(trade)
        if row["type"] == "linear":
            self.positions[row["venue"], row["symbol"]] += sign * qty


def all_pages(node, path):
    """Every item of a paged list."""
    items, cursor = [], None
    while True:
        page = node.get(f"{path}?limit=1000" + (f"&cursor={cursor}" if cursor else ""))
        items += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return items


def check_orders(node, record):
    """Nothing forgotten, nothing doubled: the venue's accepted orders are ours, each once, filled alike."""
    ours = {order["orderId"]: order for order in all_pages(node, "/api/trading/orders")}
    assert all(count == 1 for count in record.accepts.values()), record.accepts.most_common(3)
    assert set(record.accepts) <= set(ours), set(record.accepts) - set(ours)
    for name, order in ours.items():
        assert Decimal(str(order["filledQty"])) == record.fills[name].qty, order
        fees = {fee["asset"]: Decimal(str(fee["amount"])) for fee in order["fees"]}
        expected = {asset: fee for asset, fee in record.fills[name].fees.items() if fee}
        assert {asset: fee for asset, fee in fees.items() if fee} == expected, order


def check_trades(node, record):
    """Our fills are the venue's set of trades, each once."""
    ours = [(row["exchange"], row["type"], row["symbol"], int(row["tradeId"])) for row in trades(node)]
    theirs = {(v, t, s, int(n)) for filled in record.fills.values() for v, t, s, n in filled.trades}
    assert len(ours) == len(set(ours))
    assert set(ours) == theirs


def trades(node):
    return all_pages(node, "/api/trading/trades")


def check_positions(node, record):
    """Our positions are the signed sums of the venue's fills."""
    ours = defaultdict(Decimal)
    for row in node.get("/api/trading/positions"):
        if row["type"] == "linear":
            ours[row["exchange"], row["symbol"]] += Decimal(str(row["qty"]))
    keys = set(ours) | set(record.positions)
    assert {key: ours[key] for key in keys} == {key: record.positions[key] for key in keys}


def check_plan(plan, record):
    """Quantity, fees and PnL of an ended plan from the venues' fills, to the last digit."""
    proceeds, quotes = Decimal(0), Decimal(0)
    for leg in plan["legs"]:
        names = [order["orderId"] if isinstance(order, dict) else order for order in leg["orders"]]
        fills = [record.fills[name] for name in names]
        # What a leg holds in the end: an unwound one holds nothing.
        assert Decimal(str(leg["filledQty"])) == abs(sum((f.net for f in fills), Decimal(0))), plan
        proceeds += sum((f.proceeds for f in fills), Decimal(0))
        fees = defaultdict(Decimal)
        for filled in fills:
            for asset, amount in filled.fees.items():
                fees[asset] += amount
        assert {f["asset"]: Decimal(str(f["amount"])) for f in leg["fees"] if Decimal(str(f["amount"]))} == {
            asset: amount for asset, amount in fees.items() if amount
        }, plan
        quotes += sum((Decimal(str(fee["quoteValue"])) for fee in leg["fees"]), Decimal(0))
    assert Decimal(str(plan["pnl"])) == proceeds - quotes, plan
