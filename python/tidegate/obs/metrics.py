"""Metrics of one process: a registry of its own, gauges by name, hop histograms read at scrape time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, generate_latest
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
        self._gauges: dict[str, Gauge] = {}

    def watch(self, name: str, text: str, read: Callable[[], float], labels: Mapping[str, str] | None = None) -> None:
        """A gauge `tidegate_<name>` that is read when it is scraped; the same name may come with other label values."""
        labels = labels or {}
        gauge = self._gauges.get(name)
        if gauge is None:
            gauge = Gauge(f"tidegate_{name}", text, list(labels), registry=self.registry)
            self._gauges[name] = gauge
        (gauge.labels(**labels) if labels else gauge).set_function(read)

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
