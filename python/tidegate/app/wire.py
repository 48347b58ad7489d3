"""The only room that names concrete classes: builds every part of one process and hands each what it needs."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import tidegate
from tidegate._core import CoreError, Engine
from tidegate.api.rates import Rates
from tidegate.api.services import Services
from tidegate.app.keys import KeysInUse
from tidegate.app.net import Addresses, Bases, Net, build_net
from tidegate.app.paper import Paper
from tidegate.app.settings import LiveSettings
from tidegate.bus.memory import MemoryBus
from tidegate.engine.alerts import AlertKeeper
from tidegate.engine.clock import SystemClock
from tidegate.engine.history import Sampler
from tidegate.engine.key_probe import DryRunKeyProbe, VenueKeyProbe
from tidegate.engine.key_ring import KeyRing
from tidegate.engine.live_check import Inspector, doubts, refuse
from tidegate.engine.market import VenueMarket
from tidegate.engine.order_links import OrderLinks
from tidegate.engine.probe import Probe
from tidegate.engine.projector import Projector
from tidegate.engine.recovery import Recovered, open_for_writing, replay, snapshot_of
from tidegate.engine.runtime import Runtime
from tidegate.engine.service import LocalEngine, translate
from tidegate.engine.setup import Account, LinkRow, core_config, links_of
from tidegate.engine.snapshots import EVERY, SnapshotKeeper
from tidegate.engine.upkeep import InstrumentCache, Upkeep
from tidegate.model.config import Config
from tidegate.model.errors import Json
from tidegate.obs import log
from tidegate.obs.latency import Hops
from tidegate.obs.metrics import Metrics
from tidegate.ports.link import Link
from tidegate.ports.settings import Source
from tidegate.store.bans import BanBook
from tidegate.store.control.accounts import SqlAccounts
from tidegate.store.control.audit import SqlAudit
from tidegate.store.control.keys import SqlKeys
from tidegate.store.database import Database, sqlite_url
from tidegate.store.journal import FileJournal
from tidegate.store.lock import KeyLocks
from tidegate.store.snapshots import FileSnapshots
from tidegate.store.state import DataDirectory, boot_id
from tidegate.store.trading.history import SqlTradingHistory
from tidegate.store.trading.writer import TradingWriter
from tidegate.users.api_keys import LentKeys
from tidegate.users.passwords import Passwords
from tidegate.users.people import People
from tidegate.users.roles import PERMISSIONS
from tidegate.users.second_factor import SecondFactor
from tidegate.users.service import LocalAuth
from tidegate.users.tokens import Signer, load_key
from tidegate.users.trail import Trail
from tidegate.users.vault import Vault
from tidegate.users.venue_keys import SealedKeys
from tidegate.venues.table import VENUES


@dataclass(frozen=True, slots=True)
class Tables:
    """The database side of one process."""

    database: Database
    writer: TradingWriter
    history: SqlTradingHistory
    accounts: SqlAccounts
    keys: SqlKeys
    audit: SqlAudit


@dataclass(frozen=True, slots=True)
class Logins:
    """The people side of one process."""

    passwords: Passwords
    auth: LocalAuth
    people: People
    lent: LentKeys
    vault: Vault
    trail: Trail


@dataclass(frozen=True, slots=True)
class Node:
    """The trading side of one process. `recovered` is what the journal held."""

    core: Engine
    journal: FileJournal
    runtime: Runtime
    bus: MemoryBus
    clock: SystemClock
    hops: Hops
    metrics: Metrics
    links: tuple[LinkRow, ...]
    accounts: tuple[Account, ...]
    keys: KeyRing
    recovered: Recovered
    keeper: SnapshotKeeper


@dataclass(frozen=True, slots=True)
class Outside:
    """The venue side of one process."""

    net: Net
    upkeeps: tuple[Upkeep, ...]
    market: VenueMarket
    paper: Paper | None = None
    tapes: Sequence[Link] = ()


def build_tables(config: Config) -> Tables:
    """Connects to nothing yet. Raises StoreError for a bad URL."""
    database = Database(config.database_url or sqlite_url(DataDirectory(config.home).database))
    return Tables(
        database=database,
        writer=TradingWriter(database, config.day_zone),
        history=SqlTradingHistory(database),
        accounts=SqlAccounts(database),
        keys=SqlKeys(database),
        audit=SqlAudit(database),
    )


def build_core(config: Config, accounts: Sequence[Account]) -> Engine:
    """The core with nothing in it. Raises TidegateError and JournalError."""
    try:
        return Engine(_core_config(config, accounts))
    except CoreError as failure:
        raise translate(failure) from None


def _core_config(config: Config, accounts: Sequence[Account]) -> bytes:
    instance = config.instance or DataDirectory(config.home).instance()
    return core_config(config, instance, accounts, links_of(config, VENUES), VENUES, boot_id=boot_id())


def build_node(
    config: Config,
    clock: SystemClock,
    hops: Hops,
    on_fatal: Callable[[BaseException], None],
    *,
    shown: int,
    accounts: tuple[Account, ...],
) -> Node:
    """Builds the core and brings it to the journal's state. Raises TidegateError and JournalError.

    `shown`: the record up to which the tables show everything.
    """
    directory = DataDirectory(config.home).journal
    core, journal, snapshots = build_core(config, accounts), FileJournal(directory), FileSnapshots(directory)
    found = replay(core, journal, shown, snapshots)
    if core.seq < shown:
        # The tables are another journal's, or of a later copy of this one: every row is made anew.
        core = build_core(config, accounts)
        found = replay(core, journal)
    bus = MemoryBus(first_seq=clock.wall_ns() // 1_000_000)
    runtime = Runtime(core, journal, bus, clock, hops, on_fatal)
    made = snapshot_of(core, found) if core.seq - found.since >= EVERY else None
    open_for_writing(journal, found)
    links = links_of(config, VENUES)
    core_bytes = _core_config(config, accounts)
    keeper = SnapshotKeeper(core_bytes, journal, snapshots, runtime.durable, made=made, since=found.since)
    keys = KeyRing(accounts, core.is_public_only)
    return Node(core, journal, runtime, bus, clock, hops, Metrics(hops), links, accounts, keys, found, keeper)


def build_outside(config: Config, node: Node, embedded: Mapping[str, Bases], paper: Paper | None = None) -> Outside:
    """Links, REST clients and upkeep of every enabled venue; the runtime learns of them here.

    paper: the executors of a dry run, where this is one.
    """
    addresses = Addresses(config, VENUES, embedded, None if paper is None else paper.bases)
    jitter = Random()  # noqa: S311  # of reconnects
    net = build_net(
        rows=node.links,
        venues=VENUES,
        keys=node.keys,
        refused=node.runtime.refuse_key,
        addresses=addresses,
        events=node.runtime if paper is None else paper.tap(node.runtime, node.links),
        clock=node.clock,
        hops=node.hops,
        random=jitter,
        bans=BanBook(config.home / "bans.json"),
    )
    node.runtime.links.update(net.links)
    node.runtime.rests.update(net.rests)
    cache = InstrumentCache(config.home / "instruments")
    set_offset = node.runtime.on_clock if paper is None else paper.on_clock(node.runtime.on_clock)
    upkeeps = tuple(
        Upkeep(
            venue=VENUES[venue],
            product=product,
            http=net.slow[venue, product],
            timing_http=net.quick[venue, product],
            clock=node.clock,
            cache=cache,
            set_instruments=node.runtime.set_instruments,
            set_offset=set_offset,
        )
        for venue, section in config.venues.items()
        for product in section.products
    )
    market = VenueMarket(VENUES, net.slow, node.clock, simulated=config.simulated)
    tapes = (
        ()
        if paper is None
        else paper.build_tapes(config, VENUES, addresses=addresses, net=net, clock=node.clock, random=jitter)
    )
    return Outside(net, upkeeps, market, paper, tapes)


async def be_sure(config: Config, node: Node, outside: Outside) -> None:
    """Before profile live may start: raises TidegateError that names everything there is to doubt."""
    slow, clock = outside.net.slow, node.clock
    unset = json.loads(node.runtime.view("unset_limits", {}))
    inspector = Inspector(config, VENUES, slow, clock)
    refuse(doubts(await inspector.facts(node.accounts, outside.upkeeps, VenueKeyProbe(VENUES, slow, clock), unset)))


def build_projector(node: Node, tables: Tables) -> tuple[Projector, Sampler, AlertKeeper]:
    """What fills the tables."""
    sampler = Sampler(lambda name: node.runtime.view(name, {}), tables.writer, node.clock)
    return Projector(node.core, tables.writer), sampler, AlertKeeper(node.bus, tables.writer)


def build_services(
    config: Config,
    source: Source | None,
    parts: tuple[Node, Outside, Tables],
    *,
    projector: Projector,
    logins: Logins,
    locks: KeyLocks,
) -> tuple[Services, Probe, LiveSettings]:
    """What the HTTP face works with. `locks`: the keys that this process holds."""
    node, outside, tables = parts

    order_links = OrderLinks(node.runtime.view)

    def components() -> Mapping[str, Json]:
        tables_state = "healthy" if projector.healthy else "degraded"
        return {"projector": {"status": tables_state}, "orderLinks": order_links.component()}

    probe = Probe(
        version=tidegate.__version__,
        mode=config.profile.upper(),
        hops=node.hops,
        runtime=node.runtime,
        upkeeps=outside.upkeeps,
        rates=lambda name: outside.net.rate(name, node.clock),
        depths=lambda: {"projectionLag": projector.lag},
        components=components,
    )
    _watch(node, outside, projector)
    rates = Rates(config.api.reads_per_second, config.api.changes_per_second)
    settings = LiveSettings(
        config,
        source,
        (
            lambda new: log.set_level(new.log.level),
            lambda new: rates.limit(new.api.reads_per_second, new.api.changes_per_second),
        ),
    )
    services = Services(
        engine=LocalEngine(node.core, node.runtime, node.bus),
        history=tables.history,
        freshness=projector,
        market=outside.market,
        probe=probe,
        auth=logins.auth,
        people=logins.people,
        venue_keys=SealedKeys(
            tables.keys,
            logins.vault,
            node.clock,
            VenueKeyProbe(VENUES, outside.net.slow, node.clock) if outside.paper is None else DryRunKeyProbe(),
            KeysInUse(config, node.runtime, node.keys, locks),
            simulated=config.simulated,
        ),
        api_keys=logins.lent,
        trail=logins.trail,
        roles=PERMISSIONS,
        rates=rates,
        bus=node.bus,
        clock=node.clock,
        settings=settings,
        metrics=node.metrics.page,
    )
    return services, probe, settings


def build_logins(config: Config, tables: Tables, clock: SystemClock) -> Logins:
    """Users over the control tables; the signing key lies beside the master key."""
    passwords = Passwords()
    secret = load_key(config.master_key_file.parent)
    vault = Vault(config.master_key_file)
    second = SecondFactor(tables.accounts, vault, clock)
    lent = LentKeys(tables.keys, tables.accounts, secret, clock)
    return Logins(
        passwords=passwords,
        auth=LocalAuth(tables.accounts, passwords, Signer(secret), clock, second=second, lent=lent),
        people=People(tables.accounts, passwords, clock, second),
        lent=lent,
        vault=vault,
        trail=Trail(tables.audit),
    )


def _watch(node: Node, outside: Outside, projector: Projector) -> None:
    """Gauges that are read when they are scraped."""
    metrics = node.metrics
    for row in node.links:
        link = outside.net.links.get(row.id)
        if link is not None:
            labels = {"exchange": row.venue, "type": row.product, "role": row.role, "account": row.account}
            metrics.watch("link_up", "1 while a link is usable", _up_reader(link), labels)
    for venue in dict.fromkeys(row.venue for row in node.links):
        used = _rate_reader(node, outside, venue)
        metrics.watch("rate_used", "Request weight used in the venue's window", used, {"exchange": venue})
    for name, read in _plain(node, projector):
        metrics.watch(name, name.replace("_", " "), read)


def _up_reader(link: Link) -> Callable[[], float]:
    return lambda: float(link.up)


def _rate_reader(node: Node, outside: Outside, name: str) -> Callable[[], float]:
    return lambda: float(outside.net.rate(name, node.clock).used)


def _plain(node: Node, projector: Projector) -> Iterator[tuple[str, Callable[[], float]]]:
    yield "frames_received", lambda: float(node.runtime.frames)
    yield "journal_seq", lambda: float(node.core.seq)
    yield "journal_durable_seq", lambda: float(node.journal.durable_seq)
    yield "projection_lag_records", lambda: float(projector.lag)
    yield "journal_failed", lambda: float(bool(node.runtime.journal_fault))
