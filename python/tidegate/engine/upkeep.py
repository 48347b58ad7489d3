"""What keeps one venue product usable: its instruments (cached on disk) and the offset of its clock.

An unreachable venue never stops the start; it is said once, then tried again until it answers.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Final

import orjson

from tidegate._core import CoreError
from tidegate.model.config import Product
from tidegate.obs import log
from tidegate.ports.clock import Clock
from tidegate.ports.http import Http, HttpError
from tidegate.venues.spec import InstrumentRow, Venue, VenueReplyError

PAGES_MAX: Final = 20
SYNC_SAMPLES: Final = 5
SYNC_EVERY_S: Final = 180.0
REFRESH_EVERY_S: Final = 3600.0
ERROR_NS_MAX: Final = 500_000_000
"""An offset that is less certain is measured again soon: the core opens nothing at such a venue meanwhile."""
UNSURE_S: Final = 2.0
SETTLE_S: Final = 5.0
"""What a start has for the time being is looked at again after this, once the links are up."""
RETRY_FIRST_S: Final = 0.5
RETRY_CAP_S: Final = 30.0
DEADLINE_S: Final = 5.0
OFFSET_NS_MAX: Final = 24 * 3600 * 1_000_000_000
"""A venue's time further away than this is a broken answer (or a broken clock here), and nothing to sign with."""

_log = log.get("engine")


class InstrumentCache:
    """The last good instruments of each venue product, as files in the data directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def load(self, venue: str, product: str) -> bytes | None:
        """The JSON array stored last, or None. A damaged file counts as none."""
        try:
            rows = self._path(venue, product).read_bytes()
            return rows if isinstance(orjson.loads(rows), list) else None
        except (OSError, orjson.JSONDecodeError):
            return None

    def store(self, venue: str, product: str, rows: bytes) -> None:
        """Best effort: a full disk costs only a slower next start."""
        path = self._path(venue, product)
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.write_bytes(rows)
            fresh.replace(path)
        except OSError as failure:
            _log.warning("instrument_cache_not_written", path=str(path), reason=str(failure), success=False)

    def _path(self, venue: str, product: str) -> Path:
        return self._directory / f"{venue}_{product}.json"


class Upkeep:
    """One venue product.

    http carries the large answers, timing_http (warm, quick) the clock samples. What was learnt goes to
    `set_instruments(venue, product, rows)` and `set_offset(venue, offset_ns, error_ns)`.
    """

    def __init__(  # noqa: PLR0913  # composed once, by name
        self,
        *,
        venue: Venue,
        product: Product,
        http: Http,
        timing_http: Http,
        clock: Clock,
        cache: InstrumentCache,
        set_instruments: Callable[[str, str, bytes], None],
        set_offset: Callable[[str, int, int], None],
    ) -> None:
        self.name: Final = venue.spec.name
        self.product: Final = product
        self.reachable: bool | None = None
        self.has_instruments = False
        self.offset_ns: int | None = None
        self.rtt_ns: int | None = None
        self._first_refresh_s = self._first_sync_s = 0.0
        self._venue = venue
        self._http = http
        self._timing_http = timing_http
        self._clock = clock
        self._cache = cache
        self._set_instruments = set_instruments
        self._set_offset = set_offset

    async def prepare(self) -> None:
        """Before the engine starts: cached instruments at once, else one try to fetch them; one clock sample."""
        cached = self._cache.load(self.name, self.product)
        if cached is not None and self._apply(cached):
            self._first_refresh_s = SETTLE_S
        elif await self._try(self._refresh()):
            self._first_refresh_s = REFRESH_EVERY_S
        else:
            return
        if await self._try(self._sync_clock(1)):
            self._first_sync_s = SETTLE_S

    async def run(self) -> None:
        """Refreshes and synchronises until cancelled."""
        chores = (
            ("instruments", self._refresh, self._first_refresh_s, lambda: REFRESH_EVERY_S),
            ("clock", lambda: self._sync_clock(SYNC_SAMPLES), self._first_sync_s, self._sync_pause),
        )
        async with asyncio.TaskGroup() as group:
            for name, work, first_s, pause_s in chores:
                group.create_task(self._repeat(work, first_s, pause_s), name=f"{name}-{self._label}")

    @property
    def _label(self) -> str:
        return f"{self.name}-{self.product}"

    async def _repeat(
        self, work: Callable[[], Coroutine[None, None, None]], first_s: float, pause_s: Callable[[], float]
    ) -> None:
        await asyncio.sleep(first_s)
        wait_s = RETRY_FIRST_S
        while True:
            if await self._try(work()):
                wait_s = RETRY_FIRST_S
                await asyncio.sleep(pause_s())
            else:
                await asyncio.sleep(wait_s)
                wait_s = min(RETRY_CAP_S, wait_s * 2)

    async def _try(self, work: Coroutine[None, None, None]) -> bool:
        try:
            await work
        except (HttpError, VenueReplyError) as failure:
            self._note(False, str(failure))
            return False
        self._note(True, "")
        return True

    def _note(self, reachable: bool, reason: str) -> None:
        """One line per change, not per try."""
        if reachable == self.reachable:
            return
        first, self.reachable = self.reachable is None, reachable
        if not reachable:
            _log.error(
                "venue_unreachable", exchange=self.name, type=self.product, reason=reason, success=False,
                error_code="EXCHANGE_UNAVAILABLE",
            )  # fmt: skip
        elif not first:
            _log.info("venue_reachable", exchange=self.name, type=self.product, success=True)

    async def _refresh(self) -> None:
        rows = [asdict(row) for row in await self._fetch_instruments()]
        document = orjson.dumps(rows)
        if self._apply(document):
            self._cache.store(self.name, self.product, document)

    async def _fetch_instruments(self) -> list[InstrumentRow]:
        rows: list[InstrumentRow] = []
        request = self._venue.instruments(self.product)
        for _ in range(PAGES_MAX):
            body = await self._get(self._http, request.target)
            page = self._venue.parse_instruments(self.product, body)
            rows.extend(page.rows)
            if page.following is None:
                return rows
            request = page.following
        raise VenueReplyError(f"more than {PAGES_MAX} pages of instruments")

    def _apply(self, rows: bytes) -> bool:
        try:
            self._set_instruments(self.name, self.product, rows)
        except CoreError as failure:
            _log.error(
                "instruments_refused", exchange=self.name, type=self.product, reason=failure.message, success=False,
                error_code=failure.code,
            )  # fmt: skip
            return False
        self.has_instruments = True
        return True

    def _sync_pause(self) -> float:
        unsure = self.rtt_ns is not None and self.rtt_ns // 2 > ERROR_NS_MAX
        return UNSURE_S if unsure else SYNC_EVERY_S

    async def _sync_clock(self, samples: int) -> None:
        """Of several samples the one with the shortest round trip is the best: its error is half that trip."""
        best: tuple[int, int] | None = None
        for _ in range(samples):
            sent = self._clock.wall_ns()
            body = await self._get(self._timing_http, self._venue.time(self.product).target)
            rtt = self._clock.wall_ns() - sent
            offset = self._venue.parse_time(body) - (sent + rtt // 2)
            if abs(offset) > OFFSET_NS_MAX:
                raise VenueReplyError("the venue's time and this machine's are more than a day apart")
            if best is None or rtt < best[0]:
                best = (rtt, offset)
        if best is not None:
            self.rtt_ns, self.offset_ns = best
            self._set_offset(self.name, self.offset_ns, self.rtt_ns // 2)

    async def _get(self, http: Http, target: str) -> bytes:
        reply = await http.request("GET", target, deadline_s=DEADLINE_S)
        if reply.status != 200:
            raise self._venue.parse_failure(reply.status, reply.body)
        return reply.body
