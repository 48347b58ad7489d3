"""What the process knows about itself: latencies, queues, links, clocks, budgets."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from tidegate.engine.runtime import Runtime
from tidegate.engine.upkeep import Upkeep
from tidegate.model.errors import Json
from tidegate.obs.latency import Hop, Hops

LAG_EVERY_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class RateView:
    """`used` of `limit` weight in the venue's window; `banned_s` until requests are allowed again."""

    used: int
    limit: int
    banned_s: float


class Probe:
    """`ports.market.SystemProbe`. `rates` gives a venue's budget by name; `depths` the queue depths of other rooms."""

    def __init__(  # noqa: PLR0913  # composed once, by name
        self,
        *,
        version: str,
        mode: str,
        hops: Hops,
        runtime: Runtime,
        upkeeps: Sequence[Upkeep],
        rates: Callable[[str], RateView],
        depths: Callable[[], Mapping[str, int]],
        components: Callable[[], Mapping[str, Json]],
    ) -> None:
        self._version = version
        self._mode = mode
        self._hops = hops
        self._runtime = runtime
        self._upkeeps = upkeeps
        self._rates = rates
        self._depths = depths
        self._components = components
        self._started = time.monotonic()
        self._lag = hops.hop("loop_lag")

    def status(self) -> bytes:
        """See `SystemProbe.status`."""
        document: dict[str, Json] = {
            "version": self._version,
            "mode": self._mode,
            "uptimeS": round(time.monotonic() - self._started, 3),
            "hops": {hop.name: _hop(hop) for hop in self._hops.all() if hop.count()},
            "queues": {**self._runtime.depths, **self._depths()},
            "tasks": len(asyncio.all_tasks()),
            "frames": self._runtime.frames,
            "journalSeq": self._runtime.seq,
        }
        return orjson.dumps(document)

    def exchanges(self) -> bytes:
        """See `SystemProbe.exchanges`."""
        names = dict.fromkeys(upkeep.name for upkeep in self._upkeeps)
        return orjson.dumps([self._exchange(name) for name in names])

    def components(self) -> bytes:
        """See `SystemProbe.components`."""
        fault = self._runtime.journal_fault
        journal: Json = {"status": "unhealthy", "detail": fault} if fault else {"status": "healthy"}
        venues: dict[str, Json] = {}
        for upkeep in self._upkeeps:
            up = upkeep.reachable is not False
            venues[f"{upkeep.name}:{upkeep.product}"] = {"status": "healthy" if up else "degraded"}
        return orjson.dumps({"journal": journal, **venues, **self._components()})

    async def run(self) -> None:
        """Measures how late the loop's timers are, until cancelled."""
        while True:
            due = time.monotonic_ns() + int(LAG_EVERY_S * 1e9)
            await asyncio.sleep(LAG_EVERY_S)
            self._lag.add(max(0, time.monotonic_ns() - due))

    def _exchange(self, name: str) -> Json:
        rows = [upkeep for upkeep in self._upkeeps if upkeep.name == name]
        rtts = [upkeep.rtt_ns for upkeep in rows if upkeep.rtt_ns is not None]
        offsets = [upkeep.offset_ns for upkeep in rows if upkeep.offset_ns is not None]
        rate = self._rates(name)
        return {
            "name": name,
            "latencyMs": round(min(rtts) / 1e6, 3) if rtts else None,
            "clockOffsetMs": round(offsets[0] / 1e6, 3) if offsets else None,
            "rateLimit": {"used": rate.used, "limit": rate.limit},
            "bannedMs": round(rate.banned_s * 1000),
        }


def _hop(hop: Hop) -> Json:
    found = hop.summary()
    return {
        "count": found.count,
        "p50Us": found.p50_ns / 1000,
        "p95Us": found.p95_ns / 1000,
        "p99Us": found.p99_ns / 1000,
        "maxUs": found.max_ns / 1000,
    }
