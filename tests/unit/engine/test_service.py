"""The engine in this process behind its port."""

import asyncio

import orjson
import pytest
from tests.unit.engine.doubles import ScriptedCore, StubJournal, journal

from tidegate._core import CoreError
from tidegate.bus.memory import MemoryBus
from tidegate.engine.clock import SystemClock
from tidegate.engine.runtime import Runtime
from tidegate.engine.service import LocalEngine
from tidegate.model.commands import Command, CommandName
from tidegate.model.errors import Code, TidegateError
from tidegate.obs.latency import Hops

RESET = Command(name=CommandName.RESET, body=b"{}", actor="ann", command_id="c2")
KILL = Command(name=CommandName.KILL, body=b'{"reason":"test"}', actor="ann", command_id="c1")


def build(**script):
    core, store, bus = ScriptedCore(**script), StubJournal(), MemoryBus()
    runtime = Runtime(core, store, bus, SystemClock(), Hops(), pytest.fail)
    runtime.started = True
    return LocalEngine(core, runtime, bus), core, store, bus


async def test_a_command_before_the_engine_has_started_is_put_off():
    engine, core, *_ = build()
    engine._runtime.started = False
    with pytest.raises(TidegateError) as caught:
        await engine.command(KILL)
    assert caught.value.code == Code.EXCHANGE_UNAVAILABLE
    assert core.calls == []


async def test_a_command_is_answered_once_its_record_is_durable():
    engine, core, store, _ = build(command=[[journal(3)]])
    core.seq = 3
    task = asyncio.create_task(engine.command(KILL))
    await asyncio.sleep(0)
    assert not task.done()
    store.make_durable(3)
    receipt = await task
    assert (receipt.seq, receipt.reply) == (3, b'{"id":"a"}')
    assert core.calls[0] == ("command", "kill", b'{"reason":"test"}', "ann", "c1")


async def test_a_refusal_of_the_core_is_translated_with_its_facts():
    engine, *_ = build(command=[CoreError("RISK_REJECTED", "too large", b'{"limit":"5"}')])
    with pytest.raises(TidegateError, match="too large") as caught:
        await engine.command(KILL)
    assert (caught.value.code, caught.value.details) == (Code.RISK_REJECTED, {"limit": "5"})


async def test_an_unknown_code_is_internal():
    engine, *_ = build(view=[CoreError("NEW_CODE", "?", b"{}")])
    with pytest.raises(TidegateError) as caught:
        await engine.query("pairs")
    assert caught.value.code == Code.INTERNAL


async def test_a_command_on_a_broken_journal_says_that_it_may_not_last():
    engine, core, store, _ = build(command=[[journal(1)]])
    core.seq = 1
    store.fails_at = 1
    with pytest.raises(TidegateError, match="may not survive a restart"):
        await engine.command(RESET)


async def test_a_disk_that_does_not_confirm_leaves_the_outcome_open(monkeypatch):
    monkeypatch.setattr("tidegate.engine.service.DURABLE_WAIT_S", 0.01)
    engine, core, *_ = build(command=[[journal(1)]])
    core.seq = 1
    with pytest.raises(TidegateError) as caught:
        await engine.command(RESET)
    assert caught.value.code == Code.OUTCOME_UNKNOWN


@pytest.mark.parametrize("fails_at", [1, None], ids=["broken", "silent"])
async def test_what_stops_is_done_and_said_to_be_done_also_when_the_disk_does_not_take_it(fails_at, monkeypatch):
    monkeypatch.setattr("tidegate.engine.service.DURABLE_WAIT_S", 0.01)
    engine, core, store, _ = build(command=[[journal(1)]])
    core.seq = 1
    store.fails_at = fails_at
    assert not (await engine.command(KILL)).durable


async def test_a_query_carries_its_parameters_and_both_times():
    engine, core, *_ = build(view=[b"[]"])
    assert await engine.query("book", instrument="binance:spot:BTCUSDT", depth=5, account=None) == b"[]"
    name, query = core.calls[0][1:]
    given = orjson.loads(query)
    assert name == "book"
    assert given.pop("monoNs") > 0
    assert given.pop("wallNs") > 10**18
    assert given == {"instrument": "binance:spot:BTCUSDT", "depth": 5}


async def test_watching_an_unknown_instrument_is_refused():
    engine, *_ = build(watch=[CoreError("NOT_FOUND", "no such instrument", b"{}")])
    with pytest.raises(TidegateError) as caught:
        engine.watch("binance:spot:NOPE", True)
    assert caught.value.code == Code.NOT_FOUND


async def test_waiting_for_a_plan_ends_with_the_plan():
    engine, _, _, bus = build(view=[b'{"state":"WORKING"}', b'{"state":"HEDGED"}'])
    task = asyncio.create_task(engine.wait_plan("plan_000001", 5))
    await asyncio.sleep(0)
    bus.publish("plans", b'{"event":"plan_update","data":{"planId":"plan_000002"}}')
    bus.publish("plans", b'{"event":"plan_update","data":{"planId":"plan_000001"}}')
    assert await task == b'{"state":"HEDGED"}'


async def test_a_plan_that_has_ended_is_given_at_once_and_one_that_has_not_in_time_is_none():
    engine, *_ = build(view=[b'{"state":"EXPIRED"}', b'{"state":"WORKING"}'])
    assert await engine.wait_plan("plan_000001", 1) == b'{"state":"EXPIRED"}'
    assert await engine.wait_plan("plan_000001", 0.01) is None
