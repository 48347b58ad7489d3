"""Sockets of one process: which address each link has, its budgets, and the objects that keep it up."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from tidegate.engine.key_ring import KeyRing
from tidegate.engine.listen_key import ListenKeyUpkeep
from tidegate.engine.probe import RateView
from tidegate.engine.setup import LinkRow
from tidegate.model.config import Config, Product, base_url
from tidegate.obs.latency import Hops
from tidegate.ports.clock import Clock
from tidegate.ports.http import Http
from tidegate.ports.link import LinkEvents
from tidegate.store.bans import BanBook
from tidegate.transport.budget import BudgetedHttp
from tidegate.transport.client import SlowHttp
from tidegate.transport.dry_run import DryRunHttp
from tidegate.transport.http import PooledHttp
from tidegate.transport.rate import SECOND_NS, ConnectBudget, RateBudget, WeightRule
from tidegate.transport.ws import LinkPlan, WsLink
from tidegate.venues.spec import Role, Venue, weight_of


@dataclass(frozen=True, slots=True)
class Bases:
    """Where an embedded venue listens."""

    rest: str
    ws: str


class Addresses:
    """Base addresses: the configuration's, else the embedded venue's, else the real venue's.

    dry: where profile paper runs its orders. With it no private or order path leads anywhere else.
    """

    def __init__(
        self,
        config: Config,
        venues: Mapping[str, Venue],
        embedded: Mapping[str, Bases],
        dry: Mapping[str, Bases] | None = None,
    ) -> None:
        self._sections = dict(config.venues.items())
        self._venues = venues
        self._embedded = embedded
        self._dry = dry

    def orders(self, venue: str) -> Bases | None:
        """Where a venue's orders are run dry; None when they go to the venue itself."""
        return None if self._dry is None else self._dry[venue]

    def rest(self, venue: str, product: Product) -> str:
        section = next(section for name, section in self._sections.items() if name == venue)
        given = base_url(section.rest, product) if section.rest is not None else None
        if given is not None:
            return given
        if venue in self._embedded:
            return self._embedded[venue].rest
        return self._venues[venue].spec.products[product].rest

    def ws(self, venue: str, product: Product, role: Role) -> str:
        """Base and path of one kind of socket; the path may hold `{listen_key}`."""
        path = self._venues[venue].spec.products[product].paths[role]
        dry = self.orders(venue)
        if dry is not None and role != "public":
            return dry.ws + path
        return self._socket(venue, product, role) + path

    def trades(self, venue: str, product: Product) -> str:
        """Of the socket that carries public trades."""
        spec = self._venues[venue].spec.products[product]
        return self._socket(venue, product, "public") + (spec.trades_path or spec.paths["public"])

    def _socket(self, venue: str, product: Product, role: Role) -> str:
        section = next(section for name, section in self._sections.items() if name == venue)
        given = base_url(section.ws, product) if section.ws is not None else None
        if given is None and venue in self._embedded:
            given = self._embedded[venue].ws
        return given if given is not None else self._venues[venue].spec.products[product].ws[role]


@dataclass(slots=True)
class Net:
    """Everything that holds a socket to a venue."""

    links: dict[int, WsLink] = field(default_factory=dict)
    rests: dict[int, Http] = field(default_factory=dict)
    quick: dict[tuple[str, str], Http] = field(default_factory=dict)
    slow: dict[tuple[str, str], Http] = field(default_factory=dict)
    listen_keys: list[ListenKeyUpkeep] = field(default_factory=list)
    budgets: dict[str, list[RateBudget]] = field(default_factory=dict)
    connects: dict[str, ConnectBudget] = field(default_factory=dict)
    """By venue, for whoever opens a connection to it: the venue counts them all."""

    async def close(self) -> None:
        for client in {id(client): client for client in (*self.quick.values(), *self.slow.values())}.values():
            await client.close()

    def rate(self, venue: str, clock: Clock) -> RateView:
        """The fullest budget of a venue."""
        now = clock.mono_ns()
        views = [RateView(b.used(now), b.rule.limit, b.banned_s(now)) for b in self.budgets.get(venue, [])]
        return max(views, key=lambda view: (view.banned_s, view.used / view.limit), default=RateView(0, 0, 0.0))


def build_net(  # noqa: PLR0913  # composed once, by name
    *,
    rows: Sequence[LinkRow],
    venues: Mapping[str, Venue],
    keys: KeyRing,
    refused: Callable[[str, str, str, str], None],
    addresses: Addresses,
    events: LinkEvents,
    clock: Clock,
    hops: Hops,
    random: Random,
    bans: BanBook,
) -> Net:
    """One link object per row; REST clients are shared per base address, budgets with them.

    refused(venue, account, code, message): a venue will not have an account's key.
    """
    net = Net()
    shared: dict[tuple[str, str], tuple[Http, Http]] = {}
    for row in rows:
        key = (row.venue, row.product)
        if key in net.quick:
            continue
        base = addresses.rest(row.venue, row.product)
        pair = shared.get((row.venue, base))
        if pair is None:
            pair = _clients(net, row, venues[row.venue], base, clock, hops, bans)
            dry = addresses.orders(row.venue)
            if dry is not None:
                quick, slow = _clients(net, row, venues[row.venue], dry.rest, clock, hops, None)
                pair = (DryRunHttp(pair[0], quick), DryRunHttp(pair[1], slow))
            shared[row.venue, base] = pair
        net.quick[key], net.slow[key] = pair
    net.connects.update({name: _connects(venue) for name, venue in venues.items()})
    for row in rows:
        if row.role == "rest":
            net.rests[row.id] = net.quick[row.venue, row.product]
        else:
            url = _url(net, row, row.role, venues[row.venue], addresses, keys, refused)
            plan = _plan(row, venues[row.venue], url)
            net.links[row.id] = WsLink(plan, events, net.connects[row.venue], clock, random)
    return net


def _clients(
    net: Net, row: LinkRow, venue: Venue, base: str, clock: Clock, hops: Hops, bans: BanBook | None
) -> tuple[Http, Http]:
    """`bans` keeps those of a venue over restarts; None where nobody pronounces any."""
    product = venue.spec.products[row.product]
    budget = RateBudget(
        WeightRule(product.weight_limit, product.weight_window_s, product.weight_header, venue.spec.ban_s)
    )
    net.budgets.setdefault(row.venue, []).append(budget)

    def cost(target: str) -> tuple[int, bool]:
        found = weight_of(product, target)
        return found.weight, found.urgent

    hop, host = hops.hop(f"rest_{row.venue}"), f"{row.venue}:{row.product}"

    def banned(seconds: float) -> None:
        if bans is not None:
            bans.note(host, clock.wall_ns() + round(seconds * SECOND_NS))

    if bans is not None:
        budget.stay_away(clock.mono_ns() + bans.until_ns(host) - clock.wall_ns())
    return (
        BudgetedHttp(PooledHttp(base), row.venue, budget, cost, clock, hop=hop, banned=banned),
        BudgetedHttp(SlowHttp(base), row.venue, budget, cost, clock, hop=hop, banned=banned),
    )


def _connects(venue: Venue) -> ConnectBudget:
    return ConnectBudget(venue.spec.connects_max, venue.spec.connects_window_s)


def _plan(row: LinkRow, venue: Venue, url: Callable[[], Awaitable[str]]) -> LinkPlan:
    spec = venue.spec
    return LinkPlan(
        link_id=row.id,
        exchange=row.venue,
        product=row.product,
        role=row.role,
        url=url,
        keepalive=spec.keepalive,
        keepalive_s=spec.keepalive_s,
        lifetime_s=spec.lifetime_s,
        refused_s=float(spec.ban_s),
    )


def _url(
    net: Net,
    row: LinkRow,
    role: Role,
    venue: Venue,
    addresses: Addresses,
    keys: KeyRing,
    refused: Callable[[str, str, str, str], None],
) -> Callable[[], Awaitable[str]]:
    """What is asked before each connection: a private one waits for a key that works."""
    address = addresses.ws(row.venue, row.product, role)
    rule = venue.listen_key
    if rule is None or role != "private" or row.product != rule.product:

        async def fixed() -> str:
            if role != "public":
                await keys.working(row.venue, row.account)
            return address

        return fixed

    upkeep = ListenKeyUpkeep(
        venue,
        rule,
        net.quick[row.venue, row.product],
        api_key=lambda: keys.key(row.venue, row.account),
        lost=lambda: net.links[row.id].restart("the listen key was lost"),
        refused=lambda code, message: refused(row.venue, row.account, code, message),
    )
    net.listen_keys.append(upkeep)

    async def with_key() -> str:
        await keys.working(row.venue, row.account)
        return address.replace("{listen_key}", await upkeep.fetch())

    return with_key
