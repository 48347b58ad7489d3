"""Faults between a simulated venue and its clients: how they are named, drawn and what a client sees of them."""

import itertools
from pathlib import Path

import aiohttp
import orjson
import pytest
from tests.unit.app.test_sim_host import ORDER, call, frozen, kinds, plan, signed

from tidegate.app.sim_faults import CONTROL_PATH, SOUND, Fate, Faults, FrameFate, Rates
from tidegate.app.sim_host import SimHost
from tidegate.model.errors import Code, TidegateError

BROKEN = (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionError)


def test_rates_are_named_and_bounded():
    assert Rates.parse("answer_lost=0.25,delay_ms=800") == Rates(answer_lost=0.25, delay_ms=800)
    assert Rates.parse("") == SOUND
    for text, words in (
        ("all=1", "no fault `all`"),
        ("cut", "fault cut"),
        ("cut=2", "from 0 to 1"),
        ("cut=nan", "nan"),
        ("delay_ms=1e9", "60000"),
    ):
        with pytest.raises(TidegateError, match=words) as failure:
            Rates.parse(text)
        assert failure.value.code is Code.VALIDATION_ERROR


def test_one_seed_strikes_the_same_requests_at_about_the_named_rate():
    def fates(seed: int) -> list[Fate]:
        faults = Faults(Rates(request_lost=0.1, answer_lost=0.2), seed)
        return [faults.request() for _ in range(5000)]

    drawn = fates(1)
    assert drawn == fates(1)
    assert drawn != fates(2)
    assert 400 < drawn.count(Fate.REQUEST_LOST) < 600
    assert 850 < drawn.count(Fate.ANSWER_LOST) < 1150
    assert drawn.count(Fate.BUSY) == 0


def test_without_faults_nothing_is_drawn():
    faults = Faults(SOUND, 1)
    assert {faults.request() for _ in range(100)} == {Fate.SERVED}
    assert {faults.frame() for _ in range(100)} == {FrameFate.SENT}
    assert faults.report()["hits"] == {}


async def test_a_lost_answer_hides_an_order_that_was_filled(tmp_path: Path):
    record = tmp_path / "book.jsonl"
    async with SimHost(plan(record=record, faults=Rates(answer_lost=1)), wall_ns=frozen) as host:
        with pytest.raises(BROKEN):
            await call(host, "POST", signed("/api/v3/order", ORDER))
    assert "fill" in kinds(record)


async def test_a_lost_request_never_reaches_the_venue(tmp_path: Path):
    record = tmp_path / "book.jsonl"
    async with SimHost(plan(record=record, faults=Rates(request_lost=1)), wall_ns=frozen) as host:
        with pytest.raises(BROKEN):
            await call(host, "POST", signed("/api/v3/order", ORDER))
    assert "fill" not in kinds(record)


@pytest.mark.parametrize(("rates", "status", "acted"), [(Rates(error_after=1), 504, True), (Rates(busy=1), 503, False)])
async def test_a_gateways_page_says_nothing_of_what_the_venue_did(
    tmp_path: Path, rates: Rates, status: int, acted: bool
):
    record = tmp_path / "book.jsonl"
    async with (
        SimHost(plan(record=record, faults=rates), wall_ns=frozen) as host,
        aiohttp.ClientSession(headers={"X-MBX-APIKEY": "simkey"}) as session,
        session.post(aiohttp.client.URL(host.bases.rest + signed("/api/v3/order", ORDER), encoded=True)) as answer,
    ):
        assert (answer.status, answer.content_type) == (status, "text/html")
    assert ("fill" in kinds(record)) is acted


async def _updates(host: SimHost, count: int) -> list[dict[str, int]]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{host.bases.ws}/ws/btcusdt@depth@100ms") as ws:
        return [orjson.loads((await ws.receive()).data) for _ in range(count)]


@pytest.mark.parametrize("rates", [Rates(frame_lost=0.4), Rates(frame_swapped=0.4), Rates(frame_doubled=0.4)])
async def test_frames_lost_swapped_or_doubled_break_the_sequence(rates: Rates):
    async with SimHost(plan(faults=rates)) as host:
        frames = await _updates(host, 25)
    assert any(after["U"] != before["u"] + 1 for before, after in itertools.pairwise(frames))


async def test_an_outage_ends_every_connection_and_is_lifted_again():
    async with SimHost(plan()) as host, aiohttp.ClientSession() as session:
        control = host.bases.rest + CONTROL_PATH
        async with session.ws_connect(f"{host.bases.ws}/ws/btcusdt@depth@100ms") as ws:
            await ws.receive()
            async with session.put(control, json={"outage": 1}) as answer:
                assert (await answer.json())["rates"]["outage"] == 1
            while (message := await ws.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
            assert message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}
        with pytest.raises(BROKEN):
            await call(host, "GET", "/api/v3/ping")
        async with session.put(control, json={"outage": 0}) as answer:
            assert answer.status == 200
        assert (await call(host, "GET", "/api/v3/ping"))[0] == 200
        async with session.put(control, json={"surprise": 1}) as answer:
            assert (answer.status, "surprise" in (await answer.json())["error"]) == (400, True)
