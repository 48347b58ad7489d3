"""Instruments and clocks of a venue product."""

import orjson
import pytest
from tests.unit.engine.doubles import FakeHttp

from tidegate._core import CoreError
from tidegate.engine.upkeep import InstrumentCache, Upkeep
from tidegate.ports.http import HttpError, HttpReply
from tidegate.venues.binance import VENUE

INFO = orjson.dumps(
    {
        "symbols": [
            {
                "symbol": "BTCUSDT",
                "status": "TRADING",
                "baseAsset": "BTC",
                "quoteAsset": "USDT",
                "filters": [
                    {"filterType": "PRICE_FILTER", "tickSize": "0.01"},
                    {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000", "stepSize": "0.00001"},
                ],
            }
        ]
    }
)


class StepClock:
    """Each reading is the next prepared one, ns."""

    def __init__(self, *readings):
        self.readings = list(readings)

    def wall_ns(self):
        return self.readings.pop(0)

    mono_ns = wall_ns


class Rig:
    def __init__(self, directory, answers, clock=None, refuse=None):
        self.http = FakeHttp(answers)
        self.taken = []
        self.offsets = []
        self.refuse = refuse
        self.upkeep = Upkeep(
            venue=VENUE,
            product="spot",
            http=self.http,
            timing_http=self.http,
            clock=clock or StepClock(*range(100)),
            cache=InstrumentCache(directory / "instruments"),
            set_instruments=self.take,
            set_offset=lambda *offset: self.offsets.append(offset),
        )

    def take(self, venue, product, rows):
        if self.refuse is not None:
            raise self.refuse
        self.taken.append((venue, product, orjson.loads(rows)))


GOOD = {"/api/v3/exchangeInfo": INFO, "/api/v3/time": b'{"serverTime":1000}'}


async def test_a_first_start_fetches_and_a_second_needs_no_answer(tmp_path):
    first = Rig(tmp_path, GOOD)
    await first.upkeep.prepare()
    assert [row["symbol"] for row in first.taken[0][2]] == ["BTCUSDT"]
    second = Rig(tmp_path, {})
    await second.upkeep.prepare()
    assert second.taken == first.taken
    assert second.upkeep.reachable is False


async def test_an_unreachable_venue_does_not_stop_the_start(tmp_path):
    rig = Rig(tmp_path, {"/api/v3/exchangeInfo": HttpError("refused")})
    await rig.upkeep.prepare()
    assert rig.taken == []
    assert rig.upkeep.reachable is False


@pytest.mark.parametrize(
    "answer", [b"not json", b"{}", HttpReply(503, (), b""), HttpReply(400, (), b'{"code":-1,"msg":"x"}')]
)
async def test_a_wrong_answer_counts_like_none(tmp_path, answer):
    rig = Rig(tmp_path, {"/api/v3/exchangeInfo": answer})
    await rig.upkeep.prepare()
    assert rig.taken == []
    assert rig.upkeep.reachable is False


async def test_rows_that_the_core_refuses_are_not_kept(tmp_path):
    rig = Rig(tmp_path, GOOD, refuse=CoreError("VALIDATION_ERROR", "bad tick", b"{}"))
    await rig.upkeep.prepare()
    assert not (tmp_path / "instruments").exists()


async def test_a_damaged_cache_counts_as_none(tmp_path):
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "binance_spot.json").write_bytes(b"[{")
    rig = Rig(tmp_path, GOOD)
    await rig.upkeep.prepare()
    assert len(rig.taken) == 1


async def test_the_offset_is_that_of_the_quickest_answer(tmp_path):
    # Sent at 0, 1000, 2000 ms; round trips of 400, 20 and 200 ms; the venue says 1300, 1510 and 2700 ms.
    ms = 1_000_000
    clock = StepClock(0, 400 * ms, 1000 * ms, 1020 * ms, 2000 * ms, 2200 * ms)
    times = [b'{"serverTime":1300}', b'{"serverTime":1510}', b'{"serverTime":2700}']
    rig = Rig(tmp_path, {"/api/v3/time": times}, clock)
    await rig.upkeep._sync_clock(3)
    assert rig.offsets == [("binance", 500 * ms, 10 * ms)]
    assert rig.upkeep.rtt_ns == 20 * ms


@pytest.mark.parametrize("time", [b"99999999999999999999999999", b"90000001", b"-90000000"])
async def test_a_time_far_away_is_no_time_and_stops_nothing(time, tmp_path):
    rig = Rig(tmp_path, GOOD | {"/api/v3/time": b'{"serverTime":"%s"}' % time})
    await rig.upkeep.prepare()
    assert rig.offsets == []
    assert rig.upkeep.reachable is False


async def test_an_offset_hardly_known_is_measured_again_soon(tmp_path):
    ms = 1_000_000
    clock = StepClock(0, 1_002 * ms, 2_000 * ms, 2_020 * ms)
    rig = Rig(tmp_path, GOOD, clock)
    await rig.upkeep._sync_clock(1)
    assert (rig.offsets[0][2], rig.upkeep._sync_pause()) == (501 * ms, 2.0)
    await rig.upkeep._sync_clock(1)
    assert (rig.offsets[1][2], rig.upkeep._sync_pause()) == (10 * ms, 180.0)
