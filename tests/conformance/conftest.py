"""Each venue and product that the simulated venues speak, started once for all its tests."""

from collections.abc import Iterator

import pytest

from .servers import Served, serve

VENUES = [(venue, product) for venue in ("binance", "bybit") for product in ("spot", "linear")]


@pytest.fixture(scope="module", params=VENUES, ids="-".join)
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    with serve(*request.param) as running:
        yield running


@pytest.fixture(scope="module")
def binance() -> Iterator[Served]:
    with serve("binance", "spot") as running:
        yield running


@pytest.fixture(scope="module")
def bybit() -> Iterator[Served]:
    with serve("bybit", "linear") as running:
        yield running
