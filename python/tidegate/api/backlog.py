"""What was published and may still have to be sent: the recent order events, and the newest of everything else.

Nothing is queued for a client. A client is a number, up to which it has everything, and what it lacks follows from it:
who reads slowly finds fewer and newer prices, and order events as long as they are held. Clients that listen to the
same channels and have come equally far share one batch, joined once.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from tidegate.api.frames import Batch, Frame, batch_of

EVENTS_MAX: Final = 4096
"""Order events held: for who reads slowly, and for who comes back."""
BATCHES_MAX: Final = 256
"""Batches of one audience that are remembered until the next event."""


class Audience:
    """Everybody who listens to the same channels. `names`: their topics in full form."""

    def __init__(self, backlog: "Backlog", names: frozenset[str]) -> None:
        self.names: Final = names
        self._backlog: Final = backlog
        self._batches: Final[dict[int, Batch]] = {}
        self._made_at = -1

    def batch(self, after: int, bytes_max: int) -> Batch | None:
        """What whoever has everything up to `after` lacks; None when an order event of it is held no more."""
        if self._made_at != self._backlog.changes:
            self._made_at = self._backlog.changes
            self._batches.clear()
        found = self._batches.get(after)
        if found is None:
            if self.has_lost(after):
                return None
            found = batch_of(self.frames(after), max(after, self._backlog.seq), bytes_max)
            if len(self._batches) < BATCHES_MAX:
                self._batches[after] = found
        return found

    def frames(self, after: int) -> list[Frame]:
        """The same one by one. Cost: what is held of the channels that came later."""
        return self._backlog.frames(self.names, after)

    def has_lost(self, after: int) -> bool:
        """Whether an order event behind `after` is held no more."""
        backlog = self._backlog
        return after < backlog.complete_after and any(backlog.dropped.get(name, -1) > after for name in self.names)


class Backlog:
    """`seq`: the newest number given out, `complete_after`: the number behind which every order event is held."""

    def __init__(self, first_seq: int) -> None:
        self.seq = first_seq
        self.complete_after = first_seq
        self.changes = 0
        self.dropped: Final[dict[str, int]] = {}
        """Topic -> number of its newest order event that is held no more."""
        self._events: Final[deque[tuple[str, Frame]]] = deque()
        self._latest: Final[dict[str, dict[str, Frame]]] = {}
        """Channel -> topic -> its newest frame."""

    def next_seq(self) -> int:
        """A number for one more message."""
        self.seq += 1
        return self.seq

    def add(self, topic: str, frame: Frame) -> None:
        """Holds what must not be lost."""
        if len(self._events) >= EVENTS_MAX:
            oldest, gone = self._events.popleft()
            self.dropped[oldest] = self.complete_after = gone.seq
        self._events.append((topic, frame))
        self.changes += 1

    def add_latest(self, channels: Iterable[str], topic: str, frame: Frame) -> None:
        """Holds what only matters until the next of its topic, for the channels on which somebody listens."""
        for channel in channels:
            self._latest.setdefault(channel, {})[topic] = frame
        self.changes += 1

    def drop(self, channel: str) -> None:
        """Nobody listens to it any more."""
        self._latest.pop(channel, None)

    def frames(self, names: frozenset[str], after: int) -> list[Frame]:
        """Of these channels, behind `after`, in no order."""
        found = {frame.seq: frame for name in names for frame in self._latest.get(name, {}).values()}
        frames = [frame for seq, frame in found.items() if seq > after]
        for topic, frame in reversed(self._events):
            if frame.seq <= after:
                break
            if topic in names:
                frames.append(frame)
        return frames

    def events_between(self, topic: str, after: int, upto: int) -> list[Frame]:
        """Order events of one topic, `after` < number <= `upto`."""
        return [frame for name, frame in self._events if name == topic and after < frame.seq <= upto]

    def forget(self) -> None:
        """Order events were lost: nothing before now can be told any more."""
        for topic, frame in self._events:
            self.dropped[topic] = frame.seq
        self._events.clear()
        self.complete_after = self.seq
        self.changes += 1
