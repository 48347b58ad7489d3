"""Runs the core's market benches and the std-only floor programs one after the other, and prints the ratios.

    python benches/core/paired.py [--updates 500000]

The floors and the stream generator are read from `../shared/bench` beside the project; without it the benches run
alone, on a stream of their own making. One run takes about three minutes on an idle core.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / ".." / "shared" / "bench"
CRITERION = ROOT / "target" / "criterion"
FLOOR_LINE = re.compile(r"^(?P<name>\S.*?)\s+best\s+(?P<best>[\d.]+)\s+median\s+(?P<median>[\d.]+)")

ROWS = [
    ("book_update/flat/messages as recorded", "flat_vec_aos_lin16+bin", "ns/level"),
    ("book_update/flat/one level a message", "flat_vec_aos_lin16+bin", "ns/level"),
    ("book_update/ladder/messages as recorded", "ladder_ring16k_bitmap", "ns/level"),
    ("book_update/ladder/one level a message", "ladder_ring16k_bitmap", "ns/level"),
    ("snapshot_load/flat/2000", "flat_vec_aos_lin16+bin snapshot 2000 levels", "us"),
    ("snapshot_load/ladder/2000", "ladder_ring16k_bitmap snapshot 2000 levels", "us"),
    ("frame_to_book/flat/20", "20: json scan + flat-vec book apply + BBO", "ns/frame"),
    ("frame_to_book/ladder/20", "20: json scan + ladder book apply + BBO", "ns/frame"),
    ("frame_to_book/flat/60", "60: json scan + flat-vec book apply + BBO", "ns/frame"),
    ("frame_to_book/ladder/60", "60: json scan + ladder book apply + BBO", "ns/frame"),
    ("spread_10_venues/both tops/45 pairs", "spread check 10 venues incremental", "ns"),
    ("spread_10_venues/best bid/45 pairs", "spread check 10 venues incremental", "ns"),
    ("spread_10_venues/below the walk/45 pairs", "spread check 10 venues incremental", "ns"),
    ("spread_10_venues/both tops/10045 pairs", "spread check 10 venues incremental", "ns"),
]


def run(*command: str | Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, check=True, text=True, capture_output=True, cwd=ROOT, env={**os.environ, **(env or {})}
    )
    return done.stdout


def floors(folder: Path, stream: Path) -> dict[str, float]:
    """Median of each floor, by name; JSON floors carry the number of changes in front."""
    program = folder / "floor"
    run("rustc", "--edition", "2021", "-O", "-C", "target-cpu=native", SHARED / "bench_books.rs", "-o", program)
    found: dict[str, float] = {}
    for changes in (20, 60):
        text = run(program, stream, folder / f"{changes}.ndjson")
        for line in text.splitlines():
            if match := FLOOR_LINE.match(line.strip()):
                name = re.sub(r" \(\d+ hits\)", "", match["name"])
                found[f"{changes}: {name}" if name.startswith("json") else name] = float(match["median"])
    return found


def measured(bench: str) -> float | None:
    """Median ns per element of one bench, from criterion's own files."""
    group, function, *rest = bench.split("/")
    folder = CRITERION / group / function.replace(" ", "_") / "/".join(rest).replace(" ", "_")
    for path in (folder, CRITERION / group / function / "/".join(rest)):
        if (path / "new" / "estimates.json").exists():
            median = json.loads((path / "new" / "estimates.json").read_text())["median"]["point_estimate"]
            throughput = json.loads((path / "new" / "benchmark.json").read_text())["throughput"]
            return float(median) / (throughput or {}).get("Elements", 1)
    return None


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--updates", type=int, default=500_000)
    updates: int = arguments.parse_args().updates
    env: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder, floor = Path(name), {}
        if SHARED.is_dir():
            stream = folder / "stream.obs"
            for changes in (20, 60):
                extra = ("--ndjson", folder / f"{changes}.ndjson", "--levels", str(changes // 2))
                run(sys.executable, SHARED / "gen_stream.py", stream, "-n", str(updates), *extra)
            env["TIDEGATE_BENCH_STREAM"] = str(stream)
            floor = floors(folder, stream)
        run("cargo", "bench", "--bench", "market", "--", "--warm-up-time", "1", "--measurement-time", "3", env=env)
    print("| bench | floor | ours | ratio |\n|---|---|---|---|")
    for bench, floor_name, unit in ROWS:
        ours = measured(bench)
        if ours is None:
            continue
        ours = ours / 1_000 if unit == "us" else ours
        base = floor.get(floor_name)
        ratio = f"{base:.1f} | {ours:.1f} {unit} | {ours / base:.2f}" if base else f"- | {ours:.1f} {unit} | -"
        print(f"| {bench} | {ratio} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
