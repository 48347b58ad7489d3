"""A manual execution: exact figures, one command for one key, and an honest answer when it takes long."""

from decimal import Decimal

import aiohttp
import pytest
from tests.unit.api.documents import PLAN
from tests.unit.api.doubles import World

from tidegate.api.execution import execution_of
from tidegate.api.jsontext import Exact, load_object
from tidegate.model.errors import Code, TidegateError

EXECUTE = "/api/arbitrage/execute/binance_bybit_btc"


def test_both_legs_spread_and_fees_are_exact() -> None:
    done = execution_of(load_object(PLAN))
    assert (done["pairId"], done["planId"], done["state"]) == ("binance_bybit_btc", "plan_000001", "HEDGED")
    assert (done["spread"], done["spreadPercent"]) == (Decimal("1.000000"), Decimal("0.147059"))
    assert done["leg1"] == {
        "exchange": "binance",
        "symbol": "BTCUSDT",
        "side": "buy",
        "orderId": "TGA7000001",
        "success": True,
        "price": Decimal("68000.10"),
        "qty": Decimal("0.010"),
        "fee": Decimal("0.680001"),
        "simulated": True,
    }


def changed(leg: int, **fields: Exact) -> dict[str, Exact]:
    plan = load_object(PLAN)
    legs = plan["legs"]
    assert isinstance(legs, list)
    target = legs[leg]
    assert isinstance(target, dict)
    target.update(fields)
    return plan


@pytest.mark.parametrize(
    ("fields", "success"),
    [({"filledQty": Decimal("0.010")}, True), ({"filledQty": Decimal("0.009")}, False), ({"filledQty": 0}, False)],
    ids=["whole", "partial", "nothing"],
)
def test_a_leg_succeeded_when_its_whole_quantity_filled(fields: dict[str, Exact], success: bool) -> None:
    leg = execution_of(changed(1, **fields))["leg2"]
    assert isinstance(leg, dict)
    assert leg["success"] is success


def test_there_is_no_spread_of_a_leg_that_did_not_trade() -> None:
    done = execution_of(changed(1, filledQty=0, avgPrice=None, orders=[], fees=[]))
    assert (done["spread"], done["spreadPercent"]) == (None, None)
    leg = done["leg2"]
    assert isinstance(leg, dict)
    assert (leg["orderId"], leg["price"], leg["fee"]) == (None, None, 0)


def test_a_plan_without_two_legs_is_a_bug() -> None:
    with pytest.raises(TidegateError) as caught:
        execution_of({"legs": []})
    assert caught.value.code is Code.INTERNAL


async def test_amounts_reach_the_caller_digit_by_digit(admin: aiohttp.ClientSession) -> None:
    async with admin.post(EXECUTE) as answer:
        raw = await answer.text()
    assert answer.status == 200
    assert '"qty":0.010' in raw
    assert '"fee":0.3745505' in raw
    assert '"pnl":-0.0545515' in raw


async def test_a_plan_that_outlasts_the_wait_is_unknown_with_its_id(admin: aiohttp.ClientSession, world: World) -> None:
    world.engine.plan = None
    async with admin.post(EXECUTE) as answer:
        error = (await answer.json())["error"]
    assert (answer.status, error["code"], error["details"]) == (504, "OUTCOME_UNKNOWN", {"planId": "plan_000001"})


async def test_one_key_is_one_command_whatever_it_asks_for(admin: aiohttp.ClientSession, world: World) -> None:
    # The engine refuses an id that it knows under another name or body.
    for pair in ("binance_bybit_btc", "binance_bybit_btc", "other"):
        await (await admin.post(f"/api/arbitrage/execute/{pair}", headers={"Idempotency-Key": "k1"})).read()
    body = {"limits": [{"name": "order_notional_max", "scope": "total", "value": 1}]}
    await (await admin.put("/api/risk/limits", json=body, headers={"Idempotency-Key": "k1"})).read()
    assert {command.command_id for command in world.engine.commands} == {"admin:k1"}
    assert len({(command.name, command.body) for command in world.engine.commands}) == 3


async def test_without_a_key_every_request_is_its_own_command(admin: aiohttp.ClientSession, world: World) -> None:
    for _ in range(2):
        await (await admin.post(EXECUTE)).read()
    first, second = world.engine.commands
    assert first.command_id != second.command_id
    assert (first.actor, first.name, first.body) == ("admin", "execute_pair", b'{"id":"binance_bybit_btc"}')


@pytest.mark.parametrize("key", ["x" * 129, "tab\there"], ids=["too long", "not printable"])
async def test_a_key_that_does_not_fit_is_refused(key: str, admin: aiohttp.ClientSession, world: World) -> None:
    async with admin.post(EXECUTE, headers={"Idempotency-Key": key}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert world.engine.commands == []


STOPS = [
    pytest.param("POST", "/api/risk/kill", {"reason": "a"}, id="kill"),
    pytest.param("DELETE", "/api/trading/orders/TGA70010000010", None, id="cancel"),
    pytest.param("POST", "/api/twap/twap_001/control", {"action": "pause"}, id="pause"),
]


@pytest.mark.parametrize(("method", "path", "body"), STOPS)
async def test_a_stop_that_the_journal_could_not_take_says_so(
    method: str, path: str, body: dict[str, object] | None, admin: aiohttp.ClientSession, world: World
) -> None:
    async with admin.request(method, path, json=body) as answer:
        assert "warning" not in (await answer.json())["data"]
    world.engine.durable = False
    async with admin.request(method, path, json=body) as answer:
        data = (await answer.json())["data"]
    assert (answer.status, data["success"]) == (200, True)
    assert "next start" in data["warning"]


async def test_a_stop_is_carried_out_each_time_whatever_its_key(admin: aiohttp.ClientSession, world: World) -> None:
    for _ in range(2):
        await (await admin.post("/api/risk/kill", json={"reason": "a"}, headers={"Idempotency-Key": "k1"})).read()
    first, second = (command.command_id for command in world.engine.commands)
    assert first != second
