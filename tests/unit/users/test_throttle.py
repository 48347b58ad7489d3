"""How often one may fail."""

import pytest

from tidegate.users.throttle import (
    FORGIVEN_S,
    IN_ALL,
    KEYS_MAX,
    KNOWN_MAX,
    LOCK_S_MAX,
    PER_ACCOUNT,
    PER_PEER,
    Throttle,
)


def fail(throttle: Throttle, times: int, now_s: float, username: str = "anna") -> list[float]:
    """Tries from a new address each."""
    return [throttle.admit(username, f"10.0.{now_s}.{n}", now_s) for n in range(times)]


def test_an_account_may_fail_five_times_and_then_waits_a_minute() -> None:
    throttle = Throttle()
    assert fail(throttle, PER_ACCOUNT, 0) == [0] * PER_ACCOUNT
    assert throttle.admit("anna", "10.0.1.1", 10) == 50
    assert throttle.admit("anna", "10.0.1.1", 60) == 0


def test_each_further_five_failures_double_the_wait_up_to_an_hour() -> None:
    throttle, now_s, waits = Throttle(), 0.0, []
    for _ in range(9):
        fail(throttle, PER_ACCOUNT, now_s)
        waits.append(throttle.admit("anna", "10.0.1.1", now_s))
        now_s += waits[-1]
    assert waits == [60, 120, 240, 480, 960, 1920, LOCK_S_MAX, LOCK_S_MAX, LOCK_S_MAX]


def test_a_quiet_day_forgives() -> None:
    throttle = Throttle()
    fail(throttle, PER_ACCOUNT, 0)
    fail(throttle, PER_ACCOUNT, FORGIVEN_S)
    assert throttle.admit("anna", "10.0.1.1", FORGIVEN_S) == 60


def test_an_address_may_fail_twenty_times_a_minute() -> None:
    throttle = Throttle()
    assert all(throttle.admit(f"user{n}", "10.0.0.1", n / 10) == 0 for n in range(PER_PEER))
    assert throttle.admit("other", "10.0.0.1", 10) == pytest.approx(50)
    assert throttle.admit("other", "10.0.0.2", 10) == 0


def test_all_together_may_fail_so_often_a_minute_and_no_more() -> None:
    throttle = Throttle()
    assert all(throttle.admit(f"user{n}", f"10.0.0.{n}", 0) == 0 for n in range(IN_ALL))
    assert throttle.admit("other", "10.9.9.9", 10) == 50


def test_whoever_logged_in_from_there_before_is_not_shut_out_by_strangers() -> None:
    throttle = Throttle()
    throttle.admit("anna", "home", 0)
    throttle.succeeded("anna", "home")
    fail(throttle, PER_ACCOUNT, 1)
    assert all(throttle.admit(f"user{n}", f"10.1.0.{n}", 2) == 0 for n in range(IN_ALL - PER_ACCOUNT))
    assert throttle.admit("anna", "elsewhere", 3) > 0
    assert throttle.admit("anna", "home", 3) == 0


def test_a_known_address_has_a_count_of_its_own() -> None:
    throttle = Throttle()
    throttle.admit("anna", "home", 0)
    throttle.succeeded("anna", "home")
    assert [throttle.admit("anna", "home", 1) for _ in range(PER_ACCOUNT + 1)] == [0, 0, 0, 0, 0, 60]


def test_a_success_does_not_count() -> None:
    throttle = Throttle()
    for n in range(IN_ALL * 2):
        assert throttle.admit(f"user{n}", "10.0.0.1", n / 1000) == 0
        throttle.succeeded(f"user{n}", "10.0.0.1")


def test_what_is_remembered_is_bounded() -> None:
    throttle = Throttle()
    for n in range(KEYS_MAX + 100):
        throttle.admit(f"user{n}", f"10.{n}", n * 60)
        if n % 2:
            throttle.succeeded(f"user{n}", f"10.{n}")
    assert len(throttle._locks) <= KEYS_MAX
    assert len(throttle._windows) <= KEYS_MAX
    assert len(throttle._known) == KNOWN_MAX
