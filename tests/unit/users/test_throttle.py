"""How often one may fail."""

import pytest

from tidegate.users.throttle import KEYS_MAX, PER_ACCOUNT, PER_PEER, Throttle


def test_an_account_may_fail_five_times_a_minute() -> None:
    throttle = Throttle()
    assert [throttle.admit("anna", f"10.0.0.{n}", n) for n in range(PER_ACCOUNT)] == [0] * PER_ACCOUNT
    assert throttle.admit("anna", "10.0.1.1", 10) == pytest.approx(50)
    assert throttle.admit("anna", "10.0.1.1", 60) == 0


def test_an_address_may_fail_twenty_times_a_minute() -> None:
    throttle = Throttle()
    assert all(throttle.admit(f"user{n}", "10.0.0.1", n / 10) == 0 for n in range(PER_PEER))
    assert throttle.admit("other", "10.0.0.1", 10) > 0
    assert throttle.admit("other", "10.0.0.2", 10) == 0


def test_a_success_does_not_count() -> None:
    throttle = Throttle()
    for n in range(100):
        assert throttle.admit("anna", "10.0.0.1", n / 100) == 0
        throttle.succeeded("anna", "10.0.0.1")


def test_what_is_remembered_is_bounded() -> None:
    throttle = Throttle()
    for n in range(KEYS_MAX + 100):
        throttle.admit(f"user{n}", f"10.{n}", 0)
    assert len(throttle._failures) <= KEYS_MAX + 1
