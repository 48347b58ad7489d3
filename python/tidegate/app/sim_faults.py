"""What goes wrong between a simulated venue and its clients: seeded, one rate a fault, changeable while it runs.

A rate is the share of requests, or of frames to clients, that it hits. Which ones are hit follows from the seed and
their order alone. The venue itself stays sound: its book of record holds what it accepted, whatever clients were told.
"""

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import Enum
from typing import Final, Self, TypeVar

from tidegate.model.errors import Code, TidegateError

CONTROL_PATH: Final = "/_sim/faults"
"""GET tells rates and counts, PUT a JSON object changes the rates named in it."""
DELAY_MS_MAX: Final = 60_000.0


_Fate = TypeVar("_Fate", bound=Enum)


class Fate(Enum):
    """Of one request."""

    SERVED = "served"
    REQUEST_LOST = "request_lost"
    ANSWER_LOST = "answer_lost"
    ERROR_AFTER = "error_after"
    BUSY = "busy"


class FrameFate(Enum):
    """Of one frame to a client."""

    SENT = "sent"
    LOST = "frame_lost"
    DOUBLED = "frame_doubled"
    SWAPPED = "frame_swapped"
    CUT = "cut"
    MUTE = "mute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares from 0 to 1, but for `delay_ms`."""

    request_lost: float = 0.0
    """The connection breaks before the venue hears of it."""
    answer_lost: float = 0.0
    """The venue acts; the connection breaks instead of its answer."""
    error_after: float = 0.0
    """The venue acts; a gateway answers 504 with a page."""
    busy: float = 0.0
    """The venue does not act; a gateway answers 503 with a page."""
    delay: float = 0.0
    """The answer waits up to `delay_ms`, evenly spread."""
    delay_ms: float = 1000.0
    frame_lost: float = 0.0
    frame_doubled: float = 0.0
    frame_swapped: float = 0.0
    """The frame comes after the next one of its connection."""
    cut: float = 0.0
    """The connection ends instead of the frame."""
    mute: float = 0.0
    """The connection stays open, answers pings and never carries a frame again."""
    outage: float = 0.0
    """Above 0: nobody is let in and every connection ends."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """`name=rate,name=rate`. Raises TidegateError VALIDATION_ERROR that names the part."""
        parts = [part.partition("=") for part in text.split(",") if part]
        return cls().changed({name.strip(): value for name, _, value in parts})

    def changed(self, wanted: Mapping[str, object]) -> Self:
        """With the named rates replaced. Raises TidegateError VALIDATION_ERROR."""
        known = {field.name for field in fields(self)}
        values: dict[str, float] = {}
        for name, value in wanted.items():
            if name not in known:
                raise TidegateError(Code.VALIDATION_ERROR, f"no fault `{name}`; there are {', '.join(sorted(known))}")
            values[name] = _rate(name, value)
        return replace(self, **values)


SOUND: Final = Rates()


def _rate(name: str, value: object) -> float:
    top = DELAY_MS_MAX if name == "delay_ms" else 1.0
    try:
        rate = float(value) if isinstance(value, str | int | float) else -1.0
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= top:
        raise TidegateError(Code.VALIDATION_ERROR, f"fault {name}: a number from 0 to {top:g}, not {value!r}")
    return rate


class Faults:
    """Decides, in the order of the asking. `rates` may be replaced at any time."""

    def __init__(self, rates: Rates, seed: int) -> None:
        self.rates = rates
        self._rng = random.Random(seed)  # noqa: S311  # repeatable on purpose
        self._hits: dict[str, int] = {}

    @property
    def outage(self) -> bool:
        return self.rates.outage > 0

    def request(self) -> Fate:
        """What becomes of the next request."""
        return self._pick(Fate.REQUEST_LOST, Fate.ANSWER_LOST, Fate.ERROR_AFTER, Fate.BUSY) or Fate.SERVED

    def delay_s(self) -> float:
        """How long its answer waits, seconds."""
        if self.rates.delay and self._rng.random() < self.rates.delay:
            self._hits["delay"] = self._hits.get("delay", 0) + 1
            return self._rng.uniform(0, self.rates.delay_ms) / 1e3
        return 0.0

    def frame(self) -> FrameFate:
        """What becomes of the next frame."""
        every = (FrameFate.LOST, FrameFate.DOUBLED, FrameFate.SWAPPED, FrameFate.CUT, FrameFate.MUTE)
        return self._pick(*every) or FrameFate.SENT

    def _pick(self, *fates: _Fate) -> _Fate | None:
        rates = [float(getattr(self.rates, fate.value)) for fate in fates]
        if not any(rates):
            return None
        left = self._rng.random()
        for fate, rate in zip(fates, rates, strict=True):
            if left < rate:
                self._hits[fate.value] = self._hits.get(fate.value, 0) + 1
                return fate
            left -= rate
        return None

    def report(self) -> dict[str, object]:
        """Rates and how often each fault struck."""
        return {"rates": asdict(self.rates), "hits": dict(sorted(self._hits.items()))}
