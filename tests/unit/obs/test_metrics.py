"""The exposition page."""

from tidegate.obs.latency import Hops
from tidegate.obs.metrics import Metrics


def test_hops_and_read_gauges_stand_on_the_page():
    hops = Hops()
    metrics = Metrics(hops)
    for ns in (900, 1_500, 40_000):
        hops.hop("step").add(ns)
    for venue, up in (("binance", 1.0), ("bybit", 0.0)):
        metrics.watch("link_up", "1 while a link is usable", lambda up=up: up, {"exchange": venue})
    metrics.watch("projection_lag_records", "Records the tables are behind", lambda: 7.0)
    page = metrics.page().decode()
    assert 'tidegate_hop_seconds_bucket{hop="step",le="1e-06"} 1.0' in page
    assert 'tidegate_hop_seconds_bucket{hop="step",le="+Inf"} 3.0' in page
    assert 'tidegate_link_up{exchange="binance"} 1.0' in page
    assert 'tidegate_link_up{exchange="bybit"} 0.0' in page
    assert "tidegate_projection_lag_records 7.0" in page
