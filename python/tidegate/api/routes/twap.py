"""TWAP plans: one or two legs traded slice by slice on a schedule."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, StrictBool, model_validator

from tidegate.api import history, twap
from tidegate.api.fields import DecimalIn, Empty, Exchange, Model, PageQuery, Product, Query, Symbol
from tidegate.api.replies import Done, Side
from tidegate.api.replies_trading import TwapId, TwapPage, TwapPlan, TwapState, TwapStatus
from tidegate.api.route import Call, route
from tidegate.api.stopped import stopped
from tidegate.model.access import Permission
from tidegate.ports.read import HistoryFilter, PageRequest


class TwapLegBody(Model):
    """`price`: no order of the leg goes beyond it."""

    exchange: Exchange
    symbol: Symbol
    side: Side
    type: Product = "spot"
    price: Annotated[DecimalIn, Field(gt=0)] | None = None
    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")] | None = None


class TwapBody(Model):
    """Quantities in base units of every leg.

    `randomizePct`: sizes and times vary by up to this; `limitOffsetBps`: how far a slice may reach beyond the best
    price; `maxParticipationPct`: share of the book's depth within that reach that a slice may take.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    total_qty: Annotated[DecimalIn, Field(gt=0)]
    slice_qty: Annotated[DecimalIn, Field(gt=0)]
    interval_ms: Annotated[int, Field(ge=100, le=86_400_000, strict=True)]
    legs: Annotated[list[TwapLegBody], Field(min_length=1, max_length=2)]
    randomize_pct: Annotated[DecimalIn, Field(ge=0, le=50)] | None = None
    limit_offset_bps: Annotated[int, Field(ge=0, le=1000, strict=True)] | None = None
    max_participation_pct: Annotated[DecimalIn, Field(gt=0, le=100)] | None = None
    auto_start: StrictBool = True

    @model_validator(mode="after")
    def _apart(self) -> "TwapBody":
        if len({(leg.exchange, leg.symbol, leg.type) for leg in self.legs}) < len(self.legs):
            raise ValueError("both legs are the same instrument")
        return self


class TwapUpdate(TwapBody):
    plan_id: Annotated[str, Field(max_length=64)] | None = None


class TwapControl(Model):
    action: Literal["start", "pause", "resume", "cancel"]


class TwapQuery(PageQuery):
    state: TwapState | None = None


async def list_twaps(call: Call[Empty, TwapQuery]) -> Mapping[str, object]:
    """Every TWAP plan, newest first."""
    query = call.query
    page = PageRequest(limit=query.limit, cursor=query.cursor)
    return await history.twaps(call.services, HistoryFilter(state=query.state), page)


async def create_twap(call: Call[TwapBody, Query]) -> bytes:
    """Makes a plan, and starts it unless told otherwise; it survives a restart."""
    return await twap.create(call.services, call.body, call.command)


async def get_twap(call: Call[Empty, Query]) -> bytes:
    """One plan with its legs and timeline."""
    return await history.twap(call.services, call.path["planId"])


async def update_twap(call: Call[TwapUpdate, Query]) -> dict[str, object]:
    """Replaces a plan's terms, before its start or while it is paused."""
    await twap.replace(call.services, call.path["planId"], call.body, call.command)
    return {"success": True}


async def delete_twap(call: Call[Empty, Query]) -> dict[str, object]:
    """Removes a plan that never began or is over; its orders stay."""
    await twap.delete(call.services, call.path["planId"], call.command)
    return {"success": True}


async def twap_status(call: Call[Empty, Query]) -> bytes:
    """How far a plan has come."""
    return await twap.status(call.services, call.path["planId"])


async def control_twap(call: Call[TwapControl, Query]) -> dict[str, object]:
    """Starts, pauses, resumes or cancels a plan."""
    return stopped(await twap.control(call.services, call.path["planId"], call.body.action, call.command))


_READ, _TRADE = Permission.READ, Permission.TRADE
_PLANS: Final = "/api/twap/plans"
_ONE: Final = f"{_PLANS}/{{planId}}"

ROUTES: Final = (
    route("GET", _PLANS, list_twaps, body=Empty, query=TwapQuery, reply=TwapPage, permission=_READ),
    route("POST", _PLANS, create_twap, body=TwapBody, query=Query, reply=TwapId, permission=_TRADE),
    route("GET", _ONE, get_twap, body=Empty, query=Query, reply=TwapPlan, permission=_READ),
    route("PUT", _ONE, update_twap, body=TwapUpdate, query=Query, reply=Done, permission=_TRADE),
    route("DELETE", _ONE, delete_twap, body=Empty, query=Query, reply=Done, permission=_TRADE),
    route("GET", "/api/twap/{planId}/status", twap_status, body=Empty, query=Query, reply=TwapStatus, permission=_READ),
    route(
        "POST",
        "/api/twap/{planId}/control",
        control_twap,
        body=TwapControl,
        query=Query,
        reply=Done,
        permission=_TRADE,
    ),
)
