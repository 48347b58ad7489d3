"""Profile live: what is in doubt stops the start, named all at once, with an exit code; nothing is ever sent."""

import json

import pytest
from tests.e2e.harness import Node, VenueSim, running
from tests.e2e.test_trading import outside

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(120)]

PUBLIC = """
venues:
  binance: {publicOnly: true, rest: "https://127.0.0.1:1", ws: "wss://127.0.0.1:1"}
  bybit: {publicOnly: true, rest: "https://127.0.0.1:1", ws: "wss://127.0.0.1:1"}
"""


def refused(node):
    """Exit code and what was said."""
    code = node.ended(60)
    return code, node.tail()


def test_simulated_venues_are_refused_and_hear_no_order(tmp_path):
    venues = [VenueSim(tmp_path, "binance", "spot"), VenueSim(tmp_path, "bybit", "linear")]
    with running(*venues), running(Node(tmp_path, config=outside(*venues), profile="live")) as node:
        code, said = refused(node)
        assert code == 3, said
        for doubt in (
            "real orders are not confirmed",
            "venues.binance.rest is http://127.0.0.1",
            "venues.bybit.ws is ws://127.0.0.1",
            "binance:main has no key",
            "bybit:main has no key",
            "limits are unset: order_notional_max",
        ):
            assert doubt in said
        for venue in venues:
            assert {json.loads(line)["kind"] for line in venue.record.read_bytes().splitlines()} == {"deposit"}


@pytest.mark.parametrize(
    ("config", "code", "said"),
    [
        pytest.param("venues: {binance: {simulated: true}}", 3, "use profile sim", id="marked as simulated"),
        pytest.param(f"{PUBLIC}live: {{confirm: true}}", 5, "limits are unset", id="limits alone"),
        pytest.param(f"{PUBLIC}limits: []", 3, "not confirmed", id="nobody confirmed"),
    ],
)
def test_each_kind_of_doubt_has_its_exit_code(tmp_path, config, code, said):
    with running(Node(tmp_path, config=config, profile="live")) as node:
        found, words = refused(node)
        assert said in words
        assert found == code
