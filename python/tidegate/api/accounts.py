"""Accounts and venues: the engine's view and the transport's put side by side."""

from tidegate.api.jsontext import Exact, load_objects
from tidegate.api.services import Services
from tidegate.model.errors import Code, TidegateError
from tidegate.model.views import ViewName


async def account(services: Services, exchange: str) -> dict[str, object]:
    """Balances and positions at one venue, with what the venue lets us do."""
    venue = await exchange_status(services, exchange)
    balances = load_objects(await services.engine.query(ViewName.BALANCES))
    positions = load_objects(await services.engine.query(ViewName.POSITIONS))
    return {
        "exchange": exchange,
        "balances": [row for row in balances if row.get("exchange") == exchange],
        "positions": [row for row in positions if row.get("exchange") == exchange],
        "publicOnly": venue.get("publicOnly") is True,
        "simulated": venue.get("simulated") is True,
    }


async def exchanges(services: Services) -> list[dict[str, Exact]]:
    """Every venue of this process: connection and books from the engine, latency and budget from the transport."""
    views = load_objects(await services.engine.query(ViewName.EXCHANGES))
    wires = {str(row.get("name")): row for row in load_objects(services.probe.exchanges())}
    return [_merged(services, view, wires.get(str(view.get("name")), {})) for view in views]


async def exchange_status(services: Services, name: str) -> dict[str, Exact]:
    """Raises TidegateError NOT_FOUND for a venue that is not run here."""
    for row in await exchanges(services):
        if row.get("name") == name:
            return row
    raise TidegateError(Code.NOT_FOUND, f"this process runs no exchange called {name}")


def _behind(services: Services, name: Exact) -> dict[str, Exact]:
    """Whether an exchange stands behind a bridge, and which, as ccxt calls it; None for a simulated one."""
    bridged = name == "bridge"
    return {"bridged": bridged, "bridgedTo": services.config.venues.bridge.exchange if bridged else None}


def _merged(services: Services, view: dict[str, Exact], wire: dict[str, Exact]) -> dict[str, Exact]:
    """Latency, budget and clock are the transport's to say, the rest the engine's."""
    fixed: dict[str, Exact] = {
        "name": view.get("name"),
        "connected": False,
        "publicOnly": False,
        "simulated": services.config.simulated,
        "latencyMs": None,
        "status": "unknown",
        "rateLimit": {"used": None, "limit": None},
        "clockOffsetMs": None,
        **_behind(services, view.get("name")),
    }
    return fixed | view | {name: value for name, value in wire.items() if value is not None}
