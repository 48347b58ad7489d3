"""The executor of effects."""

import asyncio
from contextlib import asynccontextmanager
from time import monotonic_ns

import pytest
from tests.unit.engine.doubles import (
    FakeHttp,
    FakeLink,
    ScriptedCore,
    StubBus,
    StubJournal,
    close,
    event,
    fetch,
    journal,
    send,
    wake,
)

from tidegate._core import CoreError
from tidegate.engine.clock import SystemClock
from tidegate.engine.runtime import FETCHES_MAX, PARKED_MAX, Runtime
from tidegate.model.errors import Code, TidegateError
from tidegate.obs.latency import Hops
from tidegate.ports.http import HttpError
from tidegate.ports.journal import JournalError, JournalFault


class Rig:
    def __init__(self, core, journal_double=None):
        self.core = core
        self.journal = journal_double or StubJournal()
        self.bus = StubBus()
        self.failures = []
        self.hops = Hops()
        self.runtime = Runtime(core, self.journal, self.bus, SystemClock(), self.hops, self.failures.append)
        self.link = self.runtime.links[1] = FakeLink()
        self.http = self.runtime.rests[9] = FakeHttp({"/time": b"now"})

    def frame(self, data=b"{}"):
        self.runtime.feed(1, memoryview(data))

    def calls(self, name):
        return [call[1:] for call in self.core.calls if call[0] == name]


@asynccontextmanager
async def running(runtime):
    started = asyncio.Event()
    task = asyncio.create_task(runtime.run(started))
    await started.wait()
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # the conditions are facts of the doubles, not events
            await asyncio.sleep(0)


async def test_effects_are_executed_in_list_order():
    rig = Rig(ScriptedCore(on_frame=[[journal(1), send(), event(), journal(2), send(data=b"second")]]))
    rig.frame(b'{"u":1}')
    assert rig.calls("on_frame") == [(1, b'{"u":1}')]
    assert [seq for seq, _ in rig.journal.records] == [1, 2]
    assert rig.link.sent == [b"order", b"second"]
    assert rig.bus.published == [("orders", b"{}")]


async def test_quiet_frames_are_counted_and_one_in_eight_is_timed():
    rig = Rig(ScriptedCore())
    for _ in range(17):
        rig.frame()
    assert rig.runtime.frames == 17
    assert rig.hops.hop("step").count() == 2
    assert rig.hops.hop("recv_to_send").count() == 0


async def test_a_send_waits_until_its_record_is_durable_and_nothing_else_waits_with_it():
    rig = Rig(ScriptedCore(on_frame=[[journal(4), send(after=4), send(data=b"free")]]))
    rig.frame()
    assert rig.link.sent == [b"free"]
    rig.journal.make_durable(3)
    assert rig.link.sent == [b"free"]
    rig.journal.make_durable(4)
    assert rig.link.sent == [b"free", b"order"]
    assert rig.calls("on_durable") == [(3,), (4,)]


async def test_a_send_on_a_link_that_is_down_goes_back_to_the_core():
    rig = Rig(ScriptedCore(on_frame=[[send()], [send(link=77)]], on_send_failed=[[event(data=b"failed")]]))
    rig.link.up = False
    rig.frame()
    rig.frame()
    assert rig.calls("on_send_failed") == [(1, b"order"), (77, b"order")]
    assert rig.bus.published == [("orders", b"failed")]


async def test_what_arises_meanwhile_comes_after_the_list():
    rig = Rig(ScriptedCore(on_frame=[[send(), event(data=b"first")]], on_send_failed=[[event(data=b"later")]]))
    rig.link.up = False
    rig.frame()
    assert [data for _, data in rig.bus.published] == [b"first", b"later"]


async def test_nothing_is_sent_whose_record_could_not_be_written():
    rig = Rig(
        ScriptedCore(on_frame=[[journal(1), send(data=b"open")]], on_journal_failed=[[send(data=b"cancel")]]),
        StubJournal(fails_at=1),
    )
    rig.frame()
    assert rig.calls("on_journal_failed") == [("disk full",)]
    assert rig.calls("on_send_failed") == [(1, b"open")]
    assert rig.link.sent == [b"cancel"]
    assert rig.runtime.journal_fault == "disk full"


async def test_after_a_lost_record_no_other_is_appended_and_cancels_still_leave():
    rig = Rig(ScriptedCore(on_frame=[[journal(1)], [journal(2), send(data=b"cancel")]]), StubJournal(fails_at=1))
    rig.frame()
    rig.journal.fails_at = None
    rig.frame()
    assert rig.journal.records == []
    assert rig.link.sent == [b"cancel"]


async def test_a_failed_sync_fails_parked_sends_and_waiters():
    rig = Rig(ScriptedCore(on_frame=[[journal(1), send(after=1)]]))
    rig.frame()
    waiter = asyncio.create_task(rig.runtime.durable(1))
    await until(lambda: rig.runtime.depths["durableWaiters"] == 1)
    rig.journal.fail("sync failed", JournalFault.SYNC_FAILED)
    rig.journal.fail("again", JournalFault.WRITE_FAILED)
    with pytest.raises(JournalError, match="sync failed"):
        await waiter
    assert rig.calls("on_send_failed") == [(1, b"order")]
    assert rig.calls("on_journal_failed") == [("sync failed",)]
    with pytest.raises(JournalError):
        await rig.runtime.durable(2)


async def test_a_failed_sync_cancels_and_then_ends_the_process(monkeypatch):
    monkeypatch.setattr("tidegate.engine.runtime.LAST_CANCELS_S", 0)
    rig = Rig(ScriptedCore(on_journal_failed=[[journal(2), send(data=b"cancel")]], command=[[send(data=b"person")]]))
    rig.journal.fail("sync failed", JournalFault.SYNC_FAILED)
    rig.runtime.command("cancel_order", b"{}", "admin", "c")
    assert (rig.link.sent, rig.journal.records, rig.failures) == ([b"cancel", b"person"], [], [])
    await until(lambda: rig.failures)
    assert [failure.fault for failure in rig.failures] == [JournalFault.SYNC_FAILED]
    rig.frame()
    assert rig.calls("on_frame") == []


async def test_on_a_full_disk_the_rest_of_the_segment_still_takes_what_stops():
    rig = Rig(ScriptedCore(on_journal_failed=[[journal(1), send(data=b"cancel")]], command=[[journal(2)]]))
    rig.journal.fail("no room", JournalFault.DISK_FULL)
    rig.runtime.command("kill", b"{}", "admin", "k")
    assert [seq for seq, _ in rig.journal.records] == [1, 2]
    waiter = asyncio.create_task(rig.runtime.durable(2))
    await until(lambda: rig.runtime.depths["durableWaiters"] == 1)
    rig.journal.make_durable(2)
    await waiter
    assert rig.failures == []


async def test_waiting_for_durability_ends_with_the_record():
    rig = Rig(ScriptedCore())
    waiter = asyncio.create_task(rig.runtime.durable(2))
    await until(lambda: rig.runtime.depths["durableWaiters"] == 1)
    rig.journal.make_durable(2)
    await waiter
    await rig.runtime.durable(1)


async def test_parked_sends_are_bounded():
    rig = Rig(ScriptedCore(on_frame=[[send(after=9)] * (PARKED_MAX + 1)]))
    rig.frame()
    assert rig.runtime.depths["parkedSends"] == PARKED_MAX
    assert len(rig.calls("on_send_failed")) == 1


async def test_a_fetch_is_answered_with_its_number():
    rig = Rig(ScriptedCore(on_frame=[[fetch()]]))
    async with running(rig.runtime):
        rig.frame()
        await until(lambda: rig.calls("on_reply"))
    assert rig.calls("on_reply") == [(5, 200, b"now")]
    assert rig.http.requests == [("GET", "/time", (("X-K", "v"),), b"")]


@pytest.mark.parametrize("request_", [fetch(data=b"GET /gone\n\n"), fetch(rest=404)], ids=["no answer", "no client"])
async def test_a_fetch_without_an_answer_says_so_and_proves_nothing(request_, monkeypatch):
    monkeypatch.setattr("tidegate.engine.runtime.FETCH_REFUSED_PAUSE_S", 0)
    rig = Rig(ScriptedCore(on_frame=[[request_]]))
    rig.http.answers["/gone"] = HttpError("reset")
    async with running(rig.runtime):
        rig.frame()
        await until(lambda: rig.calls("on_reply"))
    assert rig.calls("on_reply") == [(5, 0, b"")]


async def test_fetches_under_way_are_bounded(monkeypatch):
    monkeypatch.setattr("tidegate.engine.runtime.FETCH_REFUSED_PAUSE_S", 0)
    rig = Rig(ScriptedCore(on_frame=[[fetch(request=n) for n in range(FETCHES_MAX + 1)]]))
    async with running(rig.runtime):
        rig.frame()
        assert rig.runtime.depths["fetches"] == FETCHES_MAX
        await until(lambda: len(rig.calls("on_reply")) == FETCHES_MAX + 1)
    assert (FETCHES_MAX, 0, b"") in rig.calls("on_reply")


async def test_the_newest_wake_replaces_the_one_before_and_is_not_early():
    due = monotonic_ns() + 3_000_000
    rig = Rig(ScriptedCore(on_frame=[[wake(monotonic_ns() + 10**12), wake(due)]]))
    rig.frame()
    await until(lambda: rig.calls("on_timer"))
    assert monotonic_ns() >= due
    assert rig.calls("on_timer") == [()]


async def test_a_close_restarts_the_link():
    rig = Rig(ScriptedCore(on_frame=[[close(), close(link=5)]]))
    rig.frame()
    assert len(rig.link.restarts) == 1


class Panic(BaseException):
    """What a panic of the core looks like from here."""


async def test_a_core_that_breaks_stops_everything_once():
    rig = Rig(ScriptedCore(on_frame=[Panic("boom"), [send()]]))
    rig.frame()
    rig.frame()
    rig.runtime.on_link(1, False)
    assert [type(failure) for failure in rig.failures] == [Panic]
    assert rig.link.sent == []
    assert rig.calls("on_link") == []


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda runtime: runtime.command("kill", b"{}", "admin", "c"), id="command"),
        pytest.param(lambda runtime: runtime.watch("binance:spot:BTCUSDT", True), id="watch"),
        pytest.param(lambda runtime: runtime.on_clock("binance", 1, 1), id="on_clock"),
        pytest.param(lambda runtime: runtime.set_instruments("binance", "spot", b"[]"), id="set_instruments"),
    ],
)
async def test_a_core_that_breaks_when_asked_stops_everything_too(ask):
    inputs = ("command", "watch", "on_clock", "set_instruments")
    rig = Rig(ScriptedCore(**{name: [Panic("boom")] for name in inputs}))
    for _ in range(2):
        with pytest.raises(TidegateError) as caught:
            ask(rig.runtime)
        assert caught.value.code is Code.INTERNAL
    assert [type(failure) for failure in rig.failures] == [Panic]
    assert len(rig.core.calls) == 1


async def test_a_view_that_breaks_is_told_to_who_looks_and_stops_nothing():
    rig = Rig(ScriptedCore(view=[Panic("boom")]))
    with pytest.raises(TidegateError) as caught:
        rig.runtime.view("plans", {})
    assert caught.value.code is Code.INTERNAL
    assert rig.runtime.view("plans", {}) == b"{}"
    assert rig.failures == []


async def test_a_refusal_of_the_core_is_passed_on_and_nothing_stops():
    rig = Rig(ScriptedCore(command=[CoreError("NOT_FOUND", "no such pair", b"{}"), [event()]]))
    with pytest.raises(CoreError):
        rig.runtime.command("execute_pair", b"{}", "admin", "c")
    rig.runtime.command("execute_pair", b"{}", "admin", "d")
    assert (rig.failures, rig.bus.published) == ([], [("orders", b"{}")])


async def test_what_a_refused_command_decided_is_written_all_the_same():
    rig = Rig(ScriptedCore(command=[CoreError("BREAKER_OPEN", "far", b"{}")], drain=[[journal(1), event()]]))
    with pytest.raises(CoreError):
        rig.runtime.command("execute_pair", b"{}", "admin", "c")
    assert ([seq for seq, _ in rig.journal.records], rig.bus.published) == ([1], [("orders", b"{}")])


async def test_an_effect_that_can_not_be_executed_stops_everything():
    class BrokenLink(FakeLink):
        def send(self, data):
            raise BufferError("no room")

    rig = Rig(ScriptedCore(on_frame=[[journal(1), send(), journal(2), wake(0)], [send()]]))
    rig.runtime.links[1] = BrokenLink()
    rig.frame()
    rig.frame()
    assert [type(failure) for failure in rig.failures] == [BufferError]
    assert [seq for seq, _ in rig.journal.records] == [1]
    assert len(rig.calls("on_frame")) == 1
