"""Hop latencies in fixed memory."""

import pytest

from tidegate.obs.latency import Hop, Hops


@pytest.mark.parametrize("ns", [0, 1, 15, 16, 17, 31, 32, 1_000, 123_456, 10**9, 2**40 - 1])
def test_a_sample_lies_under_its_buckets_edge_and_at_most_an_eighth_below(ns):
    hop = Hop("step")
    hop.add(ns)
    ((edge, count),) = hop.buckets()
    assert count == 1
    assert ns <= edge <= ns + ns // 8 + 1


def test_samples_beyond_the_range_share_the_last_bucket():
    hop = Hop("step")
    hop.add(2**50)
    assert hop.count() == 1
    assert hop.summary().max_ns == 2**50


def test_percentiles_of_a_hundred_samples():
    hop = Hop("step")
    for ns in range(1, 101):
        hop.add(ns * 1000)
    found = hop.summary()
    assert found.count == 100
    assert 50_000 <= found.p50_ns <= 57_000
    assert 99_000 <= found.p99_ns <= 100_000
    assert found.max_ns == 100_000


def test_an_unused_hop_is_all_zero():
    assert Hop("idle").summary().p99_ns == 0


def test_a_hop_is_made_once():
    hops = Hops()
    assert hops.hop("a") is hops.hop("a")
    assert [hop.name for hop in hops.all()] == ["a"]
