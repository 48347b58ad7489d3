"""Protections: stop loss, take profit and trail of a position, closed by the engine."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from tidegate.api import history, protections
from tidegate.api.fields import DecimalIn, Empty, Exchange, Model, PageQuery, Product, Query, Symbol
from tidegate.api.replies import Done
from tidegate.api.replies_protections import Protection, ProtectionId, ProtectionPage, ProtectionState
from tidegate.api.route import Call, route
from tidegate.model.access import Permission
from tidegate.ports.read import HistoryFilter, PageRequest


class LevelsBody(Model):
    """Prices of the instrument; `trailingPct` follows the best price seen. At least one of the three.

    `qty`: at most this much of the position, the whole of it without. `triggerBy`: a long position is watched by its
    bid, a short one by its ask. `venueStopPct`: the venue keeps a stop of its own, so much behind ours, for when we can
    not act; where a venue has none (`VALIDATION_ERROR`) and without stop or trail it is refused.
    """

    stop_loss: Annotated[DecimalIn, Field(gt=0)] | None = None
    take_profit: Annotated[DecimalIn, Field(gt=0)] | None = None
    trailing_pct: Annotated[DecimalIn, Field(gt=0, le=50)] | None = None
    venue_stop_pct: Annotated[DecimalIn, Field(gt=0, le=50)] | None = None
    trigger_by: Literal["bidAsk"] | None = None
    qty: Annotated[DecimalIn, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _some_level(self) -> Self:
        if self.stop_loss is None and self.take_profit is None and self.trailing_pct is None:
            raise ValueError("stopLoss, takeProfit or trailingPct is required")
        return self


class ProtectionBody(LevelsBody):
    exchange: Exchange
    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")] | None = None
    symbol: Symbol
    type: Product = "spot"


class ProtectionsQuery(PageQuery):
    state: ProtectionState | None = None
    exchange: Exchange | None = None
    symbol: Symbol | None = None


async def list_protections(call: Call[Empty, ProtectionsQuery]) -> Mapping[str, object]:
    """Every protection, newest first."""
    query = call.query
    narrow = HistoryFilter(state=query.state, exchange=query.exchange, symbol=query.symbol)
    return await history.protections(call.services, narrow, PageRequest(limit=query.limit, cursor=query.cursor))


async def set_protection(call: Call[ProtectionBody, Query]) -> bytes:
    """Protects a position from now on, through restarts; accepts `Idempotency-Key`."""
    return await protections.put(call.services, call.body, call.command)


async def get_protection(call: Call[Empty, Query]) -> bytes:
    """One protection with its orders and timeline."""
    return await history.protection(call.services, call.path["protectionId"])


async def change_protection(call: Call[LevelsBody, Query]) -> bytes:
    """Replaces the levels of one that has not triggered."""
    return await protections.put(call.services, call.body, call.command, call.path["protectionId"])


async def remove_protection(call: Call[Empty, Query]) -> dict[str, object]:
    """Takes one away; the position stays."""
    await protections.remove(call.services, call.path["protectionId"], call.command)
    return {"success": True}


_READ, _TRADE = Permission.READ, Permission.TRADE
_ALL: Final = "/api/trading/protections"
_ONE: Final = f"{_ALL}/{{protectionId}}"

ROUTES: Final = (
    route("GET", _ALL, list_protections, body=Empty, query=ProtectionsQuery, reply=ProtectionPage, permission=_READ),
    route("POST", _ALL, set_protection, body=ProtectionBody, query=Query, reply=ProtectionId, permission=_TRADE),
    route("GET", _ONE, get_protection, body=Empty, query=Query, reply=Protection, permission=_READ),
    route("PUT", _ONE, change_protection, body=LevelsBody, query=Query, reply=ProtectionId, permission=_TRADE),
    route("DELETE", _ONE, remove_protection, body=Empty, query=Query, reply=Done, permission=_TRADE),
)
