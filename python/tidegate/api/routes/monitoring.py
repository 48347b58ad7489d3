"""Pairs, their current edges and their history."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field, StrictBool, model_validator

from tidegate.api import history, pairs
from tidegate.api.fields import (
    DecimalIn,
    Direction,
    Empty,
    EpochMs,
    Exchange,
    Model,
    PageLimit,
    PageQuery,
    Product,
    Query,
    Symbol,
)
from tidegate.api.replies import AlertPage, Done, Opportunity, Pair, PairId, Signal, SpreadSample
from tidegate.api.route import Call, route
from tidegate.model.access import Permission
from tidegate.model.views import ViewName
from tidegate.ports.read import HistoryFilter, PageRequest


class Leg(Model):
    exchange: Exchange
    symbol: Symbol
    type: Product = "spot"


class PairBody(Model):
    """`threshold`: percent of net spread; `qty`: base units per shot; `totalAmount`: quote."""

    leg1: Leg
    leg2: Leg
    threshold: Annotated[DecimalIn, Field(gt=-100, lt=100)]
    qty: Annotated[DecimalIn, Field(gt=0)]
    total_amount: Annotated[DecimalIn, Field(gt=0)]
    direction: Direction = "auto"
    enabled: StrictBool = True

    @model_validator(mode="after")
    def _two_legs(self) -> "PairBody":
        if self.leg1 == self.leg2:
            raise ValueError("leg1 and leg2 are the same instrument")
        return self


class PairUpdate(PairBody):
    """What GET gave may be sent back as it came. With its `version` it is refused when somebody was faster."""

    id: Annotated[str, Field(max_length=96)] | None = None
    version: Annotated[int, Field(ge=0)] | None = None
    used_amount: DecimalIn | None = None
    simulated: StrictBool | None = None


class OpportunitiesQuery(Query):
    limit: PageLimit = 100


class HistoryQuery(Query):
    """Epoch milliseconds; `to` is exclusive. Without `from` the last hour."""

    from_: Annotated[EpochMs | None, Field(alias="from")] = None
    to: EpochMs | None = None
    limit: PageLimit = 1000


class AlertsQuery(PageQuery):
    """`from` and `to` in epoch milliseconds, `to` exclusive."""

    severity: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[a-z]+$")] | None = None
    from_: Annotated[EpochMs | None, Field(alias="from")] = None
    to: EpochMs | None = None


async def list_pairs(call: Call[Empty, Query]) -> bytes:
    """All monitored pairs."""
    return await call.services.engine.query(ViewName.PAIRS)


async def create_pair(call: Call[PairBody, Query]) -> bytes:
    """Starts to monitor a pair; it survives a restart."""
    return await pairs.create(call.services, call.body, call.command)


async def update_pair(call: Call[PairUpdate, Query]) -> dict[str, object]:
    """Replaces a pair."""
    await pairs.replace(call.services, call.path["id"], call.body, call.command)
    return {"success": True}


async def delete_pair(call: Call[Empty, Query]) -> dict[str, object]:
    """Stops monitoring a pair."""
    await pairs.delete(call.services, call.path["id"], call.command)
    return {"success": True}


async def list_opportunities(call: Call[Empty, OpportunitiesQuery]) -> bytes:
    """Current edges, best first."""
    return await call.services.engine.query(ViewName.OPPORTUNITIES, limit=call.query.limit)


async def list_signals(call: Call[Empty, OpportunitiesQuery]) -> list[dict[str, object]]:
    """What the monitored pairs say should be traded now: edges at or above their threshold, best first."""
    return await pairs.signals(call.services, call.query.limit)


async def pair_history(call: Call[Empty, HistoryQuery]) -> list[dict[str, object]]:
    """The pair's net spread over time, oldest first."""
    query = call.query
    return await pairs.history(call.services, call.path["id"], query.from_, query.to, query.limit)


async def list_alerts(call: Call[Empty, AlertsQuery]) -> Mapping[str, object]:
    """What the engine warned of, newest first: alerts, and breakers that opened or closed."""
    query = call.query
    narrow = HistoryFilter(severity=query.severity, from_ts=query.from_, to_ts=query.to)
    return await history.alerts(call.services, narrow, PageRequest(limit=query.limit, cursor=query.cursor))


_PAIRS: Final = "/api/monitoring/pairs"
_READ, _PAIR = Permission.READ, Permission.PAIRS

ROUTES: Final = (
    route(
        "GET",
        "/api/trading/signals",
        list_signals,
        body=Empty,
        query=OpportunitiesQuery,
        reply=list[Signal],
        permission=_READ,
    ),
    route("GET", _PAIRS, list_pairs, body=Empty, query=Query, reply=list[Pair], permission=_READ),
    route("POST", _PAIRS, create_pair, body=PairBody, query=Query, reply=PairId, permission=_PAIR),
    route("PUT", f"{_PAIRS}/{{id}}", update_pair, body=PairUpdate, query=Query, reply=Done, permission=_PAIR),
    route("DELETE", f"{_PAIRS}/{{id}}", delete_pair, body=Empty, query=Query, reply=Done, permission=_PAIR),
    route(
        "GET",
        "/api/monitoring/opportunities",
        list_opportunities,
        body=Empty,
        query=OpportunitiesQuery,
        reply=list[Opportunity],
        permission=_READ,
    ),
    route(
        "GET",
        "/api/monitoring/alerts",
        list_alerts,
        body=Empty,
        query=AlertsQuery,
        reply=AlertPage,
        permission=_READ,
    ),
    route(
        "GET",
        f"{_PAIRS}/{{id}}/history",
        pair_history,
        body=Empty,
        query=HistoryQuery,
        reply=list[SpreadSample],
        permission=_READ,
    ),
)
