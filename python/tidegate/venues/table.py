"""All venues by name; a new one is one file and one line here."""

from collections.abc import Mapping
from typing import Final

from tidegate.venues import binance, bitget, bridge, bybit, okx
from tidegate.venues.spec import Venue

VENUES: Final[Mapping[str, Venue]] = {
    venue.spec.name: venue for venue in (binance.VENUE, bybit.VENUE, okx.VENUE, bitget.VENUE, bridge.VENUE)
}
