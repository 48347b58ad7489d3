"""What profile live must be sure of: each row of the table by itself, and all doubts at once."""

from dataclasses import replace

import pytest

from tidegate.engine.clock import SystemClock
from tidegate.engine.live_check import AccountFacts, Facts, Inspector, ProductFacts, doubts, refuse
from tidegate.engine.setup import Account
from tidegate.model.config_text import parse_config
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import KeyRights
from tidegate.ports.http import HttpError, HttpReply
from tidegate.venues.table import VENUES

RIGHTS = KeyRights(read=True, trade=True, withdraw=False, bound=True)
ACCOUNT = AccountFacts("binance:main", has_key=True, rights=RIGHTS, wants_one_way=True, one_way=True)
PRODUCT = ProductFacts("binance linear", has_instruments=True, error_ns=20_000_000)
ALL = "profile: live\nvenues: {okx: {}, bitget: {}}"
SURE = Facts(confirmed=True, replaced={}, accounts=(ACCOUNT,), products=(PRODUCT,), unset=())


def account(**changes):
    return replace(SURE, accounts=(replace(ACCOUNT, **changes),))


def product(**changes):
    return replace(SURE, products=(replace(PRODUCT, **changes),))


CASES = {
    "not confirmed": (replace(SURE, confirmed=False), Code.CONFIG_ERROR, "not confirmed"),
    "a plain address": (replace(SURE, replaced={"venues.binance.rest": "http://127.0.0.1:1"}), Code.CONFIG_ERROR,
                        "venues.binance.rest is http://127.0.0.1:1"),
    "no key": (account(has_key=False), Code.CONFIG_ERROR, "binance:main has no key"),
    "rights not known": (account(rights=None, rights_problem="no answer"), Code.EXCHANGE_UNAVAILABLE, "no answer"),
    "may withdraw": (account(rights=replace(RIGHTS, withdraw=True)), Code.UPSTREAM_ERROR, "may withdraw"),
    "may not trade": (account(rights=replace(RIGHTS, trade=False)), Code.UPSTREAM_ERROR, "may not read and trade"),
    "clock not known": (product(error_ns=None), Code.EXCHANGE_UNAVAILABLE, "clock is not known"),
    "clock not known well": (product(error_ns=500_000_000), Code.EXCHANGE_UNAVAILABLE, "to 500 ms only"),
    "no instruments": (product(has_instruments=False), Code.EXCHANGE_UNAVAILABLE, "instruments are not known"),
    "mode not known": (account(one_way=None, one_way_problem="HTTP 500"), Code.EXCHANGE_UNAVAILABLE, "HTTP 500"),
    "hedge mode": (account(one_way=False), Code.UPSTREAM_ERROR, "hedge mode"),
    "a limit unset": (replace(SURE, unset=("daily_loss_max",)), Code.RISK_REJECTED, "unset: daily_loss_max"),
}  # fmt: skip


def test_who_is_sure_starts():
    assert doubts(SURE) == ()
    refuse(doubts(SURE))
    assert doubts(product(error_ns=499_999_999)) == ()
    assert doubts(replace(SURE, replaced={"venues.binance.ws": "wss://stream.example"})) == ()
    assert doubts(account(wants_one_way=False, one_way=None)) == ()


@pytest.mark.parametrize(("facts", "code", "text"), CASES.values(), ids=CASES)
def test_each_doubt_is_named(facts, code, text):
    (doubt,) = doubts(facts)
    assert doubt.code is code
    assert text in doubt.text


def test_all_doubts_are_named_at_once_and_the_first_gives_the_code():
    facts = Facts(
        confirmed=False,
        replaced={},
        accounts=(AccountFacts("okx:main", has_key=False),),
        products=(replace(PRODUCT, error_ns=None),),
        unset=("daily_loss_max", "drawdown_max"),
    )
    with pytest.raises(TidegateError) as caught:
        refuse(doubts(facts))
    assert caught.value.code is Code.CONFIG_ERROR
    assert caught.value.message.count("\n  - ") == 4


class Probe:
    def __init__(self, answer):
        self.answer = answer

    async def rights(self, credentials):
        if isinstance(self.answer, TidegateError):
            raise self.answer
        return self.answer


BYBIT_ROW = b'{"retCode":0,"retMsg":"OK","result":{"list":[{"positionIdx":%s,"symbol":"BTCUSDT","size":"0"}]}}'
ONE_WAY = {
    "binance one-way": ("binance", b'{"dualSidePosition":false}', True),
    "binance hedge": ("binance", b'{"dualSidePosition":true}', False),
    "binance refuses": ("binance", HttpReply(400, (), b'{"code":-2015,"msg":"Invalid API-key"}'), None),
    "binance silent": ("binance", HttpError("reset"), None),
    "bybit one-way": ("bybit", BYBIT_ROW % b"0", True),
    "bybit hedge": ("bybit", BYBIT_ROW % b"2", False),
    "bitget one-way": ("bitget", b'{"code":"00000","data":{"posMode":"one_way_mode"}}', True),
    "bitget hedge": ("bitget", b'{"code":"00000","data":{"posMode":"hedge_mode"}}', False),
    "bitget refuses": ("bitget", b'{"code":"40012","msg":"apikey/password is incorrect","data":null}', None),
    "bybit tells nothing": ("bybit", b'{"retCode":0,"retMsg":"OK","result":{"list":[]}}', None),
}


@pytest.mark.parametrize(("venue", "answer", "one_way"), ONE_WAY.values(), ids=ONE_WAY)
async def test_the_position_mode_is_asked_of_the_venue(venue, answer, one_way):
    inspector = Inspector(parse_config(ALL, {}), VENUES, {(venue, "linear"): Same(answer)}, SystemClock())
    given = Account(venue=venue, name="main", key="k", secret="s", passphrase="p", simulated=False)
    facts = await inspector.facts([given], [], Probe(RIGHTS), [])
    assert facts.accounts[0].one_way is one_way
    assert (facts.accounts[0].one_way_problem != "") is (one_way is None)


async def test_okx_says_it_with_the_rights_and_a_refused_key_is_a_doubt():
    inspector = Inspector(parse_config("profile: live\nvenues: {okx: {}}", {}), VENUES, {}, SystemClock())
    given = Account(venue="okx", name="main", key="k", secret="s", passphrase="p", simulated=False)
    facts = await inspector.facts([given], [], Probe(replace(RIGHTS, one_way=False)), [])
    assert facts.accounts[0].one_way is False
    refused = TidegateError(Code.UPSTREAM_ERROR, "okx refuses this key")
    facts = await inspector.facts([given], [], Probe(refused), [])
    assert (facts.accounts[0].rights, facts.accounts[0].rights_problem) == (None, "okx refuses this key")


async def test_a_venue_for_public_data_alone_raises_no_doubt():
    text = "profile: live\nlive: {confirm: true}\nvenues: {binance: {publicOnly: true}, bybit: {publicOnly: true}}"
    inspector = Inspector(parse_config(text, {}), VENUES, {}, SystemClock())
    given = Account(venue="bybit", name="main", key="", secret="", passphrase="", simulated=False)
    assert doubts(await inspector.facts([given], [], Probe(RIGHTS), [])) == ()


class Same:
    """An Http with one answer to everything."""

    def __init__(self, answer):
        self.answer = answer

    async def request(self, method, target, *, headers=(), body=b"", deadline_s=2.0):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, HttpReply) else HttpReply(200, (), self.answer)

    async def close(self):
        """Nothing to close."""


def test_a_bridges_address_is_on_this_machine_and_no_doubt():
    config = parse_config("profile: live\nvenues: {bridge: {exchange: kraken, port: 7011}}", {})
    assert dict(config.venues.items())["bridge"].rest == "http://127.0.0.1:7011/kraken"
    assert dict(Inspector(config, VENUES, {}, SystemClock())._replaced()) == {}
