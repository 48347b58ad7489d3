"""Time as a thing that can be replaced."""

from typing import Protocol


class Clock(Protocol):
    """Two clocks: `mono_ns` never steps and means nothing outside the process, `wall_ns` is UTC epoch time."""

    def mono_ns(self) -> int:
        """Monotonic nanoseconds."""
        ...

    def wall_ns(self) -> int:
        """UTC nanoseconds since the epoch, derived from the monotonic clock so that it never steps back."""
        ...
