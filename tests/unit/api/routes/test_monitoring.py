"""GET /api/monitoring/alerts: pages, newest first, narrowed."""

import aiohttp
from tests.unit.api.doubles import World

from tidegate.ports.read import HistoryFilter, PageRequest

PATH = "/api/monitoring/alerts"


async def test_alerts_are_paged_and_narrowed(admin: aiohttp.ClientSession, world: World) -> None:
    query = {"severity": "warning", "limit": "5", "from": "1", "to": "9", "cursor": "next-1"}
    async with admin.get(PATH, params=query) as answer:
        data = (await answer.json())["data"]
    assert (answer.status, data["nextCursor"], data["items"][0]["code"]) == (200, "next-2", "BOOK_STALE")
    wanted = HistoryFilter(severity="warning", from_ts=1, to_ts=9)
    assert world.history.asked == [(wanted, PageRequest(limit=5, cursor="next-1"))]


async def test_a_severity_that_is_none_is_refused(admin: aiohttp.ClientSession) -> None:
    async with admin.get(PATH, params={"severity": "LOUD!"}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "VALIDATION_ERROR")
