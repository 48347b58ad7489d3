"""What a WebSocket client may listen to, by name.

`prices:EXCHANGE:TYPE:SYMBOL` (TYPE may be left out: spot), `pairs:ID|*`, and the plain ones. A channel is the bus's
topic, except that `pairs:*` stands for every topic of its kind.
"""

import re
from dataclasses import dataclass
from typing import Final

from tidegate.api.fields import PATH_FIELDS
from tidegate.model.errors import Code, TidegateError
from tidegate.model.events import CONFLATED, TopicKind

CHANNEL_CHARS_MAX: Final = 128

_PRICES: Final = re.compile(
    r"prices:([a-z][a-z0-9_-]{1,31}):(?:(spot|linear):)?([A-Za-z0-9][A-Za-z0-9._-]{0,39})", re.ASCII
)
_PLAIN: Final = frozenset(kind.value for kind in TopicKind) - {TopicKind.PRICES.value, TopicKind.PAIRS.value}

ANY_PAIR: Final = "pairs:*"
LOSSLESS_TOPICS: Final = tuple(kind.value for kind in TopicKind if not CONFLATED[kind])
CONFLATED_TOPICS: Final = tuple(
    f"{kind.value}:*" if kind in {TopicKind.PRICES, TopicKind.PAIRS} else kind.value
    for kind in TopicKind
    if CONFLATED[kind]
)


@dataclass(frozen=True, slots=True)
class Channel:
    """`topic` in its full form; `instrument` where listening needs the engine to watch one."""

    topic: str
    instrument: str | None = None


def parse_channel(text: str) -> Channel:
    """Raises TidegateError VALIDATION_ERROR for what is no channel."""
    if len(text) <= CHANNEL_CHARS_MAX:
        if text in _PLAIN or text == ANY_PAIR:
            return Channel(text)
        prices = _PRICES.fullmatch(text)
        if prices is not None:
            instrument = f"{prices[1]}:{prices[2] or 'spot'}:{prices[3]}"
            return Channel(f"prices:{instrument}", instrument)
        kind, _, pair_id = text.partition(":")
        if kind == TopicKind.PAIRS.value and PATH_FIELDS["pairId"].fullmatch(pair_id):
            return Channel(text)
    raise TidegateError(Code.VALIDATION_ERROR, "no such channel", {"channel": text[:CHANNEL_CHARS_MAX]})


def channels_of(topic: str) -> tuple[str, ...]:
    """The channels that a bus topic goes out on."""
    return (topic, ANY_PAIR) if topic.startswith("pairs:") else (topic,)
