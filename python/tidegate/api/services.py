"""What the HTTP face works with. `app/wire.py` fills it; nothing here is made by this room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from tidegate.api.rates import Rates
from tidegate.model.access import Permission, Role
from tidegate.model.config import Config
from tidegate.ports.auth import AuthService
from tidegate.ports.bus import MessageBus
from tidegate.ports.clock import Clock
from tidegate.ports.engine import EngineService
from tidegate.ports.keys import ApiKeys, VenueKeys
from tidegate.ports.market import MarketFetch, SystemProbe
from tidegate.ports.people import UserAdmin
from tidegate.ports.read import Freshness, TradingHistory
from tidegate.ports.settings import Settings
from tidegate.ports.trail import AuditTrail


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The collaborators of every handler. `metrics` gives the Prometheus text; `roles`: who holds what."""

    engine: EngineService
    history: TradingHistory
    freshness: Freshness
    market: MarketFetch
    probe: SystemProbe
    auth: AuthService
    people: UserAdmin
    venue_keys: VenueKeys
    api_keys: ApiKeys
    trail: AuditTrail
    roles: Mapping[Role, frozenset[Permission]]
    rates: Rates
    bus: MessageBus
    clock: Clock
    settings: Settings
    metrics: Callable[[], bytes]

    @property
    def config(self) -> Config:
        """As it is now: it may change while the process runs."""
        return self.settings.current

    @property
    def now_ms(self) -> int:
        return self.clock.wall_ns() // 1_000_000


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)
