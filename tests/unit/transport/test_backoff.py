"""Full jitter."""

from random import Random

from tidegate.transport.backoff import Backoff


def test_the_delay_grows_to_its_cap_and_is_never_zero():
    backoff, random = Backoff(first_s=0.5, cap_s=8.0), Random(1)
    for attempt in range(100):
        ceiling = min(8.0, 0.5 * 2**attempt)
        assert 0 < backoff.delay_s(attempt, random) <= ceiling


def test_two_clients_do_not_come_back_together():
    backoff = Backoff()
    delays = {backoff.delay_s(5, Random(seed)) for seed in range(50)}
    assert len(delays) == 50
