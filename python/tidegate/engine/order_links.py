"""Whether the orders of the enabled pairs can leave: their order links. Knows them by the core's views alone."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Final

from pydantic import BaseModel, Field, TypeAdapter

from tidegate.model.errors import Json
from tidegate.model.views import ViewName

View = Callable[[str, Mapping[str, object]], bytes]


class _Link(BaseModel):
    venue: str
    type: str
    role: str
    account: str
    ready: bool


class _Account(BaseModel):
    account: str
    public_only: Annotated[bool, Field(alias="publicOnly")]


class _Health(BaseModel):
    accounts: list[_Account]


class _Leg(BaseModel):
    exchange: str
    type: str


class _Pair(BaseModel):
    leg1: _Leg
    leg2: _Leg
    enabled: bool


_LINKS: Final = TypeAdapter(list[_Link])
_HEALTH: Final = TypeAdapter(_Health)
_PAIRS: Final = TypeAdapter(list[_Pair])


class OrderLinks:
    """A part of `/health`. `view(name, query)` gives one view of the core as JSON."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._were_up = False

    def component(self) -> Json:
        """Unhealthy until all were seen up at once, as nobody can trade before; one that is lost later is degraded."""
        down = sorted({f"{link.venue}:{link.type}:{link.account}" for link in self._needed() if not link.ready})
        if not down:
            self._were_up = True
            return {"status": "healthy"}
        return {"status": "degraded" if self._were_up else "unhealthy", "detail": f"down: {', '.join(down)}"}

    def _needed(self) -> Iterator[_Link]:
        """Those of accounts with a key that serve a leg: of its product, or where a venue has one for all, that one."""
        accounts = _HEALTH.validate_json(self._view(ViewName.HEALTH, {})).accounts
        bare = {row.account for row in accounts if row.public_only}
        every = _LINKS.validate_json(self._view(ViewName.LINKS, {}))
        links = [x for x in every if x.role == "trade" and f"{x.venue}:{x.account}" not in bare]
        pairs = _PAIRS.validate_json(self._view(ViewName.PAIRS, {}))
        for leg in (leg for pair in pairs if pair.enabled for leg in (pair.leg1, pair.leg2)):
            of_venue = [link for link in links if link.venue == leg.exchange]
            yield from [link for link in of_venue if link.type == leg.type] or of_venue
