"""The process's clocks."""

import time

from tidegate.ports.clock import Clock


class SystemClock(Clock):
    """Wall time is read once and carried on by the monotonic clock: a stepping system clock moves no deadline.

    The venues' offsets (`engine/upkeep.py`) are measured against this wall time, so signed timestamps stay right.
    """

    def __init__(self) -> None:
        self.base_ns = time.time_ns() - time.monotonic_ns()

    def mono_ns(self) -> int:
        return time.monotonic_ns()

    def wall_ns(self) -> int:
        return time.monotonic_ns() + self.base_ns
