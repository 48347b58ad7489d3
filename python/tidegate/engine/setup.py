"""Config -> the JSON that the core is built from, and the table of links that both sides number alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import orjson

from tidegate.engine.zone import zone_steps
from tidegate.model.config import Config, Product, VenueConfig, VenueName, base_url
from tidegate.model.errors import Json
from tidegate.model.keys import Credentials
from tidegate.venues.spec import Venue

Role = Literal["public", "private", "trade", "rest"]
_ROLES: Final[tuple[Role, ...]] = ("public", "private", "trade", "rest")
SIM_KEY: Final = "simkey"
SIM_SECRET: Final = "simsecret"  # noqa: S105  # the simulator's public default
SIM_PASSPHRASE: Final = "simpass"  # noqa: S105  # likewise
_MODES: Final = {"sim": "SIM", "paper": "PAPER", "live": "LIVE"}


@dataclass(frozen=True, slots=True)
class Account:
    """Credentials of one account; simulated venues have well-known ones."""

    venue: VenueName
    name: str
    key: str
    secret: str
    passphrase: str
    simulated: bool

    def __repr__(self) -> str:
        return f"Account({self.venue}:{self.name})"


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link: socket or REST endpoint of a venue, product, role and account (LAW D6)."""

    id: int
    venue: VenueName
    product: Product
    role: Role
    account: str


def accounts_of(config: Config, kept: Sequence[Credentials] = ()) -> tuple[Account, ...]:
    """The accounts of the enabled venues, with the keys that are kept for them or the simulator's well-known ones.

    A dry run has no use for a real key: nothing that it signs goes to a venue.
    """
    known = {} if config.profile == "paper" else {(key.venue, key.account): key for key in kept}
    return tuple(
        _account_of(config, venue, name, None if section.public_only else known.get((venue, name)))
        for venue, section in config.venues.items()
        for name in section.accounts
    )


def _account_of(config: Config, venue: VenueName, name: str, kept: Credentials | None) -> Account:
    """Without a kept key: the simulator's well-known one, or at a real venue none at all."""
    simulated = config.simulated
    bare = dict(config.venues.items())[venue].public_only
    if bare or (kept is None and config.profile == "live"):
        return Account(venue=venue, name=name, key="", secret="", passphrase="", simulated=simulated)
    if kept is None:
        key = SIM_KEY if simulated else dry_key(name)
        return Account(
            venue=venue, name=name, key=key, secret=SIM_SECRET, passphrase=SIM_PASSPHRASE, simulated=simulated
        )
    return Account(
        venue=venue,
        name=name,
        key=kept.key.get_secret_value(),
        secret=kept.secret.get_secret_value(),
        passphrase=kept.passphrase.get_secret_value(),
        simulated=simulated,
    )


def dry_key(account: str) -> str:
    """What an account of a dry run is known by at its executor."""
    return f"{SIM_KEY}-{account}"


def keys_in_use(
    config: Config, accounts: Sequence[Account], venues: Mapping[str, Venue]
) -> Iterator[tuple[str, str, str]]:
    """(venue, address, key), each once, of accounts that another process could use too.

    Venues within this process are its own.
    """
    if config.profile == "paper":
        return
    sections = dict(config.venues.items())
    found: dict[tuple[str, str, str], None] = {}
    for account in accounts:
        section = sections[account.venue]
        if not account.key or (section.rest is None and account.simulated):
            continue
        for product in section.products:
            given = base_url(section.rest, product) if section.rest is not None else None
            address = given or venues[account.venue].spec.products[product].rest
            found[account.venue, address, account.key] = None
    yield from found


def links_of(config: Config, venues: Mapping[str, Venue]) -> tuple[LinkRow, ...]:
    """Every link, numbered from 0 in a fixed order."""
    rows: list[LinkRow] = []
    for venue, section in config.venues.items():
        shared = venues[venue].spec.shared_account_links
        for name in section.accounts:
            for product, role in _wanted(section, name, shared):
                rows.append(LinkRow(len(rows), venue, product, role, name))
    return tuple(rows)


def _wanted(section: VenueConfig, account: str, shared: bool) -> list[tuple[Product, Role]]:
    """One set per product; market data once per venue; account links once where they serve all products."""
    found: list[tuple[Product, Role]] = []
    for index, product in enumerate(section.products):
        for role in _ROLES:
            if role == "public" and account != section.accounts[0]:
                continue
            if shared and index > 0 and role in ("private", "trade"):
                continue
            found.append((product, role))
    return found


def core_config(  # composed once, by name
    config: Config,
    instance: str,
    accounts: Sequence[Account],
    links: Sequence[LinkRow],
    venues: Mapping[str, Venue],
    *,
    boot_id: str,
) -> bytes:
    """The JSON for `_core.Engine`. boot_id: the kernel's name for the machine's start, empty when it gives none."""
    document: dict[str, Json] = {
        "mode": _MODES[config.profile],
        "bootId": boot_id,
        "instance": instance,
        "accounts": [_account(account, config) for account in accounts],
        "venues": [
            _venue(venue, product, venues[venue], config.simulated)
            for venue, section in config.venues.items()
            for product in section.products
        ],
        "links": [
            {"id": row.id, "venue": row.venue, "type": row.product, "role": row.role, "account": row.account}
            for row in links
        ],
        "policy": config.policy.model_dump(mode="json", by_alias=True),
        "dayZone": {"name": config.day_zone, "steps": [list(step) for step in zone_steps(config.day_zone)]},
        "pairs": [pair.model_dump(mode="json", by_alias=True) for pair in config.pairs or ()],
        "limits": [limit.model_dump(mode="json", by_alias=True) for limit in config.limits or ()],
    }
    return orjson.dumps(document)


def _account(account: Account, config: Config) -> Json:
    leverage: dict[str, Json] = {"leverage": config.paper.leverage} if config.profile == "paper" else {}
    return {
        **leverage,
        "venue": account.venue,
        "name": account.name,
        "key": account.key,
        "secret": account.secret,
        "passphrase": account.passphrase,
        "simulated": account.simulated,
        "publicOnly": not account.key,
    }


def _venue(name: str, product: Product, venue: Venue, simulated: bool) -> Json:
    timing = venue.spec.simulated_timing if simulated else venue.spec.timing
    return {
        "venue": name,
        "type": product,
        "recvWindowMs": timing.recv_window_ms,
        "capMs": timing.cap_ms,
        "readLagMs": timing.read_lag_ms,
        "clockErrorMs": timing.clock_error_ms,
        "staleMs": timing.stale_ms,
        "replyMs": timing.reply_ms,
    }
