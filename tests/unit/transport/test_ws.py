"""Links that fail for an hour, on a virtual clock: tries stay within what the venue allows, in any span of time."""

import heapq
from random import Random

import pytest

from tidegate.transport.backoff import Backoff
from tidegate.transport.rate import SECOND_NS, ConnectBudget
from tidegate.venues.table import VENUES

ALLOWED = {"binance": (300, 300.0), "bybit": (500, 300.0), "okx": (3, 1.0), "bridge": (32, 1.0), "bitget": (300, 300.0)}
"""New connections in so many seconds, by the venues' documents (per address)."""
LINKS = 16
"""More than any configuration has: both products, two accounts, and some."""
HOUR_S = 3600


def tries(name: str, lived_s: float, seed: int) -> list[int]:
    """When the links of a venue try to connect, ns; each connection lives so long, a short one counts as a failure."""
    spec, random, backoff = VENUES[name].spec, Random(seed), Backoff()
    budget = ConnectBudget(spec.connects_max, spec.connects_window_s)
    due = [(0, link, 0) for link in range(LINKS)]
    made: list[int] = []
    while due and due[0][0] < HOUR_S * SECOND_NS:
        now, link, failures = heapq.heappop(due)
        wait_s = budget.take(now)
        if wait_s > 0:
            heapq.heappush(due, (now + max(1, round(wait_s * SECOND_NS)), link, failures))
            continue
        made.append(now)
        failures = 0 if lived_s >= 10 else failures + 1
        pause_s = lived_s + backoff.delay_s(max(0, failures - 1), random)
        heapq.heappush(due, (now + round(pause_s * SECOND_NS), link, failures))
    return made


@pytest.mark.parametrize("lived_s", [0.0, 1.0, 10.0], ids=["refused at once", "cut after a second", "cut when steady"])
@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_an_hour_of_flapping_never_asks_for_more_connections_than_the_venue_allows(name: str, lived_s: float) -> None:
    limit, window_s = ALLOWED[name]
    for seed in range(3):
        made = tries(name, lived_s, seed)
        assert len(made) > LINKS * 10, "it goes on trying"
        crowded = [
            later - earlier for earlier, later in zip(made, made[limit:], strict=False)
            if later - earlier < window_s * SECOND_NS
        ]  # fmt: skip
        assert crowded == [], f"{len(crowded)} spans with more than {limit} tries, seed {seed}"
