"""Readiness: the engine's own verdict and the I/O side's components as one status."""

from typing import Final

from tidegate.api.jsontext import Exact, load_object
from tidegate.api.services import Services
from tidegate.model.errors import TidegateError
from tidegate.model.views import ViewName

HEALTHY: Final = "healthy"
DEGRADED: Final = "degraded"
UNHEALTHY: Final = "unhealthy"
_WORST_FIRST: Final = (UNHEALTHY, DEGRADED, HEALTHY)


async def health(services: Services) -> dict[str, Exact]:
    """`{status, ts, components, ...}`; the worst verdict decides. Public, so it names only what is listed here."""
    components = load_object(services.probe.components())
    try:
        engine = load_object(await services.engine.query(ViewName.HEALTH))
    except TidegateError as error:
        engine = {"status": UNHEALTHY, "recovered": False, "journal": error.message}
    components |= _engine_parts(engine)
    states = [str(engine.get("status", UNHEALTHY)), *(_state(part) for part in components.values())]
    return {
        "status": next((state for state in _WORST_FIRST if state in states), UNHEALTHY),
        "ts": services.now_ms,
        "mode": services.config.profile.upper(),
        "simulated": services.config.simulated,
        "components": components,
        "unsynced": engine.get("unsynced", []),
        "unknownOrders": engine.get("unknownOrders", []),
    }


def _engine_parts(engine: dict[str, Exact]) -> dict[str, Exact]:
    """The engine's view as components, each with what is the matter."""
    unsynced, unknown = _names(engine.get("unsynced")), _names(engine.get("unknownOrders"))
    latch = engine.get("latch", "open")
    return {
        "engine": _part(UNHEALTHY, engine.get("recovered") is not True, str(engine.get("journal") or "recovering")),
        "accounts": _part(UNHEALTHY, engine.get("reconciled") is not True, "not reconciled with the venues yet"),
        "books": _part(
            DEGRADED if engine.get("booksSyncedOnce") is True else UNHEALTHY,
            bool(unsynced) or engine.get("booksSyncedOnce") is not True,
            f"not synced: {unsynced}",
        ),
        "orders": _part(DEGRADED, bool(unknown), f"outcome unknown, their scopes are blocked: {unknown}"),
        "protections": _protections(engine),
        "quarantine": _part(
            DEGRADED,
            engine.get("quarantineMs", 0) != 0,
            f"the machine was started anew: nothing is opened for {engine.get('quarantineMs')} ms more",
        ),
        "trading": _part(DEGRADED, latch != "open", f"stopped: {latch}"),
    }


def _protections(engine: dict[str, Exact]) -> dict[str, Exact]:
    """How many watch their positions, and how many are closing them."""
    watching, closing = engine.get("protections", 0), engine.get("protectionsClosing", 0)
    detail = f"{watching} watching, {closing} closing"
    return {"status": HEALTHY, "detail": detail} if watching or closing else {"status": HEALTHY}


def _part(worse: str, is_so: bool, detail: str) -> dict[str, Exact]:
    return {"status": worse, "detail": detail} if is_so else {"status": HEALTHY}


def _names(value: Exact) -> str:
    return ", ".join(str(name) for name in value) if isinstance(value, list) else ""


def _state(component: Exact) -> str:
    return str(component.get("status", HEALTHY)) if isinstance(component, dict) else str(component)


def failing(state: dict[str, Exact]) -> list[str]:
    """Names of the components that keep the process from being ready."""
    components = state.get("components")
    if not isinstance(components, dict):
        return []
    return [name for name, part in components.items() if _state(part) == UNHEALTHY]
