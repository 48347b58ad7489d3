"""Metrics of one process: a registry of its own, counters and gauges by name, hop histograms read at scrape time."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from tidegate.obs.latency import Hop, Hops

_EDGES_NS: Final = tuple(base * 10**power for power in range(3, 10) for base in (1, 2, 5))
"""Exported bucket edges: 1 us to 5 s, three a decade."""


class Metrics:
    """Names start with `tidegate_`; labels never carry a secret or an unbounded value."""

    def __init__(self, hops: Hops) -> None:
        self.registry: Final = CollectorRegistry()
        self.registry.register(_HopCollector(hops))
        self.frames: Final = Counter(
            "tidegate_frames", "WebSocket frames received", ["exchange", "role"], registry=self.registry
        )
        self.connects: Final = Counter(
            "tidegate_connects", "Connection attempts", ["exchange", "role", "success"], registry=self.registry
        )
        self.links_up: Final = Gauge(
            "tidegate_link_up", "1 while a link is usable", ["exchange", "product", "role"], registry=self.registry
        )
        self.fetches: Final = Counter(
            "tidegate_fetches", "REST requests of the engine", ["exchange", "status"], registry=self.registry
        )
        self.rate_used: Final = Gauge(
            "tidegate_rate_used", "Request weight used in the venue's window", ["exchange"], registry=self.registry
        )
        self.errors: Final = Counter("tidegate_errors", "Faults by code", ["error_code"], registry=self.registry)

    def watch(self, name: str, text: str, read: Callable[[], float]) -> None:
        """A gauge that is read when it is scraped."""
        Gauge(f"tidegate_{name}", text, registry=self.registry).set_function(read)

    def page(self) -> bytes:
        """The exposition text of `GET /metrics`."""
        return generate_latest(self.registry)


class _HopCollector(Collector):
    def __init__(self, hops: Hops) -> None:
        self._hops = hops

    def collect(self) -> Iterator[HistogramMetricFamily]:
        family = HistogramMetricFamily("tidegate_hop_seconds", "Latency per hop", labels=["hop"])
        for hop in self._hops.all():
            family.add_metric([hop.name], buckets=_exported(hop), sum_value=hop.total_ns / 1e9)
        yield family


def _exported(hop: Hop) -> list[tuple[str, float]]:
    """Cumulative counts at the exported edges; a sample counts where its bucket's upper edge fits."""
    rows = list(hop.buckets())
    out: list[tuple[str, float]] = []
    position = seen = 0
    for edge in _EDGES_NS:
        while position < len(rows) and rows[position][0] <= edge:
            seen = rows[position][1]
            position += 1
        out.append((f"{edge / 1e9:g}", float(seen)))
    out.append(("+Inf", float(rows[-1][1]) if rows else 0.0))
    return out
