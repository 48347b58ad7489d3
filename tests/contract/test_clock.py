"""`ports.clock.Clock`: two readings that never run backwards and keep step with each other."""

import time

from tidegate.engine.clock import SystemClock


def test_both_readings_go_forwards_together():
    clock = SystemClock()
    mono, wall = [], []
    for _ in range(1000):
        mono.append(clock.mono_ns())
        wall.append(clock.wall_ns())
    assert mono == sorted(mono)
    assert wall == sorted(wall)
    differences = [w - m for m, w in zip(mono, wall, strict=True)]
    assert max(differences) - min(differences) < 1_000_000_000


def test_wall_time_is_the_epochs():
    assert abs(SystemClock().wall_ns() - time.time_ns()) < 1_000_000_000


def test_a_step_of_the_systems_clock_does_not_show(monkeypatch):
    clock = SystemClock()
    before = clock.wall_ns()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert clock.wall_ns() >= before
