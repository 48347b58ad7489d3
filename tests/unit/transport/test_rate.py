"""Budgets of a venue."""

import pytest

from tidegate.transport.rate import SECOND_NS, ConnectBudget, RateBudget, WeightRule

RULE = WeightRule(limit=100, window_s=60, header="x-used", ban_s=30)


def test_questions_leave_a_fifth_to_urgent_ones_and_all_of_them_a_fifth_to_cancels():
    budget = RateBudget(RULE)
    assert budget.admit(60, 0, urgent=False)
    assert not budget.admit(1, 0, urgent=False)
    assert budget.admit(20, 0, urgent=True)
    assert not budget.admit(1, 0, urgent=True)
    assert RULE.limit - budget.used(0) == 20


@pytest.mark.parametrize("used", ["\xb2", "9" * 5000, "-1", ""])
def test_a_count_that_is_none_is_ignored(used):
    budget = RateBudget(RULE)
    assert not budget.on_reply(200, used, None, 0)
    assert budget.used(0) == 0


def test_a_new_window_starts_empty():
    budget = RateBudget(RULE)
    assert budget.admit(60, 0, urgent=False)
    assert budget.admit(60, 60 * SECOND_NS, urgent=False)


def test_the_venues_own_count_wins_when_it_is_higher():
    budget = RateBudget(RULE)
    assert not budget.on_reply(200, "59", None, 0)
    assert budget.used(0) == 59
    assert budget.admit(1, 0, urgent=False)
    assert not budget.admit(1, 0, urgent=False)


@pytest.mark.parametrize(
    ("status", "retry_after", "until_s"),
    [
        pytest.param(429, "5", 5, id="429 with a time"),
        pytest.param(418, "120", 120, id="418 with a time"),
        pytest.param(403, None, 30, id="403 without"),
        pytest.param(429, "soon", 30, id="a time that is no number"),
        pytest.param(429, "\xb2", 30, id="a digit that is no number"),
        pytest.param(429, "9" * 5000, 30, id="a time without end"),
    ],
)
def test_a_ban_keeps_everything_back_until_its_end(status, retry_after, until_s):
    budget = RateBudget(RULE)
    assert budget.on_reply(status, None, retry_after, 0)
    assert not budget.admit(1, until_s * SECOND_NS - 1, urgent=True)
    assert budget.banned_s(0) == until_s
    assert budget.admit(1, until_s * SECOND_NS, urgent=True)


def test_a_connection_waits_until_the_oldest_of_the_window_has_left_it():
    budget = ConnectBudget(2, 10)
    assert (budget.take(0), budget.take(4 * SECOND_NS)) == (0, 0)
    assert budget.take(5 * SECOND_NS) == pytest.approx(5)
    assert budget.take(10 * SECOND_NS) == 0
    assert budget.take(10 * SECOND_NS) == pytest.approx(4)
    assert budget.take(14 * SECOND_NS) == 0
