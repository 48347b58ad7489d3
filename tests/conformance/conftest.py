"""Each venue and product that the simulated venues speak, started once for all its tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from .servers import Served, serve

VENUES = [(venue, product) for venue in ("binance", "bybit", "okx", "bitget") for product in ("spot", "linear")]


@pytest.fixture(scope="module", params=VENUES, ids="-".join)
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    with serve(*request.param) as running:
        yield running


def _served(venue: str, product: str) -> Any:
    """A fixture that serves one product of one venue."""

    @pytest.fixture(scope="module")
    def running() -> Iterator[Served]:
        with serve(venue, product) as one:
            yield one

    return running


binance = _served("binance", "spot")
bybit = _served("bybit", "linear")
okx = _served("okx", "linear")
bitget = _served("bitget", "linear")
bitget_spot = _served("bitget", "spot")
