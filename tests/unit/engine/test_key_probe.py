"""What a key may do, by the documents of the venues."""

import hashlib
import hmac

import orjson
import pytest
from pydantic import SecretStr

from tidegate.engine.clock import SystemClock
from tidegate.engine.key_probe import VenueKeyProbe
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import Credentials, KeyRights
from tidegate.ports.http import HttpError, HttpReply
from tidegate.venues.table import VENUES

BINANCE = {
    "ipRestrict": False, "createTime": 1698645219000, "enableReading": True, "enableWithdrawals": False,
    "enableFutures": False, "enableSpotAndMarginTrading": True,
}  # fmt: skip
BYBIT = {
    "readOnly": 0,
    "ips": ["*"],
    "permissions": {"ContractTrade": ["Order", "Position"], "Spot": ["SpotTrade"], "Wallet": ["AccountTransfer"]},
}


class Http:
    def __init__(self, status: int, body: object) -> None:
        self.reply = HttpReply(status, (), orjson.dumps(body))
        self.failure: HttpError | None = None
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        deadline_s: float = 2.0,
    ) -> HttpReply:
        self.asked.append((target, dict(headers)))
        if self.failure is not None:
            raise self.failure
        return self.reply

    async def close(self) -> None: ...


def given(venue: str) -> Credentials:
    return Credentials(
        venue=venue, account="main", key=SecretStr("the-key"), secret=SecretStr("canary"), passphrase=SecretStr("")
    )


def ok(result: object) -> dict[str, object]:
    return {"retCode": 0, "retMsg": "", "result": result, "time": 1}


def okx(perm: str, ip: str = "") -> dict[str, object]:
    return {"code": "0", "msg": "", "data": [{"uid": "44", "perm": perm, "ip": ip}]}


def bitget(ips: str, *authorities: str) -> dict[str, object]:
    data = {"userId": "1", "ips": ips, "authorities": authorities, "parentId": 1, "traderType": "not_trader"}
    return {"code": "00000", "msg": "success", "requestTime": 1, "data": data}


CASES = {
    "bitget trades": (
        "bitget",
        bitget("", "stor", "stow", "coow"),
        KeyRights(read=True, trade=True, withdraw=False, bound=False),
    ),
    "bitget withdraws": (
        "bitget",
        bitget("192.0.2.1", "coow", "wtow", "wwow"),
        KeyRights(read=True, trade=True, withdraw=True, bound=True),
    ),
    "bitget reads": (
        "bitget",
        bitget("", "coor", "cpor", "stor"),
        KeyRights(read=True, trade=False, withdraw=False, bound=False),
    ),
    "okx trades": ("okx", okx("read_only,trade"), KeyRights(read=True, trade=True, withdraw=False, bound=False)),
    "okx withdraws": (
        "okx",
        okx("read_only,withdraw,trade", "192.0.2.1"),
        KeyRights(read=True, trade=True, withdraw=True, bound=True),
    ),
    "okx reads": ("okx", okx("read_only"), KeyRights(read=True, trade=False, withdraw=False, bound=False)),
    "binance trades": ("binance", BINANCE, KeyRights(read=True, trade=True, withdraw=False, bound=False)),
    "binance withdraws": (
        "binance",
        BINANCE | {"enableWithdrawals": True, "ipRestrict": True},
        KeyRights(read=True, trade=True, withdraw=True, bound=True),
    ),
    "binance reads": (
        "binance",
        BINANCE | {"enableSpotAndMarginTrading": False},
        KeyRights(read=True, trade=False, withdraw=False, bound=False),
    ),
    "bybit trades": ("bybit", ok(BYBIT), KeyRights(read=True, trade=True, withdraw=False, bound=False)),
    "bybit withdraws": (
        "bybit",
        ok(BYBIT | {"permissions": {"Wallet": ["AccountTransfer", "Withdraw"]}, "ips": ["192.0.2.1"]}),
        KeyRights(read=True, trade=False, withdraw=True, bound=True),
    ),
    "bybit reads": (
        "bybit",
        ok(BYBIT | {"readOnly": 1}),
        KeyRights(read=True, trade=False, withdraw=False, bound=False),
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_rights_are_as_the_venue_says(case: str) -> None:
    venue, body, expected = CASES[case]
    probe = VenueKeyProbe(VENUES, {(venue, "spot"): Http(200, body)}, SystemClock())
    assert await probe.rights(given(venue)) == expected


REFUSALS = {
    "binance, wrong key": ("binance", 401, {"code": -2015, "msg": "Invalid API-key the-key"}, "-2015"),
    "binance, a field is missing": ("binance", 200, {"enableReading": True}, ""),
    "bybit, wrong key": (
        "bybit",
        200,
        {"retCode": 10003, "retMsg": "API key canary is invalid.", "result": {}},
        "10003",
    ),
    "bitget, wrong key": ("bitget", 400, {"code": "40006", "msg": "Invalid the-key", "data": None}, "40006"),
    "bitget, a field is missing": ("bitget", 200, {"code": "00000", "msg": "success", "data": {"ips": ""}}, ""),
    "okx, wrong key": ("okx", 401, {"code": "50111", "msg": "Invalid the-key", "data": []}, "50111"),
    "not JSON at all": ("bybit", 502, "<html>", "502"),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_refused_key_is_told_without_the_venues_words(case: str) -> None:
    venue, status, body, code = REFUSALS[case]
    probe = VenueKeyProbe(VENUES, {(venue, "spot"): Http(status, body)}, SystemClock())
    with pytest.raises(TidegateError) as caught:
        await probe.rights(given(venue))
    assert (caught.value.code, caught.value.details["venueCode"]) == (Code.UPSTREAM_ERROR, code)
    assert "the-key" not in caught.value.message
    assert "canary" not in caught.value.message


async def test_no_answer_is_no_verdict() -> None:
    http = Http(200, {})
    http.failure = HttpError("no answer within 5 s")
    with pytest.raises(TidegateError) as caught:
        await VenueKeyProbe(VENUES, {("binance", "spot"): http}, SystemClock()).rights(given("binance"))
    assert caught.value.code is Code.EXCHANGE_UNAVAILABLE


@pytest.mark.parametrize("venue", ["kraken", "bybit"])
async def test_a_venue_that_is_not_here_is_not_found(venue: str) -> None:
    with pytest.raises(TidegateError) as caught:
        await VenueKeyProbe(VENUES, {("binance", "spot"): Http(200, {})}, SystemClock()).rights(given(venue))
    assert caught.value.code is Code.NOT_FOUND


async def test_binance_is_asked_with_the_signature_of_its_query() -> None:
    http = Http(200, BINANCE)
    await VenueKeyProbe(VENUES, {("binance", "spot"): http}, SystemClock()).rights(given("binance"))
    ((target, headers),) = http.asked
    query, _, signature = target.partition("?")[2].partition("&signature=")
    assert signature == hmac.new(b"canary", query.encode(), hashlib.sha256).hexdigest()
    assert headers == {"X-MBX-APIKEY": "the-key"}
