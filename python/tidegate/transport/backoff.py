"""How long to wait before the next try: full jitter, so that many clients never come back at once."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delay n is uniform in (0, min(cap, first * 2**n)]; seconds."""

    first_s: float = 0.25
    cap_s: float = 30.0

    def delay_s(self, attempt: int, random: Random) -> float:
        """attempt: failures so far, 0 for the first."""
        ceiling = min(self.cap_s, self.first_s * 2.0 ** min(attempt, 32))
        return ceiling * (1.0 - random.random())
