"""A named time zone as the core takes it: the moments at which its offset changes. No clock: a fixed span of years."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

FROM: Final = datetime(2024, 1, 1, tzinfo=UTC)
UNTIL: Final = datetime(2064, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)


def zone_steps(name: str) -> list[tuple[int, int]]:
    """Rising pairs of epoch milliseconds and the minutes east of UTC from then on. Raises ZoneInfoNotFoundError."""
    zone = ZoneInfo(name)
    offset = _minutes(zone, FROM)
    steps = [(_ms(FROM), offset)]
    day = FROM
    while day < UNTIL:
        following = day + _DAY
        if _minutes(zone, following) != offset:
            change = _change(zone, day, following)
            offset = _minutes(zone, change)
            steps.append((_ms(change), offset))
            # A second change on the same day is looked for again from here.
            following = change if _minutes(zone, following) != offset else following
        day = following
    return steps


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first minute between two moments at which another offset holds than at the first."""
    before = _minutes(zone, low)
    while high - low > _MINUTE:
        middle = low + ((high - low) // (2 * _MINUTE)) * _MINUTE
        if _minutes(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _minutes(zone: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def _ms(at: datetime) -> int:
    return int(at.timestamp()) * 1000
