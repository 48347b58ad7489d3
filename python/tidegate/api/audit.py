"""One line of the audit log from one request."""

from dataclasses import asdict
from typing import Final

from aiohttp import web

from tidegate.api.route import Notes, Route
from tidegate.api.services import Services
from tidegate.model.access import Peer, Principal
from tidegate.model.audit import AuditEntry, AuditRow
from tidegate.model.errors import Code

NOBODY: Final = "-"
OK: Final = "ok"


def record(
    request: web.Request, services: Services, who: tuple[Principal | None, Peer], row: Route, notes: Notes, outcome: str
) -> None:
    """Queues it, what was sent with its secrets masked. What nobody is known to have asked can not fill the log."""
    caller, peer = who
    if outcome == Code.RATE_LIMITED or (caller is None and outcome not in {OK, Code.UNAUTHENTICATED}):
        return
    services.trail.record(
        AuditEntry(
            ts=services.now_ms,
            actor=(caller.name if caller is not None else notes.actor or NOBODY)[:80],
            role=caller.role.value if caller is not None else NOBODY,
            address=peer.address,
            action=f"{row.method} {row.path}",
            target=" ".join(request.match_info.values())[:256],
            outcome=outcome,
            before=notes.before,
            after=notes.after if notes.after != "{}" else "",
        )
    )


def shown(row: AuditRow) -> dict[str, object]:
    """A row as it is answered and exported."""
    return {"seq": row.seq, **asdict(row.entry), "hash": row.hash}
