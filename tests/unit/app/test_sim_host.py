"""The host of a simulated venue, on loopback with ports of its own."""

import asyncio
import hashlib
import hmac
import socket
from pathlib import Path

import aiohttp
import orjson
import pytest

from tidegate.app.sim_host import SimHost, SimPlan, embedded_venues
from tidegate.engine.clock import SystemClock
from tidegate.engine.key_probe import VenueKeyProbe
from tidegate.engine.live_check import Inspector
from tidegate.engine.setup import Account
from tidegate.model.config import Config
from tidegate.model.config_text import parse_config
from tidegate.model.errors import Code, TidegateError
from tidegate.transport.client import SlowHttp
from tidegate.venues.table import VENUES

START_NS = 1_790_000_000_000_000_000
ORDER = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01"


def plan(**more: object) -> SimPlan:
    return SimPlan(**{"venue": "binance", "products": ("spot",), "seed": 7, **more})


def frozen() -> int:
    return START_NS


def signed(path: str, params: str = "") -> str:
    query = f"{params}{'&' if params else ''}timestamp={START_NS // 1_000_000}"
    return f"{path}?{query}&signature={hmac.new(b'simsecret', query.encode(), hashlib.sha256).hexdigest()}"


async def call(host: SimHost, method: str, target: str) -> tuple[int, object]:
    url = aiohttp.client.URL(host.bases.rest + target, encoded=True)
    async with (
        aiohttp.ClientSession(headers={"X-MBX-APIKEY": "simkey"}) as session,
        session.request(method, url) as answer,
    ):
        return answer.status, orjson.loads(await answer.read())


def kinds(record: Path) -> list[str]:
    return [orjson.loads(line)["kind"] for line in record.read_bytes().splitlines()]


async def test_rest_and_websocket_share_one_port():
    async with SimHost(plan()) as host:
        status, book = await call(host, "GET", "/api/v3/depth?symbol=BTCUSDT&limit=5")
        assert status == 200
        assert len(book["bids"]) == 5
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{host.bases.ws}/ws") as ws:
            await ws.send_json({"method": "SUBSCRIBE", "params": ["btcusdt@depth@100ms"], "id": 1})
            assert orjson.loads((await ws.receive()).data) == {"result": None, "id": 1}
            frames = [orjson.loads((await ws.receive()).data) for _ in range(3)]
    assert [frame["e"] for frame in frames] == ["depthUpdate"] * 3
    assert frames[1]["U"] == frames[0]["u"] + 1


async def test_a_connection_is_let_in_by_what_the_live_books_list_at_that_moment():
    class Market:
        """Lists nothing before it is asked."""

        asked = 0

        def follow(self, venue, *, whole, wall_ns):
            self.asked += whole
            return []

        def travel_s(self):
            return 0.0

        def settled(self, venue):
            return None

    market = Market()
    async with (
        SimHost(plan(more={"market": "live"}), market=market) as host,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{host.bases.ws}/ws"),
    ):
        assert market.asked == 1


async def test_the_book_of_record_is_written_before_the_answer_and_read_back_after_a_restart(tmp_path: Path):
    record = tmp_path / "deep" / "book.jsonl"
    async with SimHost(plan(record=record), wall_ns=frozen) as host:
        status, placed = await call(host, "POST", signed("/api/v3/order", ORDER))
        assert status == 200
        assert "fill" in kinds(record)
        _, account = await call(host, "GET", signed("/api/v3/account"))
    with record.open("ab") as torn:
        torn.write(b'{"seq":99,"ts"')
    before = kinds_or_torn(record)
    async with SimHost(plan(record=record), wall_ns=frozen) as host:
        assert (await call(host, "GET", signed("/api/v3/account")))[1]["balances"] == account["balances"]
        _, trades = await call(host, "GET", signed("/api/v3/myTrades", "symbol=BTCUSDT"))
    assert {trade["orderId"] for trade in trades} == {placed["orderId"]}
    assert kinds(record) == before


def kinds_or_torn(record: Path) -> list[str]:
    return [orjson.loads(line)["kind"] for line in record.read_bytes().splitlines() if line.endswith(b"}")]


async def test_a_damaged_book_of_record_stops_the_start(tmp_path: Path):
    record = tmp_path / "book.jsonl"
    record.write_bytes(b'{"seq":1,"kind":"surprise"}\n')
    with pytest.raises(TidegateError, match="not a book of record") as failure:
        async with SimHost(plan(record=record)):
            pass
    assert failure.value.code is Code.JOURNAL_CORRUPT


async def test_a_book_of_record_belongs_to_one_host(tmp_path: Path):
    record = tmp_path / "book.jsonl"
    async with SimHost(plan(record=record)):
        with pytest.raises(TidegateError, match="another process") as failure:
            SimHost(plan(record=record))
    assert failure.value.code is Code.CONFLICT


async def test_nothing_is_answered_that_could_not_be_put_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with SimHost(plan(record=tmp_path / "book.jsonl"), wall_ns=frozen) as host:

        def full(_lines: bytes) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(host._book, "append", full)
        assert (await call(host, "POST", signed("/api/v3/order", ORDER)))[0] == 503
        assert (await call(host, "GET", "/api/v3/ping"))[0] == 503


async def test_a_port_in_use_is_one_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(TidegateError, match=f"can not listen on 127.0.0.1:{port}") as failure:
            async with SimHost(plan(port=port)):
                pass
    assert failure.value.spec.exit_code == 1


def test_a_bad_plan_says_what_is_wrong():
    with pytest.raises(TidegateError, match="no simulated venue `kraken`") as failure:
        SimHost(plan(venue="kraken"))
    assert failure.value.code is Code.CONFIG_ERROR


async def test_a_refused_path_closes_the_socket():
    async with (
        SimHost(plan()) as host,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{host.bases.ws}/nowhere") as ws,
    ):
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_a_client_that_does_not_read_is_cut(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tidegate.app.sim_conn.OUTBOX_FRAMES_MAX", 0)
    async with (
        SimHost(plan()) as host,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{host.bases.ws}/stream?streams=btcusdt@depth@100ms") as ws,
    ):
        assert (await ws.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_recorded_frames_are_the_market(tmp_path: Path):
    recording = tmp_path / "frames"
    recording.write_bytes(
        b'1000 {"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":101,"b":[],"a":[]}\n'
        b'2000 {"lastUpdateId":100,"bids":[["68000.00","1.0"]],"asks":[["68001.00","0.5"]]}\n'
    )
    async with (
        asyncio.timeout(5),
        SimHost(plan(frames=recording, speed=1000.0)) as host,
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{host.bases.ws}/ws/btcusdt@depth@100ms") as ws,
    ):
        frame = orjson.loads((await ws.receive()).data)
    assert frame["b"] == [["68000.00000000", "1.00000000"]]


async def test_a_recording_that_is_damaged_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    recording = tmp_path / "frames"
    recording.write_bytes(b"no time and no frame\n")
    async with SimHost(plan(frames=recording)) as host:
        assert (await call(host, "GET", "/api/v3/ping"))[0] == 200
    logged = capsys.readouterr()
    assert f"{recording} line 1" in logged.out + logged.err


async def test_profile_sim_embeds_each_enabled_venue_without_an_address_of_its_own(tmp_path: Path):
    config = Config.model_validate(
        {
            "profile": "sim",
            "home": str(tmp_path),
            "venues": {"binance": {"rest": "http://127.0.0.1:1", "ws": "ws://127.0.0.1:1", "simulated": True}},
        }
    )
    async with embedded_venues(config) as bases:
        assert set(bases) == {"bybit"}
        async with aiohttp.ClientSession() as session, session.get(f"{bases['bybit'].rest}/v5/market/time") as answer:
            assert orjson.loads(await answer.read())["retCode"] == 0
    assert kinds(tmp_path / "sim" / "bybit.jsonl") == ["deposit"] * 3


@pytest.mark.parametrize("venue", ["binance", "bybit", "okx", "bitget"])
async def test_what_profile_live_asks_about_a_key_is_answered(venue: str):
    async with SimHost(plan(venue=venue, products=("spot", "linear"))) as host:
        http, clock = SlowHttp(host.bases.rest), SystemClock()
        rests = {(venue, "spot"): http, (venue, "linear"): http}
        config = parse_config(f"profile: live\nvenues: {{{venue}: {{}}}}", {})
        account = Account(venue, "main", "simkey", "simsecret", "simpass", simulated=False)
        inspector = Inspector(config, VENUES, rests, clock)
        facts = await inspector.facts([account], [], VenueKeyProbe(VENUES, rests, clock), [])
        await http.close()
    (found,) = facts.accounts
    assert (found.rights_problem, found.one_way_problem) == ("", "")
    assert found.rights is not None
    assert (found.rights.trade, found.rights.withdraw, found.one_way) == (True, False, True)
