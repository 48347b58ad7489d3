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
    """`{status, ts, components, ...}`; the worst component decides."""
    components = load_object(services.probe.components())
    try:
        engine = load_object(await services.engine.query(ViewName.HEALTH))
    except TidegateError as error:
        engine = {"status": UNHEALTHY, "components": {"engine": {"status": UNHEALTHY, "detail": error.message}}}
    inner = engine.get("components")
    components |= inner if isinstance(inner, dict) else {}
    states = [str(engine.get("status", UNHEALTHY)), *(_state(part) for part in components.values())]
    rest = {key: value for key, value in engine.items() if key not in {"status", "ts", "components"}}
    return {
        "status": next((state for state in _WORST_FIRST if state in states), UNHEALTHY),
        "ts": services.now_ms,
        "mode": services.config.profile.upper(),
        "simulated": services.config.simulated,
        "components": components,
        **rest,
    }


def _state(component: Exact) -> str:
    return str(component.get("status", HEALTHY)) if isinstance(component, dict) else str(component)


def failing(state: dict[str, Exact]) -> list[str]:
    """Names of the components that keep the process from being ready."""
    components = state.get("components")
    if not isinstance(components, dict):
        return []
    return [name for name, part in components.items() if _state(part) == UNHEALTHY]
