"""Profile paper: the real venues' public data, and orders that are filled here.

Each venue has an executor of its own within this process: a simulated venue without a market, which fills against the
engine's live books and the real venue's public trades. The engine reaches it over loopback in the venue's own wire
protocol, so its orders live as they would at the venue. No key and no order ever leads to a real venue.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Final

from tidegate._core import Engine, SimEffect, SimVenue
from tidegate.app.net import Addresses, Bases, Net
from tidegate.app.sim_host import SimHost, SimPlan
from tidegate.engine.setup import SIM_PASSPHRASE, SIM_SECRET, LinkRow, dry_key
from tidegate.model.config import Config, Product, VenueConfig, VenueName
from tidegate.obs import log
from tidegate.ports.clock import Clock
from tidegate.ports.link import LinkEvents
from tidegate.store.state import DataDirectory
from tidegate.transport.ws import LinkPlan, WsLink
from tidegate.venues.spec import Venue

TRAVEL_S: Final = 0.05
"""From a request to its meeting the book, until the round trip to the venue has been measured."""
TAPE_LINK_ID: Final = 1 << 15
"""Links of public trades are no links of the engine: they are numbered from here."""

_log = log.get("paper")


class Executor:
    """One venue's dry run: a `LiveMarket` over the engine's books. `watch(instrument, on)` keeps a book alive."""

    def __init__(self, core: Engine, clock: Clock, travel_ms: int | None) -> None:
        self._core = core
        self._clock = clock
        self._fixed_s = None if travel_ms is None else travel_ms / 1000
        self._measured_s = TRAVEL_S
        self._offset_ns = 0
        self._resting: frozenset[str] = frozenset()
        self._any_rests = asyncio.Event()
        self.tapes: dict[Product, WsLink] = {}
        self.watch: Callable[[str, bool], None] = _nobody

    def start(self, venue: SimVenue, watch: Callable[[str, bool], None]) -> None:
        """The engine runs. Orders that the book of record held rest already: their books are kept from now on."""
        self.watch = watch
        self._resting = frozenset()
        self.settled(venue)

    def wall_ns(self) -> int:
        """The venue's time: requests are signed by it."""
        return time.time_ns() + self._offset_ns

    def on_clock(self, offset_ns: int, error_ns: int) -> None:
        """What a question for the time taught: the best sample's error is half its round trip."""
        self._offset_ns = offset_ns
        self._measured_s = 2 * error_ns / 1e9

    @property
    def resting(self) -> bool:
        """Whether any order rests."""
        return bool(self._resting)

    def travel_s(self) -> float:
        """See `LiveMarket`: a whole round trip, half for the book to come here and half for the order to go."""
        return self._measured_s if self._fixed_s is None else self._fixed_s

    def follow(self, venue: SimVenue, *, whole: bool, wall_ns: int) -> list[SimEffect]:
        """See `LiveMarket`."""
        return venue.follow(self._core, whole, self._clock.mono_ns(), wall_ns)

    def settled(self, venue: SimVenue) -> None:
        """See `LiveMarket`: books and trades are kept for the instruments in which orders rest."""
        resting = frozenset(venue.resting)
        if resting == self._resting:
            return
        before, self._resting = self._resting, resting
        if resting:
            self._any_rests.set()
        else:
            self._any_rests.clear()
        for name in resting - before:
            self.watch(name, True)
        for name in before - resting:
            self.watch(name, False)
        for product, tape in self.tapes.items():
            if tape.up:
                self.ask_for_trades(venue, product, fresh=False)

    async def any_rests(self) -> None:
        """Returns once an order rests: venues cut connections of which nothing is asked."""
        await self._any_rests.wait()

    def ask_for_trades(self, venue: SimVenue, product: Product, *, fresh: bool) -> None:
        """Brings the tape in line with the resting orders; `fresh`: on a new connection."""
        for frame in venue.tape_frames(product, fresh):
            self.tapes[product].send(frame)


class Paper:
    """All executors of one process, and what the venue side has to know of them."""

    def __init__(self) -> None:
        self.hosts: dict[str, SimHost] = {}
        self.executors: dict[str, Executor] = {}

    @property
    def bases(self) -> dict[str, Bases]:
        """Where the engine's orders go, by venue."""
        return {name: host.bases for name, host in self.hosts.items()}

    def tap(self, events: LinkEvents, links: tuple[LinkRow, ...]) -> LinkEvents:
        """What comes over a public link moves the executor's market too, after the engine has had it."""
        return _Tap(events, self, {row.id: row.venue for row in links if row.role == "public"})

    def on_clock(self, told: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
        """`told(venue, offset_ns, error_ns)`, and the executor's own clock."""

        def both(venue: str, offset_ns: int, error_ns: int) -> None:
            self.executors[venue].on_clock(offset_ns, error_ns)
            told(venue, offset_ns, error_ns)

        return both

    def start(self, watch: Callable[[str, bool], None]) -> None:
        """The engine runs; see `Executor.start`."""
        for name, executor in self.executors.items():
            executor.start(self.hosts[name].venue, watch)

    def build_tapes(
        self,
        config: Config,
        venues: Mapping[str, Venue],
        *,
        addresses: Addresses,
        net: Net,
        clock: Clock,
        random: Random,
    ) -> list[WsLink]:
        """One link of public trades per venue product, within the budgets of `net`."""
        links: list[WsLink] = []
        for name, section in config.venues.items():
            spec = venues[name].spec
            for product in section.products:
                url = addresses.trades(name, product)
                plan = LinkPlan(
                    link_id=TAPE_LINK_ID + len(links),
                    exchange=name,
                    product=product,
                    role="trades",
                    url=_once_needed(url, self.executors[name]),
                    keepalive=spec.keepalive,
                    keepalive_s=spec.keepalive_s,
                    lifetime_s=spec.lifetime_s,
                    refused_s=float(spec.ban_s),
                )
                events = _Tape(self.hosts[name], self.executors[name], product)
                link = WsLink(plan, events, net.connects[name], clock, random)
                self.executors[name].tapes[product] = link
                links.append(link)
        return links


class _Tap:
    """`ports.link.LinkEvents`: the engine first, then the dry run."""

    def __init__(self, events: LinkEvents, paper: Paper, public: dict[int, VenueName]) -> None:
        self._events = events
        self._paper = paper
        self._public = public

    def on_link(self, link_id: int, up: bool) -> None:
        self._events.on_link(link_id, up)
        self._moved(link_id)

    def feed(self, link_id: int, payload: memoryview) -> None:
        self._events.feed(link_id, payload)
        self._moved(link_id)

    def _moved(self, link_id: int) -> None:
        venue = self._public.get(link_id)
        if venue is not None and self._paper.executors[venue].resting:
            self._paper.hosts[venue].on_market()


class _Tape:
    """`ports.link.LinkEvents` of one venue product's public trades."""

    def __init__(self, host: SimHost, executor: Executor, product: Product) -> None:
        self._host = host
        self._executor = executor
        self._product: Final = product

    def on_link(self, _link_id: int, up: bool) -> None:
        if up:
            self._executor.ask_for_trades(self._host.venue, self._product, fresh=True)

    def feed(self, _link_id: int, payload: memoryview) -> None:
        self._host.on_trades(self._product, payload)


@asynccontextmanager
async def paper_venues(config: Config, core: Engine, clock: Clock) -> AsyncIterator[Paper | None]:
    """The executors of profile paper, their books of record read back; None in every other profile."""
    if config.profile != "paper":
        yield None
        return
    paper = Paper()
    async with AsyncExitStack() as stack:
        for name, section in config.venues.items():
            own = config.paper.venues.get(name)
            executor = Executor(core, clock, own.latency_ms if own is not None else None)
            host = SimHost(_plan(config, name, section), wall_ns=executor.wall_ns, market=executor)
            paper.executors[name] = executor
            paper.hosts[name] = await stack.enter_async_context(host)
        yield paper


def _plan(config: Config, name: VenueName, section: VenueConfig) -> SimPlan:
    own = config.paper.venues.get(name)
    balances = own.balances if own is not None and own.balances is not None else config.paper.balances
    accounts = [
        {
            "name": account,
            "key": dry_key(account),
            "secret": SIM_SECRET,
            "passphrase": SIM_PASSPHRASE,
            "leverage": config.paper.leverage,
            "balances": {asset: f"{amount:f}" for asset, amount in balances.items()},
        }
        for account in section.accounts
    ]
    fees = {} if own is None else {"feeMaker": own.fee_maker, "feeTaker": own.fee_taker}
    return SimPlan(
        venue=name,
        products=section.products,
        record=DataDirectory(config.home).paper / f"{name}.jsonl",
        more={
            "market": "live",
            "accounts": accounts,
            **{side: {product: f"{fee:f}" for product, fee in rates.items()} for side, rates in fees.items()},
        },
    )


def _once_needed(url: str, executor: Executor) -> Callable[[], Awaitable[str]]:
    async def same() -> str:
        await executor.any_rests()
        return url

    return same


def _nobody(_instrument: str, _on: bool) -> None:
    """Before the engine runs nobody keeps books."""
