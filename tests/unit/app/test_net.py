"""Addresses and sockets of one process."""

from random import Random

import pytest

from tidegate.app.net import Addresses, Bases, build_net
from tidegate.engine.clock import SystemClock
from tidegate.engine.key_ring import KeyRing
from tidegate.engine.setup import accounts_of, links_of
from tidegate.model.config_text import parse_config
from tidegate.obs.latency import Hops
from tidegate.ports.http import HttpError
from tidegate.store.bans import BanBook
from tidegate.transport.dry_run import DryRunHttp
from tidegate.venues.table import VENUES


def refused(*_words):
    """No venue refuses a key here."""


def keys_of(config):
    return KeyRing(accounts_of(config), lambda venue, account: False)


GIVEN = """
venues:
  binance: {rest: {spot: "http://a:1/", linear: "http://b:2"}, ws: {spot: "ws://a:1", linear: "ws://b:2"}}
  bybit: {rest: "http://c:3", ws: "ws://c:3"}
"""
EMBEDDED = {"binance": Bases("http://e:9", "ws://e:9")}


@pytest.mark.parametrize(
    ("text", "embedded", "venue", "product", "rest", "public", "private"),
    [
        pytest.param(
            "", {}, "binance", "linear", "https://fapi.binance.com", "wss://fstream.binance.com/public/ws",
            "wss://fstream.binance.com/private/ws?listenKey={listen_key}", id="the real venue",
        ),
        pytest.param(
            "", {}, "binance", "spot", "https://api.binance.com", "wss://stream.binance.com:9443/ws",
            "wss://ws-api.binance.com:443/ws-api/v3", id="a host per role",
        ),
        pytest.param(
            "", EMBEDDED, "binance", "spot", "http://e:9", "ws://e:9/ws", "ws://e:9/ws-api/v3", id="embedded",
        ),
        pytest.param(
            GIVEN, EMBEDDED, "binance", "spot", "http://a:1", "ws://a:1/ws", "ws://a:1/ws-api/v3",
            id="the file wins, by product",
        ),
        pytest.param(
            GIVEN, {}, "bybit", "linear", "http://c:3", "ws://c:3/v5/public/linear", "ws://c:3/v5/private",
            id="one address for all products",
        ),
    ],
)  # fmt: skip
def test_an_address_comes_from_the_file_the_embedded_venue_or_the_table(
    text, embedded, venue, product, rest, public, private
):
    addresses = Addresses(parse_config(text, {}), VENUES, embedded)
    assert addresses.rest(venue, product) == rest
    assert addresses.ws(venue, product, "public") == public
    assert addresses.ws(venue, product, "private") == private


async def test_every_link_has_an_object_and_products_on_one_host_share_client_and_budget(tmp_path):
    config = parse_config("", {})
    rows = links_of(config, VENUES)
    net = build_net(
        rows=rows, venues=VENUES, keys=keys_of(config), refused=refused, addresses=Addresses(config, VENUES, {}),
        events=None, clock=SystemClock(), hops=Hops(), random=Random(1), bans=BanBook(tmp_path / "bans.json"),
    )  # fmt: skip
    assert set(net.links) | set(net.rests) == {row.id for row in rows}
    assert net.quick["bybit", "spot"] is net.quick["bybit", "linear"]
    assert net.quick["binance", "spot"] is not net.quick["binance", "linear"]
    assert {name: len(budgets) for name, budgets in net.budgets.items()} == {"binance": 2, "bybit": 1}
    assert len(net.listen_keys) == 1
    await net.close()


@pytest.mark.parametrize("text", ["", GIVEN], ids=["real venues", "venues of the file"])
async def test_in_a_dry_run_no_order_path_leaves_this_machine(text, tmp_path):
    config = parse_config(f"{text}\nprofile: paper", {})
    dry = {name: Bases("http://127.0.0.1:1", "ws://127.0.0.1:1") for name, _ in config.venues.items()}
    addresses = Addresses(config, VENUES, {}, dry)
    rows = links_of(config, VENUES)
    for row in rows:
        if row.role in ("private", "trade"):
            assert addresses.ws(row.venue, row.product, row.role).startswith("ws://127.0.0.1:1/")
        elif row.role == "public":
            assert not addresses.ws(row.venue, row.product, "public").startswith("ws://127.0.0.1:1/")
    net = build_net(
        rows=rows, venues=VENUES, keys=keys_of(config), refused=refused, addresses=addresses,
        events=None, clock=SystemClock(), hops=Hops(), random=Random(1), bans=BanBook(tmp_path / "bans.json"),
    )  # fmt: skip
    assert all(isinstance(rest, DryRunHttp) for rest in (*net.rests.values(), *net.slow.values(), *net.quick.values()))
    await net.close()


async def test_a_ban_of_an_earlier_process_holds_until_its_deadline(tmp_path):
    config, clock = parse_config("", {}), SystemClock()
    BanBook(tmp_path / "bans.json").note("binance:spot", clock.wall_ns() + 60_000_000_000)
    BanBook(tmp_path / "bans.json").note("binance:linear", clock.wall_ns() - 1)
    net = build_net(
        rows=links_of(config, VENUES), venues=VENUES, keys=keys_of(config), refused=refused,
        addresses=Addresses(config, VENUES, {}), events=None, clock=clock, hops=Hops(), random=Random(1),
        bans=BanBook(tmp_path / "bans.json"),
    )  # fmt: skip
    spot, linear = (budget.banned_s(clock.mono_ns()) for budget in net.budgets["binance"])
    assert (59 < spot <= 60, linear) == (True, 0)
    with pytest.raises(HttpError, match="binance bans us"):
        await net.quick["binance", "spot"].request("GET", "/api/v3/time")
    await net.close()


def test_trades_have_a_path_of_their_own_where_the_venue_splits_its_streams():
    addresses = Addresses(parse_config("", {}), VENUES, {})
    assert addresses.trades("binance", "linear") == "wss://fstream.binance.com/market/ws"
    assert addresses.trades("binance", "spot") == "wss://stream.binance.com:9443/ws"
    assert addresses.trades("bybit", "linear") == addresses.ws("bybit", "linear", "public")
