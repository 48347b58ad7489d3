"""Journal figures: append, group commit, replay and start with a long journal. Prints a table.

    python benches/store/journal.py [--records 100000] [--home DIRECTORY]

`--home`: a directory that `cargo run --release --example long_journal -- DIRECTORY 100000` has made; without it
replay and start are left out.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import tidegate
from tidegate._core import Engine
from tidegate.engine.recovery import replay
from tidegate.store.journal import FileJournal
from tidegate.store.segments import SEGMENT_BYTES, create

RECORD = b"x" * 255 + b"}"
GROUP = 100
STARTS = 5
PORT = 7391
PACKAGE = str(Path(tidegate.__file__).parents[1])


def shown(name: str, values_ns: list[int]) -> None:
    """One row: median and 99th percentile."""
    ordered = sorted(values_ns)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    sys.stdout.write(f"{name:<48} p50 {statistics.median(ordered) / 1000:>9.1f} us   p99 {p99 / 1000:>9.1f} us\n")


async def appends(directory: Path, count: int) -> None:
    """Time of `append`, the sync thread at work beside it."""
    journal = FileJournal(directory)
    journal.start(0, 0)
    took: list[int] = []
    for seq in range(1, count + 1):
        started = time.perf_counter_ns()
        journal.append(seq, RECORD)
        took.append(time.perf_counter_ns() - started)
        if seq % GROUP == 0:
            await asyncio.sleep(0)
    shown("append of one record of 256 B (write)", took)
    await journal.close()


async def groups(directory: Path, count: int) -> None:
    """100 records appended and then waited for, in turn with one bare record and one fdatasync."""
    journal = FileJournal(directory)
    journal.start(0, 0)
    bare = os.open(create(directory, 90), os.O_RDWR)
    ours: list[int] = []
    floor: list[int] = []
    seq = 0
    for number in range(count):
        started = time.perf_counter_ns()
        for _ in range(GROUP):
            seq += 1
            journal.append(seq, RECORD)
        await journal.flush()
        ours.append(time.perf_counter_ns() - started)
        started = time.perf_counter_ns()
        os.pwrite(bare, RECORD, number * len(RECORD) % (SEGMENT_BYTES - len(RECORD)))
        os.fdatasync(bare)
        floor.append(time.perf_counter_ns() - started)
    os.close(bare)
    await journal.close()
    shown("one record, one fdatasync (floor)", floor)
    shown(f"group commit of {GROUP} records, until durable", ours)


def replays(home: Path) -> None:
    """The core's replay of the whole journal."""
    took: list[int] = []
    cpu: list[int] = []
    seq = 0
    for _ in range(STARTS):
        core, journal = Engine(b'{"mode":"SIM","instance":"A7"}'), FileJournal(home / "journal")
        started, before = time.perf_counter_ns(), time.process_time_ns()
        seq = replay(core, journal).seq
        took.append(time.perf_counter_ns() - started)
        cpu.append(time.process_time_ns() - before)
    shown(f"replay of {seq} records", took)
    shown(f"replay of {seq} records, CPU time", cpu)


def starts(home: Path) -> None:
    """From the process's start until /health says 200, killed each time; the first one also fills the tables.

    The simulated venues are processes of their own, as real ones would be.
    """
    venues = [_venue(home, name) for name in ("binance", "bybit")]
    lines = [json.loads(venue.stdout.readline()) for venue in venues if venue.stdout is not None]
    addresses = ", ".join(
        f'{name}: {{rest: "{line["rest"]}", ws: "{line["ws"]}"}}'
        for name, line in zip(("binance", "bybit"), lines, strict=True)
    )
    (home / "tidegate.yaml").write_text(f"venues: {{{addresses}}}\n")
    try:
        _starts(home)
    finally:
        for venue in venues:
            venue.kill()
            venue.wait()


def _venue(home: Path, name: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tidegate", "venue-sim", "--venue", name, "--product", "spot,linear"]
    return subprocess.Popen(
        [*command, "--record", str(home / "sim" / f"{name}.jsonl")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": PACKAGE},
    )


def _starts(home: Path) -> None:
    took: list[int] = []
    cpu: list[int] = []
    for number in range(STARTS + 1):
        started = time.perf_counter_ns()
        child = subprocess.Popen(
            [sys.executable, "-m", "tidegate", "run", "--profile", "sim", "--port", str(PORT), "--home", str(home)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=home,
            env=os.environ | {"PYTHONPATH": PACKAGE, "TIDEGATE_ADMIN_PASSWORD": "a" * 20},
        )
        while not _ready():
            if child.poll() is not None:
                raise SystemExit(f"the process ended with {child.returncode}")
            time.sleep(0.01)
        took.append(time.perf_counter_ns() - started)
        if number == 0:
            time.sleep(40)  # the tables catch up
        child.kill()
        used = os.wait4(child.pid, 0)[2]
        child.returncode = -9
        cpu.append(int((used.ru_utime + used.ru_stime) * 1e9))
    shown("start until ready, empty tables", took[:1])
    shown("start until ready after kill -9", took[1:])
    shown("start until ready after kill -9, CPU time", cpu[1:])


def _ready() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--home", type=Path)
    given = options.parse_args()
    place = Path(tempfile.mkdtemp(prefix="tidegate-bench-"))
    asyncio.run(appends(place / "appends", given.records))
    asyncio.run(groups(place / "groups", 500))
    shutil.rmtree(place)
    if given.home is not None:
        replays(given.home)
        starts(given.home)


if __name__ == "__main__":
    main()
