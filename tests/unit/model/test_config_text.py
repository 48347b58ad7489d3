"""Configuration text becomes one value or one clear line per fault."""

from decimal import Decimal
from pathlib import Path

import pytest

from tidegate.model.config_text import TEXT_SIZE_MAX, parse_config
from tidegate.model.errors import Code, TidegateError

FAULTS = [
    pytest.param("porf: 1", ["tidegate.yaml: porf: unknown key; did you mean 'port'?"], id="near key"),
    pytest.param(
        "venues: {binance: {restt: x}}",
        ["tidegate.yaml: venues.binance.restt: unknown key; did you mean 'rest'?"],
        id="near nested key",
    ),
    pytest.param("log: {zzz: 1}", ["tidegate.yaml: log.zzz: unknown key; known keys here: level"], id="no key is near"),
    pytest.param(
        "port: 99999",
        ["tidegate.yaml: port: Input should be less than or equal to 65535 (found 99999); correct the value"],
        id="out of range",
    ),
    pytest.param(
        "venues: {binance: {rest: 'http://x'}}",
        ["tidegate.yaml: venues.binance: set both rest and ws, or neither; correct it"],
        id="half an address",
    ),
    pytest.param(
        "pairs: [{leg1: {exchange: okx, symbol: BTC-USDT}, leg2: {exchange: bybit, symbol: BTCUSDT}, "
        "threshold: 1, qty: 1, totalAmount: 9}]",
        ["a pair trades BTC-USDT at okx spot, not enabled in venues"],
        id="a pair of a venue that is off",
    ),
    pytest.param("a: [", ["tidegate.yaml line 1, column 5: expected the node content"], id="broken YAML"),
    pytest.param("- 1", ["tidegate.yaml: must be a mapping of keys such as `port: 7000`"], id="a list"),
    pytest.param(
        "venues: {bybit: {simulated: false}}", ["venues.bybit.simulated is false in profile sim"], id="mixed reality"
    ),
    pytest.param("porf: 1\nhots: x", ["did you mean 'port'?", "did you mean 'host'?"], id="every fault has its line"),
]


@pytest.mark.parametrize(("text", "expected"), FAULTS)
def test_a_fault_is_one_clear_line(text, expected):
    with pytest.raises(TidegateError) as caught:
        parse_config(text, {})
    lines = caught.value.message.splitlines()
    assert caught.value.code == Code.CONFIG_ERROR
    assert caught.value.spec.exit_code == 3
    assert len(lines) == len(expected)
    for line, part in zip(lines, expected, strict=True):
        assert part in line


def test_without_a_file_profile_sim_brings_pairs_and_limits():
    config = parse_config(None, {})
    assert config.profile == "sim"
    assert config.port == 7000
    pairs = {(p.leg1.exchange, p.leg1.type, p.leg2.exchange, p.leg2.type, p.leg1.symbol) for p in config.pairs}
    assert ("binance", "spot", "bybit", "linear", "BTCUSDT") in pairs
    assert all(limit.value is not None for limit in config.limits)


def test_options_win_over_environment_and_environment_over_file():
    env = {"TIDEGATE_PORT": "7002", "TIDEGATE_HOME": "/srv/t", "TIDEGATE_BUS_URL": ""}
    config = parse_config("port: 7001\nhome: /elsewhere", env, {"port": 7003, "profile": None})
    assert config.port == 7003
    assert config.home == Path("/srv/t")
    assert config.bus_url is None


def test_a_bad_variable_is_named_instead_of_the_file():
    with pytest.raises(TidegateError, match=r"TIDEGATE_PORT: port: .*found 'x'"):
        parse_config(None, {"TIDEGATE_PORT": "x"})


def test_a_password_shows_nowhere():
    config = parse_config(None, {"TIDEGATE_ADMIN_PASSWORD": "hunter2"})
    assert "hunter2" not in repr(config)
    assert config.admin_password.get_secret_value() == "hunter2"


def test_amounts_are_exactly_the_digits_of_the_file():
    text = """
pairs:
  - {leg1: {exchange: binance, symbol: BTCUSDT}, leg2: {exchange: bybit, symbol: BTCUSDT, type: linear},
     threshold: 0.05, qty: 0.003, totalAmount: 100}
"""
    pair = parse_config(text, {}).pairs[0]
    assert (pair.threshold, pair.qty) == (Decimal("0.05"), Decimal("0.003"))


def test_a_file_too_large_is_refused():
    with pytest.raises(TidegateError, match="larger than"):
        parse_config(" " * (TEXT_SIZE_MAX + 1), {})


def test_pairs_of_a_disabled_venue_are_left_out():
    assert parse_config("venues: {bybit: {enabled: false}}", {}).pairs == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profile: live\nvenues: {bridge: {}}", "venues.bridge.exchange is missing"),
        ("venues: {bridge: {rest: 'http://a.example', ws: 'ws://a.example'}}", "set exchange and port"),
        ("venues: {bridge: {products: [linear]}}", "products"),
        ("venues: {bridge: {exchange: Kraken}}", "exchange"),
        ("venues: {bridge: {exchange: kraken, port: 0}}", "port"),
    ],
)
def test_a_bridge_is_on_this_machine_offers_spot_and_names_its_exchange(text, said):
    with pytest.raises(TidegateError, match=said):
        parse_config(text, {})


def test_a_bridges_address_follows_from_its_exchange_and_port():
    bridge = parse_config("venues: {bridge: {exchange: kraken, port: 7011}}", {}).venues.bridge
    assert (bridge.rest, bridge.ws) == ("http://127.0.0.1:7011/kraken", "ws://127.0.0.1:7011/kraken")
    # Without an exchange it is a simulated one, in this process.
    alone = parse_config("venues: {bridge: {}}", {}).venues.bridge
    assert (alone.enabled, alone.rest, alone.products) == (True, None, ("spot",))
    assert not parse_config("", {}).venues.bridge.enabled
