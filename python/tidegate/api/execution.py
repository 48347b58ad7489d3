"""A manual execution: start the plan, wait for its end, answer with both legs. Pure arithmetic is exact."""

from collections.abc import Iterable, Mapping
from decimal import Context, Decimal
from typing import Final

from tidegate.api.jsontext import Exact, load_object
from tidegate.api.services import Services
from tidegate.model.commands import Command
from tidegate.model.errors import Code, TidegateError

EXECUTE_WAIT_S: Final = 5.0
"""How long a caller waits for a plan to end before it is told to follow it instead."""

_EXACT: Final = Context(prec=80)


async def execute(services: Services, command: Command) -> dict[str, object]:
    """Runs one `execute_pair`. Raises TidegateError OUTCOME_UNKNOWN with the plan's id when it outlasts the wait."""
    receipt = await services.engine.command(command)
    plan_id = str(load_object(receipt.reply)["planId"])
    plan = await services.engine.wait_plan(plan_id, EXECUTE_WAIT_S)
    if plan is None:
        raise TidegateError(
            Code.OUTCOME_UNKNOWN,
            f"plan {plan_id} has not ended within {EXECUTE_WAIT_S:g} s; follow it at /api/arbitrage/plans/{plan_id}",
            {"planId": plan_id},
        )
    return execution_of(load_object(plan))


def execution_of(plan: Mapping[str, Exact]) -> dict[str, object]:
    """The answer to an execution from the document of its ended plan."""
    legs = [leg for leg in _list(plan, "legs") if isinstance(leg, dict)]
    if len(legs) != 2:
        raise TidegateError(Code.INTERNAL, "an arbitrage plan without two legs")
    mark: dict[str, object] = {"simulated": plan.get("simulated") is True}
    if "mode" in plan:
        mark["mode"] = plan["mode"]
    traded = all(leg.get("avgPrice") is not None for leg in legs)
    qty = _decimal(plan.get("qty"))
    return {
        "pairId": plan.get("pairId"),
        "planId": plan.get("planId"),
        "state": plan.get("state"),
        "leg1": _leg(legs[0], qty, mark),
        "leg2": _leg(legs[1], qty, mark),
        "spread": plan.get("spread") if traded else None,
        "spreadPercent": plan.get("spreadPercent") if traded else None,
        "residual": plan.get("residual"),
        "pnl": plan.get("pnl"),
        "ts": plan.get("endedTs"),
        **mark,
    }


def _leg(leg: Mapping[str, Exact], qty: Decimal | None, mark: Mapping[str, object]) -> dict[str, object]:
    filled = _decimal(leg.get("filledQty")) or Decimal(0)
    fees = [_decimal(fee.get("quoteValue")) for fee in _list(leg, "fees") if isinstance(fee, dict)]
    return {
        "exchange": leg.get("exchange"),
        "symbol": leg.get("symbol"),
        "side": leg.get("side"),
        "orderId": _order_id(leg),
        "success": qty is not None and filled >= qty > 0,
        "price": leg.get("avgPrice"),
        "qty": filled,
        "fee": _sum(fee for fee in fees if fee is not None),
        **mark,
    }


def _sum(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, value)
    return total


def _order_id(leg: Mapping[str, Exact]) -> Exact:
    """The leg's first order; its later attempts stand in the plan."""
    orders = _list(leg, "orders")
    first = orders[0] if orders else None
    return first.get("orderId") if isinstance(first, dict) else first


def _list(fields: Mapping[str, Exact], name: str) -> list[Exact]:
    value = fields.get(name)
    return value if isinstance(value, list) else []


def _decimal(value: Exact) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
