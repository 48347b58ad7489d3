"""The audit log: read, checked, exported."""

from typing import Annotated, Final

from pydantic import Field

from tidegate.api.audit import shown
from tidegate.api.fields import Empty, EpochMs, Query
from tidegate.api.key_replies import AuditCheck, AuditItems
from tidegate.api.route import Call, route
from tidegate.model.access import Permission
from tidegate.ports.read import PageRequest
from tidegate.ports.trail import AuditFilter


class AuditQuery(Query):
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None = None
    actor: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    action: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    from_: Annotated[EpochMs | None, Field(alias="from")] = None
    to: EpochMs | None = None


async def get_audit(call: Call[Empty, AuditQuery]) -> dict[str, object]:
    """Who did what, newest first."""
    query = call.query
    narrow = AuditFilter(actor=query.actor, action=query.action, from_ts=query.from_, to_ts=query.to)
    page = await call.services.trail.page(narrow, PageRequest(query.limit, query.cursor))
    return {"items": [shown(row) for row in page.rows], "nextCursor": page.next_cursor}


async def verify_audit(call: Call[Empty, Query]) -> dict[str, object]:
    """Computes the hash chain anew."""
    verdict = await call.services.trail.verify()
    return {
        "ok": verdict.broken_at is None,
        "entries": verdict.entries,
        "head": verdict.head,
        "brokenAt": verdict.broken_at,
    }


_AUDIT: Final = "/api/audit"

ROUTES: Final = (
    route("GET", _AUDIT, get_audit, body=Empty, query=AuditQuery, reply=AuditItems, permission=Permission.AUDIT),
    route(
        "GET",
        f"{_AUDIT}/verify",
        verify_audit,
        body=Empty,
        query=Query,
        reply=AuditCheck,
        permission=Permission.AUDIT,
    ),
)
