"""The key of a private link."""

import pytest
from tests.unit.engine.doubles import FakeHttp

from tidegate.engine.listen_key import RETRY_S, ListenKeyUpkeep
from tidegate.ports.http import HttpError, HttpReply
from tidegate.venues.binance import VENUE

TARGET = "/fapi/v1/listenKey"


def build(*answers, key="K", refused=lambda code, message: None):
    http, lost = FakeHttp({TARGET: list(answers)}), []
    upkeep = ListenKeyUpkeep(
        VENUE, VENUE.listen_key, http, api_key=lambda: key, lost=lambda: lost.append(1), refused=refused
    )
    return upkeep, http, lost


async def test_a_key_is_fetched_with_the_accounts_key():
    upkeep, http, _ = build(b'{"listenKey":"abc"}')
    assert await upkeep.fetch() == "abc"
    assert http.requests == [("POST", TARGET, (("X-MBX-APIKEY", "K"),), b"")]


@pytest.mark.parametrize("answer", [HttpReply(401, (), b'{"code":-2015,"msg":"Invalid key"}'), b"{}", HttpError("x")])
async def test_no_key_is_an_error_of_the_connection(answer):
    upkeep, *_ = build(answer)
    with pytest.raises(HttpError):
        await upkeep.fetch()


async def test_a_key_that_the_venue_lost_restarts_the_link_at_once():
    upkeep, _, lost = build(HttpReply(400, (), b'{"code":-1125,"msg":"This listenKey does not exist."}'))
    assert await upkeep._extend() == VENUE.listen_key.renew_s
    assert lost == [1]


@pytest.mark.parametrize("answer", [HttpError("reset"), HttpReply(503, (), b"")])
async def test_no_answer_to_an_extension_proves_nothing_and_is_tried_soon_again(answer):
    upkeep, _, lost = build(answer)
    assert await upkeep._extend() == RETRY_S
    assert lost == []


async def test_an_extension_keeps_the_key():
    upkeep, http, lost = build(b"{}")
    assert await upkeep._extend() == VENUE.listen_key.renew_s
    assert (http.requests[0][0], lost) == ("PUT", [])


async def test_the_engine_hears_of_a_key_that_the_venue_will_not_have():
    said = []
    upkeep, *_ = build(
        HttpReply(401, (), b'{"code":-2015,"msg":"Invalid key"}'), refused=lambda *words: said.append(words)
    )
    with pytest.raises(HttpError):
        await upkeep.fetch()
    assert said == [("-2015", "Invalid key")]


async def test_without_a_key_that_works_nothing_is_asked():
    upkeep, http, _ = build(key=None)
    with pytest.raises(HttpError, match="no key that works"):
        await upkeep.fetch()
    assert await upkeep._extend() == RETRY_S
    assert http.requests == []
