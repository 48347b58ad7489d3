"""Limits, exposure, and the two ways to stop."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import Field

from tidegate.api.fields import DecimalIn, Empty, Model, Query, Text
from tidegate.api.jsontext import Exact, dumps, load_objects, number_text
from tidegate.api.replies import Done
from tidegate.api.replies_trading import Limit, RiskMetrics
from tidegate.api.route import Call, route
from tidegate.api.stopped import stopped
from tidegate.model.access import Permission
from tidegate.model.commands import CommandName
from tidegate.model.views import ViewName

LIMIT_ROWS_MAX: Final = 500

LimitName = Literal[
    "order_notional_max",
    "position_symbol_max",
    "position_venue_max",
    "position_total_max",
    "daily_loss_max",
    "order_rate_max",
    "price_collar_bps",
    "slippage_max_bps",
    "book_age_max_ms",
    "open_orders_max",
    "breaker_failures_max",
    "breaker_error_rate_max",
    "breaker_latency_max_ms",
    "breaker_orders_per_minute",
    "breaker_notional_per_minute",
    "breaker_reject_rate_max",
    "breaker_price_deviation_bps",
    "drawdown_max",
]


class LimitRow(Model):
    """`value` null leaves the limit unset. `unit` is fixed by the name; it may be sent back as it came."""

    name: LimitName
    scope: Literal["total", "venue", "instrument", "account", "pair", "owner"] = "total"
    id: Annotated[str, Field(max_length=96, pattern=r"^[A-Za-z0-9_.:-]*$")] = ""
    value: Annotated[DecimalIn, Field(ge=0)] | None
    unit: Annotated[str, Field(max_length=32)] | None = None


class LimitsBody(Model):
    limits: Annotated[list[LimitRow], Field(min_length=1, max_length=LIMIT_ROWS_MAX)]

    def command_body(self) -> bytes:
        rows = [
            {
                "name": row.name,
                "scope": row.scope,
                "id": row.id,
                "value": None if row.value is None else number_text(row.value),
            }
            for row in self.limits
        ]
        return dumps({"limits": rows})


def raises_any(
    now: Sequence[Mapping[str, Exact]], uses: Sequence[Mapping[str, Exact]], wanted: Sequence[LimitRow]
) -> bool:
    """Whether a row lets more through than now: a higher value than is set, or by default, or none where one was."""
    values = {(row.get("name"), row.get("scope"), row.get("id")): row.get("value") for row in now}
    defaults = {use.get("name"): use.get("byDefault") for use in uses}
    for row in wanted:
        before = values.get((row.name, row.scope, row.id))
        held = defaults.get(row.name) if before is None else before
        if row.value is None:
            if before is not None:
                return True
        elif held is not None and row.value > Decimal(str(held)):
            return True
    return False


class KillBody(Model):
    """reduce_only lets plans shrink what they hold; halt lets nothing through."""

    reason: Text
    mode: Literal["reduce_only", "halt"] = "reduce_only"


async def get_limits(call: Call[Empty, Query]) -> bytes:
    """Every limit with its unit and scope."""
    return await call.services.engine.query(ViewName.LIMITS)


async def put_limits(call: Call[LimitsBody, Query]) -> bytes:
    """Sets the limits given; the others stay. Answers all of them. Raising one asks for the second factor."""
    before = await call.services.engine.query(ViewName.LIMITS)
    call.notes.before = before.decode()
    uses = load_objects(await call.services.engine.query(ViewName.RISK_METRICS), "limits")
    if raises_any(load_objects(before), uses, call.body.limits):
        await call.confirm()
    await call.services.engine.command(call.command(CommandName.SET_LIMITS, call.body.command_body()))
    return await call.services.engine.query(ViewName.LIMITS)


async def get_metrics(call: Call[Empty, Query]) -> bytes:
    """Exposure now against each limit, breaker states."""
    return await call.services.engine.query(ViewName.RISK_METRICS)


async def kill(call: Call[KillBody, Query]) -> dict[str, object]:
    """Stops trading at once, and keeps it stopped over restarts."""
    body = dumps({"reason": call.body.reason, "mode": call.body.mode})
    # Twice does no harm, but an old key must never answer "stopped" for a stop that was lifted since.
    receipt = await call.services.engine.command(call.command(CommandName.KILL, body, always=True))
    return stopped(receipt, mode=call.body.mode)


class AcknowledgeBody(Model):
    """id: as `halts` of the metrics names it."""

    id: Text


async def acknowledge(call: Call[AcknowledgeBody, Query]) -> dict[str, object]:
    """Takes note of what differed from the venue: its symbol may be traded again, with the venue's position."""
    body = dumps({"id": call.body.id})
    await call.services.engine.command(call.command(CommandName.ACKNOWLEDGE_DIFF, body))
    return {"success": True}


async def reset(call: Call[Empty, Query]) -> dict[str, object]:
    """Lifts the kill latch and the loss breakers."""
    await call.services.engine.command(call.command(CommandName.RESET, b"{}"))
    return {"success": True}


_READ, _RISK = Permission.READ, Permission.RISK
_LIMITS: Final = "/api/risk/limits"

ROUTES: Final = (
    route("GET", _LIMITS, get_limits, body=Empty, query=Query, reply=list[Limit], permission=_READ),
    route("PUT", _LIMITS, put_limits, body=LimitsBody, query=Query, reply=list[Limit], permission=_RISK),
    route("GET", "/api/risk/metrics", get_metrics, body=Empty, query=Query, reply=RiskMetrics, permission=_READ),
    # Never too often: whoever stops trading must not have to wait.
    route(
        "POST",
        "/api/risk/kill",
        kill,
        body=KillBody,
        query=Query,
        reply=Done,
        permission=Permission.TRADE,
        limited=False,
    ),
    route(
        "POST",
        "/api/risk/halts/acknowledge",
        acknowledge,
        body=AcknowledgeBody,
        query=Query,
        reply=Done,
        permission=_RISK,
    ),
    route(
        "POST",
        "/api/risk/reset",
        reset,
        body=Empty,
        query=Query,
        reply=Done,
        permission=_RISK,
        second_factor=True,
    ),
)
