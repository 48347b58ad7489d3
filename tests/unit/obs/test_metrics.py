"""The exposition page."""

from tidegate.obs.latency import Hops
from tidegate.obs.metrics import Metrics


def test_hops_counters_and_read_gauges_stand_on_the_page():
    hops = Hops()
    metrics = Metrics(hops)
    for ns in (900, 1_500, 40_000):
        hops.hop("step").add(ns)
    metrics.connects.labels("binance", "public", "true").inc()
    metrics.watch("projection_lag_records", "Records the tables are behind", lambda: 7.0)
    page = metrics.page().decode()
    assert 'tidegate_hop_seconds_bucket{hop="step",le="1e-06"} 1.0' in page
    assert 'tidegate_hop_seconds_bucket{hop="step",le="+Inf"} 3.0' in page
    assert 'tidegate_connects_total{exchange="binance",role="public",success="true"} 1.0' in page
    assert "tidegate_projection_lag_records 7.0" in page
