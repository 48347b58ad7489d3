"""The key of a private link."""

import pytest
from tests.unit.engine.doubles import FakeHttp

from tidegate.engine.listen_key import RETRY_S, ListenKeyUpkeep
from tidegate.ports.http import HttpError, HttpReply
from tidegate.venues.binance import VENUE

TARGET = "/fapi/v1/listenKey"


def build(*answers):
    http, lost = FakeHttp({TARGET: list(answers)}), []
    return ListenKeyUpkeep(VENUE, VENUE.listen_key, http, "K", lambda: lost.append(1)), http, lost


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
