"""The process's own state, with what only the HTTP face can measure."""

from tidegate.api.jsontext import with_fields
from tidegate.api.services import Services
from tidegate.ports.store import StoreError


async def system_status(services: Services) -> bytes:
    """The probe's document with the database's round trip put in; null when the database does not answer."""
    try:
        latency_ms: float | None = round(await services.history.ping_ms(), 3)
    except StoreError:
        latency_ms = None
    return with_fields(services.probe.status(), {"dbLatencyMs": latency_ms})
