"""Manual executions and the plans behind every execution."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from tidegate.api import execution, history
from tidegate.api.fields import Empty, PageQuery, Query
from tidegate.api.jsontext import dumps
from tidegate.api.replies import Done
from tidegate.api.replies_trading import Execution, Plan, PlanPage
from tidegate.api.route import Call, route
from tidegate.model.access import Permission
from tidegate.model.commands import CommandName
from tidegate.ports.read import HistoryFilter, PageRequest

PlanStateText = Literal["PLANNED", "WORKING", "HEDGING", "HEDGED", "UNWOUND", "EXPIRED", "REPORTED"]


class PlansQuery(PageQuery):
    state: PlanStateText | None = None
    pair_id: Annotated[str, Field(max_length=96)] | None = None


async def execute(call: Call[Empty, Query]) -> dict[str, object]:
    """Triggers a pair once, through the same risk path as automatic executions."""
    pair_id = call.path["pairId"]
    command = call.command(CommandName.EXECUTE_PAIR, dumps({"id": pair_id}))
    return await execution.execute(call.services, command)


async def list_plans(call: Call[Empty, PlansQuery]) -> Mapping[str, object]:
    """Every plan, newest first."""
    query = call.query
    narrow = HistoryFilter(state=query.state, pair_id=query.pair_id)
    return await history.plans(call.services, narrow, PageRequest(limit=query.limit, cursor=query.cursor))


async def get_plan(call: Call[Empty, Query]) -> bytes:
    """One plan with its legs, orders and timeline."""
    return await history.plan(call.services, call.path["planId"])


async def unwind_plan(call: Call[Empty, Query]) -> dict[str, object]:
    """Closes what a plan still holds."""
    plan_id = call.path["planId"]
    body = dumps({"planId": plan_id})
    await call.services.engine.command(call.command(CommandName.UNWIND_PLAN, body))
    return {"success": True, "planId": plan_id}


_READ, _TRADE = Permission.READ, Permission.TRADE
_PLANS: Final = "/api/arbitrage/plans"

ROUTES: Final = (
    route(
        "POST",
        "/api/arbitrage/execute/{pairId}",
        execute,
        body=Empty,
        query=Query,
        reply=Execution,
        permission=_TRADE,
    ),
    route("GET", _PLANS, list_plans, body=Empty, query=PlansQuery, reply=PlanPage, permission=_READ),
    route("GET", f"{_PLANS}/{{planId}}", get_plan, body=Empty, query=Query, reply=Plan, permission=_READ),
    route("POST", f"{_PLANS}/{{planId}}/unwind", unwind_plan, body=Empty, query=Query, reply=Done, permission=_TRADE),
)
