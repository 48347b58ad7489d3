"""What profile live must be sure of before any order may leave: facts in, doubts out. One row per check."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from tidegate.engine.setup import Account
from tidegate.engine.upkeep import Upkeep
from tidegate.model.config import Config, Product, VenueConfig, base_url
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import Credentials, KeyRights
from tidegate.ports.clock import Clock
from tidegate.ports.http import Http, HttpError
from tidegate.ports.keys import KeyProbe
from tidegate.venues.spec import Venue, VenueReplyError

CLOCK_ERROR_MAX_NS: Final = 500_000_000
ASK_DEADLINE_S: Final = 5.0
_ENCRYPTED: Final = frozenset({"https", "wss"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why live trading must not begin. `code` decides the exit code."""

    code: Code
    text: str


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """One account that shall trade. `one_way` None: it could not be found out, or there are no positions."""

    name: str
    has_key: bool
    rights: KeyRights | None = None
    rights_problem: str = ""
    wants_one_way: bool = False
    one_way: bool | None = None
    one_way_problem: str = ""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """One venue product. `error_ns`: of the venue's clock, None while it is not known."""

    name: str
    has_instruments: bool
    error_ns: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """`replaced`: addresses of the configuration that stand for a venue's own, by key. `unset`: limits by name."""

    confirmed: bool
    replaced: Mapping[str, str]
    accounts: Sequence[AccountFacts]
    products: Sequence[ProductFacts]
    unset: Sequence[str]


def doubts(facts: Facts) -> tuple[Doubt, ...]:
    """All of them, in the order of the table; none lets the start go on."""
    return tuple(doubt for check in CHECKS for doubt in check(facts))


def refuse(found: Sequence[Doubt]) -> None:
    """Raises TidegateError that names every doubt; the first in the table's order gives the code."""
    if found:
        lines = "".join(f"\n  - {doubt.text}" for doubt in found)
        raise TidegateError(found[0].code, f"profile live refuses to start:{lines}")


def _confirmed(facts: Facts) -> Iterator[Doubt]:
    if not facts.confirmed:
        yield Doubt(
            Code.CONFIG_ERROR, "real orders are not confirmed: type LIVE when asked at a terminal, or set live.confirm"
        )


def _addresses(facts: Facts) -> Iterator[Doubt]:
    for key, address in facts.replaced.items():
        url = urlsplit(address)
        if url.scheme not in _ENCRYPTED:
            yield Doubt(
                Code.CONFIG_ERROR, f"{key} is {address}, which is no encrypted address of a real venue: take it out"
            )


def _keys(facts: Facts) -> Iterator[Doubt]:
    for account in facts.accounts:
        if not account.has_key:
            venue = account.name.partition(":")[0]
            yield Doubt(
                Code.CONFIG_ERROR,
                f"{account.name} has no key: set venues.{venue}.publicOnly: true, start, enter it with "
                f"`tidegate keys set {venue}`, take the line out again",
            )


def _rights(facts: Facts) -> Iterator[Doubt]:
    for account in facts.accounts:
        if not account.has_key:
            continue
        if account.rights is None:
            yield Doubt(Code.EXCHANGE_UNAVAILABLE, f"{account.name}: what its key may do is not known: "
                        f"{account.rights_problem}")  # fmt: skip
        elif account.rights.withdraw:
            yield Doubt(Code.UPSTREAM_ERROR, f"{account.name}: its key may withdraw: take that right from it")
        elif not (account.rights.read and account.rights.trade):
            yield Doubt(Code.UPSTREAM_ERROR, f"{account.name}: its key may not read and trade: give it both rights")


def _clocks(facts: Facts) -> Iterator[Doubt]:
    for product in facts.products:
        if product.error_ns is None:
            yield Doubt(Code.EXCHANGE_UNAVAILABLE, f"{product.name}: the venue's clock is not known")
        elif product.error_ns >= CLOCK_ERROR_MAX_NS:
            yield Doubt(
                Code.EXCHANGE_UNAVAILABLE,
                f"{product.name}: the venue's clock is known to {product.error_ns // 1_000_000} ms only, not to "
                f"{CLOCK_ERROR_MAX_NS // 1_000_000}",
            )


def _instruments(facts: Facts) -> Iterator[Doubt]:
    for product in facts.products:
        if not product.has_instruments:
            yield Doubt(Code.EXCHANGE_UNAVAILABLE, f"{product.name}: its instruments are not known")


def _modes(facts: Facts) -> Iterator[Doubt]:
    for account in facts.accounts:
        if not (account.has_key and account.wants_one_way):
            continue
        if account.one_way is None:
            yield Doubt(Code.EXCHANGE_UNAVAILABLE, f"{account.name}: its position mode is not known: "
                        f"{account.one_way_problem}")  # fmt: skip
        elif not account.one_way:
            yield Doubt(Code.UPSTREAM_ERROR, f"{account.name}: its positions are in hedge mode: set one-way mode")


def _limits(facts: Facts) -> Iterator[Doubt]:
    if facts.unset:
        yield Doubt(
            Code.RISK_REJECTED, f"limits are unset: {', '.join(facts.unset)}; set them under `limits` or over the API"
        )


CHECKS: Final[tuple[Callable[[Facts], Iterator[Doubt]], ...]] = (
    _confirmed,
    _addresses,
    _keys,
    _rights,
    _clocks,
    _instruments,
    _modes,
    _limits,
)


class Inspector:
    """Gathers the facts: asks the venues what only they know."""

    def __init__(
        self, config: Config, venues: Mapping[str, Venue], rests: Mapping[tuple[str, str], Http], clock: Clock
    ) -> None:
        self._config = config
        self._venues = venues
        self._rests = rests
        self._clock = clock

    async def facts(
        self, accounts: Sequence[Account], upkeeps: Sequence[Upkeep], probe: KeyProbe, unset: Sequence[str]
    ) -> Facts:
        """Asks for all accounts at once."""
        sections: dict[str, VenueConfig] = dict(self._config.venues.items())
        trading = [account for account in accounts if not sections[account.venue].public_only]
        return Facts(
            confirmed=self._config.live.confirm,
            replaced=dict(self._replaced()),
            accounts=await asyncio.gather(*(self._account(account, probe) for account in trading)),
            products=[
                ProductFacts(
                    f"{upkeep.name} {upkeep.product}",
                    upkeep.has_instruments,
                    None if upkeep.rtt_ns is None else upkeep.rtt_ns // 2,
                )
                for upkeep in upkeeps
                if not sections[upkeep.name].public_only
            ],
            unset=unset,
        )

    def _replaced(self) -> Iterator[tuple[str, str]]:
        for venue, section in self._config.venues.items():
            if self._venues[venue].spec.bridged:
                continue  # its address never leaves this machine
            for key, urls in (("rest", section.rest), ("ws", section.ws)):
                for product in section.products:
                    address = base_url(urls, product) if urls is not None else None
                    if address is not None:
                        yield f"venues.{venue}.{key}", address

    async def _account(self, account: Account, probe: KeyProbe) -> AccountFacts:
        name = f"{account.venue}:{account.name}"
        linear = "linear" in dict(self._config.venues.items())[account.venue].products
        if not account.key:
            return AccountFacts(name, has_key=False)
        rights, rights_problem = await _rights_of(account, probe)
        one_way, one_way_problem = await self._one_way(account, rights) if linear else (None, "")
        return AccountFacts(
            name,
            has_key=True,
            rights=rights,
            rights_problem=rights_problem,
            wants_one_way=linear,
            one_way=one_way,
            one_way_problem=one_way_problem,
        )

    async def _one_way(self, account: Account, rights: KeyRights | None) -> tuple[bool | None, str]:
        """From the answer about the key where that tells, else by a question of its own."""
        if rights is not None and rights.one_way is not None:
            return rights.one_way, ""
        check = self._venues[account.venue].one_way_check
        if check is None:
            return None, "this program can not ask for it"
        product: Product = "linear"
        request = check.build(account.key, account.secret, account.passphrase, self._clock.wall_ns() // 1_000_000)
        try:
            rest = self._rests[account.venue, product]
            reply = await rest.request(
                request.method, request.target, headers=request.headers, deadline_s=ASK_DEADLINE_S
            )
            return check.parse(reply.status, reply.body), ""
        except (HttpError, VenueReplyError) as failure:
            return None, str(failure)


async def _rights_of(account: Account, probe: KeyProbe) -> tuple[KeyRights | None, str]:
    given = Credentials(
        venue=account.venue,
        account=account.name,
        key=SecretStr(account.key),
        secret=SecretStr(account.secret),
        passphrase=SecretStr(account.passphrase),
    )
    try:
        return await probe.rights(given), ""
    except TidegateError as failure:
        return None, failure.message
