"""Zone steps against the zone database, date by date."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from tidegate.engine.zone import zone_steps

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Havana",
    "Asia/Tokyo",
]


def _at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def test_berlin_changes_at_one_in_the_morning_of_utc() -> None:
    steps = zone_steps("Europe/Berlin")
    assert steps[0] == (_at("2024-01-01"), 60)
    assert (_at("2026-03-29T01:00"), 120) in steps
    assert (_at("2026-10-25T01:00"), 60) in steps


def test_utc_never_changes() -> None:
    assert zone_steps("UTC") == [(_at("2024-01-01"), 0)]


@pytest.mark.parametrize("name", ZONES)
def test_the_steps_give_the_zone_s_own_date_at_every_hour_of_some_years(name: str) -> None:
    zone, steps = ZoneInfo(name), zone_steps(name)
    for hour in range(_at("2026-01-01") // 3_600_000, _at("2029-01-01") // 3_600_000):
        ms = hour * 3_600_000
        offset = next(minutes for start, minutes in reversed(steps) if start <= ms)
        local = datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone)
        assert (ms + offset * 60_000) // 86_400_000 == local.date().toordinal() - 719_163


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        zone_steps("Europe/Atlantis")
