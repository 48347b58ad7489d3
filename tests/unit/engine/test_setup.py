"""Configuration for the core."""

import orjson
import pytest
from pydantic import SecretStr

from tidegate._core import Engine
from tidegate.engine.setup import accounts_of, core_config, links_of
from tidegate.model.config_text import parse_config
from tidegate.model.keys import Credentials
from tidegate.venues.table import VENUES

TWO_ACCOUNTS = "venues: {binance: {accounts: [main, second], products: [spot]}, bybit: {}}"


def rows(text):
    return [(r.id, r.venue, r.product, r.role, r.account) for r in links_of(parse_config(text, {}), VENUES)]


def test_bybit_has_one_private_and_one_trade_link_for_both_products():
    found = rows("venues: {binance: {enabled: false}}")
    assert found == [
        (0, "bybit", "spot", "public", "main"),
        (1, "bybit", "spot", "private", "main"),
        (2, "bybit", "spot", "trade", "main"),
        (3, "bybit", "spot", "rest", "main"),
        (4, "bybit", "linear", "public", "main"),
        (5, "bybit", "linear", "rest", "main"),
    ]


def test_a_second_account_has_links_of_its_own_but_shares_the_market_data():
    found = [row[3:] for row in rows(TWO_ACCOUNTS) if row[1] == "binance"]
    assert found == [
        ("public", "main"), ("private", "main"), ("trade", "main"), ("rest", "main"),
        ("private", "second"), ("trade", "second"), ("rest", "second"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", TWO_ACCOUNTS], ids=["default", "two accounts"])
def test_the_core_takes_the_document(text):
    config = parse_config(text, {})
    document = core_config(config, "A7", accounts_of(config), links_of(config, VENUES), VENUES, boot_id="b")
    assert Engine(document).seq == 0
    assert orjson.loads(document)["mode"] == "SIM"
    assert orjson.loads(document)["bootId"] == "b"


def test_a_secret_is_not_in_an_accounts_repr():
    assert "simsecret" not in repr(accounts_of(parse_config("", {})))


def test_a_kept_key_takes_the_place_of_the_well_known_one() -> None:
    kept = Credentials(
        venue="bybit", account="main", key=SecretStr("k"), secret=SecretStr("s"), passphrase=SecretStr("")
    )
    accounts = {account.venue: account for account in accounts_of(parse_config("", {}), [kept])}
    assert (accounts["bybit"].key, accounts["bybit"].secret) == ("k", "s")
    assert accounts["binance"].key == "simkey"


def test_a_dry_run_takes_no_kept_key_and_says_paper() -> None:
    kept = Credentials(
        venue="bybit", account="main", key=SecretStr("real"), secret=SecretStr("s"), passphrase=SecretStr("")
    )
    config = parse_config("profile: paper\npaper: {leverage: 3}", {})
    accounts = accounts_of(config, [kept])
    assert {account.key for account in accounts} == {"simkey-main"}
    document = orjson.loads(core_config(config, "A7", accounts, links_of(config, VENUES), VENUES, boot_id="b"))
    assert document["mode"] == "PAPER"
    assert [(row["simulated"], row["leverage"]) for row in document["accounts"]] == [(False, 3), (False, 3)]
    assert {row["capMs"] for row in document["venues"]} == {10_000}, "real venues are given a real venue's time"


def test_at_a_real_venue_an_account_without_a_key_has_none() -> None:
    accounts = accounts_of(parse_config("profile: live", {}))
    assert {(account.key, account.secret, account.simulated) for account in accounts} == {("", "", False)}


def test_a_venue_for_public_data_alone_is_given_no_key() -> None:
    kept = Credentials(
        venue="bybit", account="main", key=SecretStr("k"), secret=SecretStr("s"), passphrase=SecretStr("")
    )
    config = parse_config("venues: {bybit: {publicOnly: true}}", {})
    accounts = accounts_of(config, [kept])
    assert {account.venue: account.key for account in accounts} == {"binance": "simkey", "bybit": ""}
    document = orjson.loads(core_config(config, "A7", accounts, links_of(config, VENUES), VENUES, boot_id="b"))
    assert [row["publicOnly"] for row in document["accounts"]] == [False, True]
