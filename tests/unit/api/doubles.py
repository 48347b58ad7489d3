"""In-memory collaborators of the HTTP face: what they were asked is kept, what they answer can be set."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import orjson
from tests.unit.api.documents import (
    ALERT,
    BALANCE,
    BOOK,
    FILL,
    INSTRUMENT,
    LIMIT,
    OPPORTUNITY,
    ORDER,
    PAIR,
    PERFORMANCE,
    PLAN,
    POSITION,
    PROTECTION,
    REST_BOOK,
    RISK_METRICS,
    TWAP,
    TWAP_STATUS,
)
from tests.unit.api.logins import FakeApiKeys, FakeAuth, FakePeople, FakeTrail, FakeVenueKeys

from tidegate.api.rates import Rates
from tidegate.api.services import Services
from tidegate.model.commands import Command, Receipt
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.bus import Message
from tidegate.ports.read import (
    DocPage,
    Earned,
    EquityPoint,
    HistoryFilter,
    PageRequest,
    PlanResult,
    SpreadPage,
    SpreadPoint,
)
from tidegate.ports.settings import Reloaded
from tidegate.users.roles import PERMISSIONS

NOW_NS = 1_790_000_000_000_000_000

VIEWS = {
    "book": BOOK,
    "pairs": b"[" + PAIR + b"]",
    "instruments": b"[" + INSTRUMENT + b"]",
    "opportunities": b"[" + OPPORTUNITY + b"]",
    "open_orders": b"[" + ORDER + b"]",
    "plan": PLAN,
    "twap": TWAP,
    "protection": PROTECTION,
    "twap_status": TWAP_STATUS,
    "positions": b"[" + POSITION + b"]",
    "balances": b"[" + BALANCE + b"]",
    "limits": b"[" + LIMIT + b"]",
    "risk_metrics": RISK_METRICS,
    "performance": PERFORMANCE,
    "exchanges": b'[{"name":"binance","connected":true,"status":"up"},'
    b'{"name":"bybit","connected":false,"status":"down"}]',
    "health": b'{"status":"healthy","ready":true,"recovered":true,"reconciled":true,"booksSyncedOnce":true,'
    b'"unsynced":[],"unknownOrders":[],"latch":"open","journal":null,"accounts":[{"problem":"secret"}]}',
}
REPLIES = {
    "create_twap": b'{"planId":"twap_001"}',
    "set_protection": b'{"protectionId":"protect_001","state":"armed","simulated":true}',
    "place_order": b'{"orderId":"TGA70010000010","state":"SENT"}',
    "upsert_pair": b'{"id":"binance_bybit_btc"}',
    "execute_pair": b'{"planId":"plan_000001"}',
}


@dataclass
class FakeEngine:
    views: dict[str, bytes | Exception] = field(default_factory=lambda: dict(VIEWS))
    refusals: dict[str, Exception] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    durable: bool = True
    queries: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    watched: list[tuple[str, bool]] = field(default_factory=list)
    plan: bytes | None = PLAN
    seq: int = 42

    async def command(self, command: Command) -> Receipt:
        self.commands.append(command)
        refusal = self.refusals.get(command.name)
        if refusal is not None:
            raise refusal
        return Receipt(seq=self.seq, reply=REPLIES.get(command.name, b"{}"), durable=self.durable)

    async def query(self, name: str, **params: object) -> bytes:
        self.queries.append((str(name), params))
        view = self.views[name]
        if isinstance(view, Exception):
            raise view
        return view

    def watch(self, instrument: str, on: bool) -> None:
        if instrument.endswith("NOSUCH"):
            raise TidegateError(Code.NOT_FOUND, f"no instrument {instrument}")
        self.watched.append((instrument, on))

    async def wait_plan(self, plan_id: str, timeout_s: float) -> bytes | None:
        assert plan_id == "plan_000001"
        assert timeout_s == 5.0
        return self.plan


@dataclass
class FakeHistory:
    asked: list[tuple[HistoryFilter, PageRequest | None]] = field(default_factory=list)

    async def orders(self, narrow: HistoryFilter, page: PageRequest | None = None) -> DocPage:
        self.asked.append((narrow, page))
        return DocPage((ORDER,), "next-1")

    async def fills(self, narrow: HistoryFilter, page: PageRequest | None = None) -> DocPage:
        self.asked.append((narrow, page))
        return DocPage((FILL,), None)

    async def plans(self, narrow: HistoryFilter, page: PageRequest | None = None) -> DocPage:
        self.asked.append((narrow, page))
        return DocPage((PLAN,), None)

    async def alerts(self, narrow: HistoryFilter, page: PageRequest | None = None) -> DocPage:
        self.asked.append((narrow, page))
        return DocPage((ALERT,), "next-2")

    async def order(self, order_id: str) -> bytes | None:
        return ORDER if order_id == "TGA7000001" else None

    async def plan(self, plan_id: str) -> bytes | None:
        return PLAN if plan_id == "plan_000001" else None

    async def twaps(self, narrow: HistoryFilter, page: PageRequest | None = None) -> DocPage:
        self.asked.append((narrow, page))
        return DocPage((TWAP,), None)

    async def twap(self, plan_id: str) -> bytes | None:
        return TWAP if plan_id == "twap_001" else None

    async def results(self, from_day: str) -> tuple[PlanResult, ...]:
        assert from_day < "9999"
        return RESULTS

    async def beside_plans(self) -> Earned:
        return Earned(Decimal("7.20"), Decimal("1.5"), Decimal(2430))

    async def equity(self, from_ts: int, to_ts: int, limit: int = 1000) -> tuple[EquityPoint, ...]:
        assert from_ts < to_ts
        return (EquityPoint(NOW_NS // 1_000_000, "-0.0545515", "1.0545515", "0.9459485"),)

    async def protections(self, narrow: HistoryFilter, page: PageRequest | None = None) -> DocPage:
        self.asked.append((narrow, page))
        return DocPage((PROTECTION,), None)

    async def protection(self, protection_id: str) -> bytes | None:
        return PROTECTION if protection_id == "protect_001" else None

    async def spreads(self, pair_id: str, from_ts: int, to_ts: int, limit: int = 1000) -> SpreadPage:
        assert (pair_id, limit) == ("binance_bybit_btc", 1000)
        assert from_ts < to_ts
        return SpreadPage((SpreadPoint(1_790_000_000_000, "0.061200", None),))

    async def ping_ms(self) -> float:
        return 0.25


class FakeFreshness:
    def __init__(self) -> None:
        self.asked: list[int] = []

    async def reached(self, seq: int, timeout_s: float) -> bool:
        assert timeout_s <= 1.0
        self.asked.append(seq)
        return True


class FakeMarket:
    async def book(self, exchange: str, product: str, symbol: str, depth: int) -> bytes:
        if symbol == "NOSUCH":
            raise TidegateError(Code.NOT_FOUND, f"{exchange} has no {product} symbol NOSUCH")
        return REST_BOOK

    async def ticker(self, exchange: str, product: str, symbol: str) -> bytes:
        return b'{"exchange":"binance","symbol":"BTCUSDT","type":"spot","last":68000.10}'


class FakeProbe:
    def status(self) -> bytes:
        return b'{"version":"0.1.0","mode":"SIM","uptimeS":1,"hops":{},"queues":{},"journalSeq":7}'

    def exchanges(self) -> bytes:
        return b'[{"name":"binance","latencyMs":1.25,"rateLimit":{"used":10,"limit":6000},"clockOffsetMs":-3}]'

    def components(self) -> bytes:
        return b'{"journal":{"status":"healthy"}}'


class FakeSubscription:
    def __init__(self, topics: Sequence[str]) -> None:
        self.topics = tuple(topics)
        self.dropped = 0
        self.queue: asyncio.Queue[Message | None] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[Message]:
        while (message := await self.queue.get()) is not None:
            yield message

    def close(self) -> None:
        self.queue.put_nowait(None)


class FakeBus:
    def __init__(self) -> None:
        self.subscriptions: list[FakeSubscription] = []
        self.seq = 0
        self.listened = asyncio.Semaphore(0)
        """Released once for each subscription."""

    def publish(self, topic: str, data: bytes) -> None:
        self.seq += 1
        for subscription in self.subscriptions:
            if any(
                topic == name or (name.endswith("*") and topic.startswith(name[:-1])) for name in subscription.topics
            ):
                subscription.queue.put_nowait(Message(self.seq, topic, data))

    def subscribe(self, topics: Sequence[str], *, capacity: int = 1024) -> FakeSubscription:
        self.subscriptions.append(FakeSubscription(topics))
        self.listened.release()
        return self.subscriptions[-1]


def result(day: str, pair: str, exchange: str, pnl: str, *, wins: int = 0) -> PlanResult:
    return PlanResult(
        day=day, pair_id=pair, exchange=exchange, pnl=pnl, fees="0.10", turnover="100.5", plans=1, wins=wins
    )


RESULTS = (
    result("2026-09-20", "a", "", "1.000000000000000001", wins=1),
    result("2026-09-20", "a", "binance", "-680.1"),
    result("2026-09-20", "a", "bybit", "681.100000000000000001"),
    result("2026-09-21", "a", "", "-0.5"),
    result("2026-09-21", "b", "", "2", wins=1),
    PlanResult(
        day="2026-09-21",
        strategy="twap",
        pair_id="",
        exchange="bybit",
        pnl="-1.21",
        fees="1.21",
        turnover="1210",
        plans=0,
        wins=0,
    ),
)


class FixedClock:
    def mono_ns(self) -> int:
        return 0

    def wall_ns(self) -> int:
        return NOW_NS


@dataclass
class World:
    """Every double, and the services made of them."""

    engine: FakeEngine = field(default_factory=FakeEngine)
    history: FakeHistory = field(default_factory=FakeHistory)
    freshness: FakeFreshness = field(default_factory=FakeFreshness)
    market: FakeMarket = field(default_factory=FakeMarket)
    probe: FakeProbe = field(default_factory=FakeProbe)
    auth: FakeAuth = field(default_factory=FakeAuth)
    people: FakePeople = field(default_factory=FakePeople)
    venue_keys: FakeVenueKeys = field(default_factory=FakeVenueKeys)
    api_keys: FakeApiKeys = field(default_factory=FakeApiKeys)
    trail: FakeTrail = field(default_factory=FakeTrail)
    config: Config = field(default_factory=Config)
    bus: FakeBus = field(default_factory=FakeBus)

    reloaded: Reloaded | TidegateError = field(default_factory=lambda: Reloaded((), {}))

    @property
    def current(self) -> Config:
        return self.config

    async def reload(self) -> Reloaded:
        if isinstance(self.reloaded, TidegateError):
            raise self.reloaded
        return self.reloaded

    def services(self) -> Services:
        return Services(
            engine=self.engine,
            history=self.history,
            freshness=self.freshness,
            market=self.market,
            probe=self.probe,
            auth=self.auth,
            people=self.people,
            venue_keys=self.venue_keys,
            api_keys=self.api_keys,
            trail=self.trail,
            roles=PERMISSIONS,
            rates=Rates(self.config.api.reads_per_second, self.config.api.changes_per_second),
            bus=self.bus,
            clock=FixedClock(),
            settings=self,
            metrics=lambda: b"# HELP tidegate_frames frames\n",
        )


def event(name: str, **data: object) -> bytes:
    return orjson.dumps({"event": name, "data": data})
