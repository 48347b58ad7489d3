"""The configuration as one frozen value: what may stand in `tidegate.yaml`, and what each key means.

Knows no file and no environment; `model/config_text.py` turns text and variables into it.
"""

from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Final, Literal, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic.alias_generators import to_camel

Profile = Literal["sim", "paper", "live"]
VenueName = Literal["binance", "bybit", "okx", "bitget", "bridge"]
Product = Literal["spot", "linear"]
Direction = Literal["auto", "leg1_buy", "leg2_buy"]
Scope = Literal["total", "venue", "instrument", "account", "pair", "owner"]
JournalMode = Literal["group", "strict"]
LogLevel = Literal["debug", "info", "warning", "error"]

VENUES: Final[tuple[VenueName, ...]] = get_args(VenueName)
PRODUCTS: Final[tuple[Product, ...]] = ("spot", "linear")

Name = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+$")]
Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False, max_digits=30)]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is not an IANA time zone name such as UTC or Europe/Berlin")
    return name


ZoneName = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_known_zone)]
Url = Annotated[str, Field(pattern=r"^(http|https|ws|wss)://[^\s/]+(/[^\s]*)?$")]
Origin = Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$", max_length=255)]
Urls = Url | dict[Product, Url]
CcxtName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,31}$")]


class Section(BaseModel):
    """Unknown keys are refused, values are frozen; keys are written in camelCase as over HTTP."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=False)


class VenueConfig(Section):
    """One venue. `rest` and `ws` replace the venue's own addresses: one for all products, or one per product.

    public_only: no key is used, nothing is traded there.
    """

    enabled: bool = True
    products: tuple[Product, ...] = PRODUCTS
    rest: Urls | None = None
    ws: Urls | None = None
    simulated: bool | None = None
    public_only: bool = False
    accounts: tuple[Name, ...] = ("main",)

    @model_validator(mode="after")
    def _both_addresses(self) -> "VenueConfig":
        if (self.rest is None) != (self.ws is None):
            raise ValueError("set both rest and ws, or neither")
        if not self.products or not self.accounts:
            raise ValueError("products and accounts need at least one entry")
        return self


class BridgeConfig(VenueConfig):
    """The bridge of this machine, and the exchange behind it by ccxt's name; its address follows from both.

    Without an exchange it is a simulated one, of profile sim.
    """

    products: tuple[Literal["spot"], ...] = ("spot",)
    exchange: CcxtName | None = None
    port: Annotated[int, Field(ge=1, le=65_535)] = 7010

    @model_validator(mode="before")
    @classmethod
    def _addressed(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        if "rest" in given or "ws" in given:
            raise ValueError("the bridge is on this machine: set exchange and port instead of rest and ws")
        place = f"127.0.0.1:{given.get('port', 7010)}/{given.get('exchange')}"
        return given | {"rest": f"http://{place}", "ws": f"ws://{place}"} if given.get("exchange") else given


class LegConfig(Section):
    exchange: VenueName
    symbol: Annotated[str, Field(min_length=2, max_length=32, pattern=r"^[A-Z0-9-]+$")]
    type: Product = "spot"


class PairConfig(Section):
    """A pair that a fresh journal starts with.

    threshold: percent of net spread; qty: base units; total_amount: quote.
    """

    id: Name | None = None
    leg1: LegConfig
    leg2: LegConfig
    threshold: Annotated[Decimal, Field(allow_inf_nan=False, gt=-100, lt=100)]
    qty: Annotated[Amount, Field(gt=0)]
    total_amount: Amount
    direction: Direction = "auto"
    enabled: bool = True

    @model_validator(mode="after")
    def _two_legs(self) -> "PairConfig":
        if self.leg1 == self.leg2:
            raise ValueError("leg1 and leg2 are the same instrument")
        return self


class LimitConfig(Section):
    """One risk limit that a fresh journal starts with; `value` None leaves it unset."""

    name: Name
    scope: Scope = "total"
    id: str = ""
    value: Amount | None


class JournalConfig(Section):
    """When orders leave, by what they belong to: group once their record is written, strict once it is on disk."""

    arbitrage: JournalMode = "group"
    twap: JournalMode = "strict"
    order: JournalMode = "strict"


class PolicyConfig(Section):
    """How plans behave. bps are hundredths of a percent of the price.

    max_naked_ms, max_naked_notional: how long, and up to what worth in quote, a known difference of the legs waits
    for an order whose fate is open; then it is hedged around that order.
    """

    complete_within_bps: Annotated[int, Field(ge=0, le=1000)] = 10
    max_attempts: Annotated[int, Field(ge=1, le=10)] = 3
    plan_deadline_ms: Annotated[int, Field(ge=100, le=60_000)] = 5000
    slippage_bps: Annotated[int, Field(ge=0, le=1000)] = 5
    cooldown_ms: Annotated[int, Field(ge=0, le=3_600_000)] = 500
    max_naked_ms: Annotated[int, Field(ge=0, le=60_000)] = 1000
    max_naked_notional: Annotated[int, Field(ge=0)] = 10_000
    journal: JournalConfig = JournalConfig()


class LogConfig(Section):
    level: LogLevel = "info"


class SimConfig(Section):
    """The embedded venues: one seed, one market."""

    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1


Fee = Annotated[Decimal, Field(ge=-1, lt=1, allow_inf_nan=False, max_digits=12)]


class PaperVenueConfig(Section):
    """The dry run of one venue. Fees are fractions of what is traded, by product.

    latency_ms: from an order's sending to its meeting the book; without it the round trip that was measured.
    balances: by asset, instead of `paper.balances`.
    """

    latency_ms: Annotated[int, Field(ge=0, le=10_000)] | None = None
    fee_maker: dict[Product, Fee] = {}
    fee_taker: dict[Product, Fee] = {}
    balances: dict[Name, Amount] | None = None


class PaperConfig(Section):
    """Profile paper: what each venue's accounts begin with, and how orders are treated there."""

    balances: dict[Name, Amount] = {"USDT": Decimal(100_000), "BTC": Decimal(1), "ETH": Decimal(20)}
    leverage: Annotated[int, Field(ge=1, le=125)] = 1
    venues: dict[VenueName, PaperVenueConfig] = {}


class LiveConfig(Section):
    """Profile live. `confirm`: real orders are meant, also where nobody can be asked."""

    confirm: bool = False


class VenuesConfig(Section):
    binance: VenueConfig = VenueConfig()
    bybit: VenueConfig = VenueConfig()
    okx: VenueConfig = VenueConfig(enabled=False)
    bitget: VenueConfig = VenueConfig(enabled=False)
    bridge: BridgeConfig = BridgeConfig(enabled=False)

    def items(self) -> tuple[tuple[VenueName, VenueConfig], ...]:
        """The enabled venues by name, in the fixed order of `VENUES`."""
        rows: tuple[tuple[VenueName, VenueConfig], ...] = tuple((name, getattr(self, name)) for name in VENUES)
        return tuple(row for row in rows if row[1].enabled)

    def runs(self, name: str) -> bool:
        """Whether a venue of this name is enabled."""
        return name in VENUES and bool(getattr(self, name).enabled)


class TlsConfig(Section):
    """PEM files of the certificate (with its chain) and of its key."""

    cert_file: Path
    key_file: Path


class ProxyConfig(Section):
    """Says that a proxy in front ends TLS. `trusted`: where it is; what it says of a client's address counts."""

    trusted: Annotated[tuple[IPv4Network | IPv6Network, ...], Field(min_length=1, max_length=64)]


class ApiConfig(Section):
    """origins: pages of other servers that may ask, such as https://desk.example. Rates are per user and second."""

    origins: Annotated[tuple[Origin, ...], Field(max_length=32)] = ()
    reads_per_second: Annotated[int, Field(ge=1, le=100_000)] = 2000
    changes_per_second: Annotated[int, Field(ge=1, le=100_000)] = 200
    sockets_per_user: Annotated[int, Field(ge=1, le=2000)] = 20


class Config(Section):
    """Everything that a process may be told. `home` is the data directory."""

    profile: Profile = "sim"
    host: Annotated[str, Field(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 7000
    home: Path = Path("~/.tidegate")
    instance: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")] | None = None
    master_key_file: Path = Path("~/.config/tidegate/master.key")
    tls: TlsConfig | None = None
    proxy: ProxyConfig | None = None
    api: ApiConfig = ApiConfig()
    database_url: str | None = None
    bus_url: str | None = None
    admin_password: SecretStr | None = None
    venues: VenuesConfig = VenuesConfig()
    pairs: tuple[PairConfig, ...] | None = None
    limits: tuple[LimitConfig, ...] | None = None
    policy: PolicyConfig = PolicyConfig()
    day_zone: ZoneName = "UTC"
    """Whose midnight ends the trading day, by its IANA name; the daily loss counts from there."""
    log: LogConfig = LogConfig()
    sim: SimConfig = SimConfig()
    paper: PaperConfig = PaperConfig()
    live: LiveConfig = LiveConfig()

    @model_validator(mode="after")
    def _unique_pairs(self) -> "Config":
        ids = [pair.id for pair in self.pairs or () if pair.id is not None]
        if len(ids) != len(set(ids)):
            raise ValueError("two pairs have the same id")
        for leg in (leg for pair in self.pairs or () for leg in (pair.leg1, pair.leg2)):
            venue: VenueConfig = getattr(self.venues, leg.exchange)
            if not venue.enabled or leg.type not in venue.products:
                # Its book would never be there, and the service never ready.
                raise ValueError(f"a pair trades {leg.symbol} at {leg.exchange} {leg.type}, not enabled in venues")
        return self

    @model_validator(mode="after")
    def _one_reality(self) -> "Config":
        if self.profile != "sim" and self.venues.bridge.enabled and self.venues.bridge.exchange is None:
            raise ValueError("venues.bridge.exchange is missing: which exchange the bridge leads to, as ccxt calls it")
        for name, venue in self.venues.items():
            if self.profile == "sim" and venue.simulated is False:
                raise ValueError(f"venues.{name}.simulated is false in profile sim; real and simulated never mix")
            if self.profile != "sim" and venue.simulated:
                raise ValueError(f"venues.{name}.simulated is true in profile {self.profile}; use profile sim")
        return self

    @property
    def trusted_proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Networks whose word about a client's address counts."""
        return self.proxy.trusted if self.proxy is not None else ()

    @property
    def simulated(self) -> bool:
        """Whether every venue is a simulation."""
        return self.profile == "sim"


def base_url(urls: Urls, product: Product) -> str | None:
    """The address of one product, without a slash at its end; None when a mapping leaves the product out."""
    url = urls if isinstance(urls, str) else urls.get(product)
    return url.rstrip("/") if url is not None else None
