"""The replay command on small recordings of our own making."""

import gzip
from pathlib import Path

import orjson
import pytest
import typer
from typer.testing import CliRunner, Result

from tidegate.cli.replay import replay

SPOT, LINEAR = "binance:spot:BTCUSDT", "binance:linear:BTCUSDT"
SPOT_SNAPSHOT = '{"lastUpdateId":100,"bids":[["99.00","1.0"]],"asks":[["100.00","1.0"]]}'
SPOT_JOINED = '{"stream":"btcusdt@depth","data":{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":100,"u":101,"b":[],"a":[]}}'
LINEAR_SNAPSHOT = '{"lastUpdateId":50,"E":1,"T":1,"bids":[["101.0","1.0"],["90.0","5.0"]],"asks":[["102.0","1.0"]]}'
TRADE = '{"stream":"btcusdt@trade","data":{"e":"trade","E":2,"s":"BTCUSDT","t":1,"p":"99.5","q":"0.1","T":2,"m":true}}'


def linear(first: int, last: int, prev: int, bids: str) -> str:
    return (
        '{"stream":"btcusdt@depth","data":{"e":"depthUpdate","E":3,"T":3,"s":"BTCUSDT",'
        f'"U":{first},"u":{last},"pu":{prev},"b":{bids},"a":[]}}}}'
    )


LINES = {
    # A snapshot is a price once a message of its stream has joined it.
    SPOT: [(9, SPOT_SNAPSHOT), (10, SPOT_JOINED), (11, TRADE)],
    LINEAR: [
        (9, LINEAR_SNAPSHOT),
        (10, linear(45, 52, 40, "[]")),
        (13, linear(53, 55, 52, '[["101.0","0"],["100.2","1.0"]]')),
        (15, linear(56, 60, 55, '[["100.9","0.4"]]')),
        (18, linear(63, 70, 61, '[["101.0","1.0"]]')),
        (20, LINEAR_SNAPSHOT.replace("50", "68", 1)),
    ],
}
EXPECTED = [
    {"event": "opportunity", "direction": "leg1_buy", "recvNs": 10, "netPercent": "1.000000"},
    {"event": "opportunity_closed", "direction": "leg1_buy", "recvNs": 13, "openNs": 3, "maxNetPercent": "1.000000"},
    # 0.4 at 100.9 and 0.1 at 100.2: 50.38 for a cost of 50.
    {"event": "opportunity", "direction": "leg1_buy", "recvNs": 15, "netPercent": "0.760000"},
    # A frame is missing: nothing is priced from this book until the snapshot.
    {"event": "opportunity_closed", "direction": "leg1_buy", "recvNs": 18, "openNs": 3, "maxNetPercent": "0.760000"},
    {"event": "opportunity", "direction": "leg1_buy", "recvNs": 20, "netPercent": "1.000000"},
    {"summary": True, "frames": [1, 4], "gaps": [0, 1], "opened": 3},
]


def record(folder: Path, instrument: str, *, packed: bool = False) -> Path:
    path = folder / instrument.replace(":", "_")
    text = "".join(f"{time} {frame}\n" for time, frame in LINES[instrument]).encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    return path


def run(*arguments: str) -> Result:
    app = typer.Typer(rich_markup_mode=None)
    app.command()(replay)
    return CliRunner().invoke(app, list(arguments))


def run_both(folder: Path, *arguments: str, packed: bool = False) -> Result:
    spot, other = (record(folder, name, packed=packed) for name in (SPOT, LINEAR))
    options = ["--frames", f"{SPOT}={spot}", "--frames", f"{LINEAR}={other}", "--pair", f"{SPOT},{LINEAR}"]
    return run(*options, "--qty", "0.5", "--threshold", "0.5", *arguments)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_openings_closings_and_gaps_are_printed_exactly_as_counted_by_hand(tmp_path: Path, packed: bool):
    first = run_both(tmp_path, "--json", packed=packed)
    assert first.exit_code == 0, first.output
    assert [orjson.loads(line) for line in first.stdout.splitlines()] == EXPECTED
    assert run_both(tmp_path, "--json", packed=packed).stdout == first.stdout
    assert "9 frames" in first.stderr
    assert "frames/s" in first.stderr


def test_fees_are_taken_from_both_legs(tmp_path: Path):
    result = run_both(tmp_path, "--fees", "0.001,0.002", "--json")
    # 101 * 0.998 - 100 * 1.001 = 0.698 on 100.
    assert orjson.loads(result.stdout.splitlines()[0])["netPercent"] == "0.698000"


def test_people_get_a_table(tmp_path: Path):
    result = run_both(tmp_path)
    assert result.exit_code == 0
    assert "still open" in result.stdout
    assert "opened 3, depth frames (1, 4), gaps (0, 1)" in result.stdout


def test_each_bad_use_is_one_clear_line_and_exit_code_two(tmp_path: Path):
    file = record(tmp_path, SPOT)
    other = record(tmp_path, LINEAR)
    frames = ("--frames", f"{SPOT}={file}", "--frames", f"{LINEAR}={other}")
    rest = ("--pair", f"{SPOT},{LINEAR}", "--qty", "1", "--threshold", "0")
    absent, torn, odd, bad = (tmp_path / name for name in ("absent", "torn", "odd", "bad"))
    torn.write_bytes(gzip.compress(b"1 {}\n" * 1000)[:-20])
    odd.write_bytes(b"1 " + SPOT_SNAPSHOT.encode() + b"\n\nnever {}\n")
    bad.write_bytes(b"1 " + SPOT_SNAPSHOT.encode() + b'\n2 {"lastUpdateId":7,"bids":[["x","1"]],"asks":[]}\n')
    second = ("--frames", f"{LINEAR}={other}", *rest)
    cases = [
        ((), "--frames is missing"),
        (frames, "--pair is missing"),
        ((*frames, "--pair", SPOT, "--qty", "1", "--threshold", "0"), "--pair takes two instruments"),
        ((*frames, *rest, "--fees", "0"), "--fees takes two fractions"),
        ((*frames, *rest, "--fees", "0,2"), "fee of leg 2"),
        ((*frames, *rest[:2], "--qty", "-1", "--threshold", "0"), "qty: must be above 0"),
        (("--frames", SPOT, *second), "--frames takes INSTRUMENT=FILE"),
        (("--frames", f"{SPOT}={file}", *rest), f"--frames {LINEAR}=FILE is missing"),
        ((*frames, *frames, *rest), f"--frames {SPOT} is given twice"),
        (("--frames", f"okx:spot:BTCUSDT={file}", *second), "not a leg of --pair"),
        (("--frames", f"{SPOT}={absent}", *second), f"{absent}: can not be read: No such file or directory"),
        (("--frames", f"{SPOT}={tmp_path}", *second), f"{tmp_path}: can not be read: Is a directory"),
        (("--frames", f"{SPOT}={torn}", *second), f"{torn}: can not be read: "),
        (("--frames", f"{SPOT}={odd}", *second), f"{odd} line 3: not '<recv ns> <frame>'"),
        (("--frames", f"{SPOT}={bad}", *second), f"{bad} line 2: malformed frame: "),
    ]
    for arguments, message in cases:
        result = run(*arguments, "--json")
        assert result.exit_code == 2, (message, result.output)
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1, result.stderr


def test_the_recorded_streams_give_the_openings_counted_outside():
    data = Path(__file__).parents[3] / ".." / "shared" / "data" / "hftbacktest"
    if not data.is_dir():
        pytest.skip("../shared/data is absent, no recorded traffic to read")
    options = [f"--frames={SPOT}={data}/spot/btcusdt_20240808.gz", f"--frames={LINEAR}={data}/usdm/btcusdt_20240808.gz"]
    result = run(*options, "--pair", f"{SPOT},{LINEAR}", "--qty", "0.5", "--threshold", "0.05", "--json")
    last = orjson.loads(result.stdout.splitlines()[-1])
    assert last == {"summary": True, "frames": [3451, 6551], "gaps": [0, 0], "opened": 28}
