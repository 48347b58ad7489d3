"""What the process says about itself."""

import orjson
from tests.unit.engine.doubles import ScriptedCore, StubBus, StubJournal

from tidegate.engine.clock import SystemClock
from tidegate.engine.probe import Probe, RateView
from tidegate.engine.runtime import Runtime
from tidegate.obs.latency import Hops


class Kept:
    """An Upkeep's public face."""

    def __init__(self, name, product, reachable=True, rtt_ns=None, offset_ns=None):
        self.name, self.product, self.reachable = name, product, reachable
        self.rtt_ns, self.offset_ns = rtt_ns, offset_ns


def build(*upkeeps):
    hops = Hops()
    runtime = Runtime(ScriptedCore(), StubJournal(), StubBus(), SystemClock(), hops, print)
    probe = Probe(
        version="1.2.3", mode="SIM", hops=hops, runtime=runtime, upkeeps=upkeeps,
        rates=lambda _: RateView(5, 6000, 1.5), depths=lambda: {"projectionLag": 3},
        components=lambda: {"projector": {"status": "healthy"}},
    )  # fmt: skip
    return probe, runtime, hops


async def test_status_has_percentiles_queues_and_tasks():
    probe, _, hops = build()
    hops.hop("step").add(2_000)
    status = orjson.loads(probe.status())
    assert (status["version"], status["mode"]) == ("1.2.3", "SIM")
    assert status["hops"]["step"]["count"] == 1
    assert 2.0 <= status["hops"]["step"]["p99Us"] <= 2.3
    assert status["queues"] == {"fetches": 0, "parkedSends": 0, "durableWaiters": 0, "projectionLag": 3}
    assert status["tasks"] >= 1


def test_an_exchange_has_its_best_round_trip_and_its_budget():
    probe, *_ = build(
        Kept("binance", "spot", rtt_ns=2_500_000, offset_ns=-1_000_000), Kept("binance", "linear", rtt_ns=1_250_000)
    )
    assert orjson.loads(probe.exchanges()) == [
        {
            "name": "binance",
            "latencyMs": 1.25,
            "clockOffsetMs": -1.0,
            "rateLimit": {"used": 5, "limit": 6000},
            "bannedMs": 1500,
        }
    ]


def test_a_broken_journal_is_unhealthy_and_an_unreachable_venue_degraded():
    probe, runtime, _ = build(Kept("binance", "spot", reachable=False), Kept("bybit", "spot", reachable=None))
    runtime.journal_fault = "disk full"
    assert orjson.loads(probe.components()) == {
        "journal": {"status": "unhealthy", "detail": "disk full"},
        "binance:spot": {"status": "degraded"},
        "bybit:spot": {"status": "healthy"},
        "projector": {"status": "healthy"},
    }
