"""`tidegate replay`: recorded frames of two instruments -> books -> spread of the pair -> openings and closings."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from rich.console import Console
from rich.table import Table

from tidegate._core import CoreError, Replayer
from tidegate.cli.recording import bad_file, merge
from tidegate.model.errors import Code, TidegateError

ROWS_MAX: Final = 1_000
"""Rows of the table for people; `--json` has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is replayed, checked as far as text goes."""

    legs: tuple[str, str]
    qty: str
    threshold: str
    fees: tuple[str, str]
    paths: tuple[Path, ...]
    leg_of: tuple[int, ...]
    """Leg (0 or 1) of each path."""


class Line(BaseModel):
    """One line of output, read back for the table."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    event: str = ""
    direction: str = ""
    recv_ns: int = 0
    net_percent: str = ""
    open_ns: int = 0
    max_net_percent: str = ""
    frames: tuple[int, int] = (0, 0)
    gaps: tuple[int, int] = (0, 0)
    opened: int = 0


class Hop(BaseModel):
    """Nanoseconds per depth message."""

    p50: int
    p99: int


class Timings(BaseModel):
    """What the core measured."""

    frames: int
    ignored: tuple[int, int]
    faults: tuple[int, int]
    hops: dict[str, Hop]


def replay(
    frames: Annotated[
        list[str] | None,
        typer.Option(help="INSTRUMENT=FILE, once per leg; FILE: '<recv ns> <frame>' a line, gzip or plain"),
    ] = None,
    pair: Annotated[str, typer.Option(help="the two instruments: venue:type:symbol,venue:type:symbol")] = "",
    qty: Annotated[str, typer.Option(help="base units per shot")] = "",
    threshold: Annotated[str, typer.Option(help="net percent at which a direction opens")] = "",
    fees: Annotated[str, typer.Option(help="fee fraction of each leg: 0.001,0.0004")] = "0,0",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line per event")] = False,
) -> None:
    """Replay recorded frames and print when the pair's spread opened and closed."""
    try:
        _run(_plan(frames or [], pair, qty, threshold, fees=fees), as_json=as_json)
    except TidegateError as error:
        typer.echo(f"tidegate replay: {error.message}", err=True)
        raise typer.Exit(error.spec.exit_code) from error


def _plan(frames: list[str], pair: str, qty: str, threshold: str, *, fees: str) -> Plan:
    for name, value in (("--frames", frames), ("--pair", pair), ("--qty", qty), ("--threshold", threshold)):
        if not value:
            raise _usage(f"{name} is missing")
    legs = _two(pair, "--pair takes two instruments: venue:type:symbol,venue:type:symbol")
    paths: dict[str, Path] = {}
    for item in frames:
        name, equals, file = item.partition("=")
        if not equals or not file:
            raise _usage(f"--frames takes INSTRUMENT=FILE, not {item!r}")
        if name not in legs:
            raise _usage(f"--frames {name}: not a leg of --pair {pair}")
        if name in paths:
            raise _usage(f"--frames {name} is given twice")
        paths[name] = Path(file)
    for leg in legs:
        if leg not in paths:
            raise _usage(f"--frames {leg}=FILE is missing")
    return Plan(
        legs=legs,
        qty=qty,
        threshold=threshold,
        fees=_two(fees, "--fees takes two fractions: 0.001,0.0004"),
        paths=tuple(paths.values()),
        leg_of=tuple(legs.index(name) for name in paths),
    )


def _two(text: str, usage: str) -> tuple[str, str]:
    parts = text.split(",")
    if len(parts) != 2 or not all(parts):
        raise _usage(usage)
    return parts[0], parts[1]


def _usage(message: str) -> TidegateError:
    return TidegateError(Code.VALIDATION_ERROR, message)


def _run(plan: Plan, *, as_json: bool) -> None:
    try:
        replayer = Replayer(*plan.legs, plan.qty, plan.threshold, *plan.fees)
    except CoreError as error:
        raise _usage(error.message) from error
    started = time.perf_counter_ns()
    lines = _lines(plan, replayer)
    if as_json:
        for line in lines:
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    else:
        _table(lines)
    elapsed_ns = time.perf_counter_ns() - started
    typer.echo(_timing(Timings.model_validate_json(replayer.timings()), elapsed_ns), err=True)


def _lines(plan: Plan, replayer: Replayer) -> Iterator[bytes]:
    """Chunks of whole JSON lines, the summary last."""
    for frame in merge(plan.paths):
        try:
            lines = replayer.feed(plan.leg_of[frame.source], frame.recv_ns, frame.data)
        except CoreError as error:
            raise bad_file(plan.paths[frame.source], error.message, frame.line) from error
        if lines is not None:
            yield lines
    yield replayer.summary()


def _table(chunks: Iterator[bytes]) -> None:
    table = Table("opened (UTC)", "direction", "net %", "max net %", "open ms", title="Opportunities")
    opened: dict[str, Line] = {}
    rows: list[tuple[Line, Line | None]] = []
    last = Line()
    for line in (Line.model_validate(orjson.loads(text)) for chunk in chunks for text in chunk.splitlines()):
        if line.event == "opportunity":
            opened[line.direction] = line
        elif line.event == "opportunity_closed":
            rows.append((opened.pop(line.direction), line))
        last = line
    rows.extend((line, None) for line in opened.values())
    rows.sort(key=lambda row: row[0].recv_ns)
    for begin, end in rows[:ROWS_MAX]:
        close = (end.max_net_percent, f"{end.open_ns // 1_000_000}") if end else ("", "still open")
        table.add_row(_moment(begin.recv_ns), begin.direction, begin.net_percent, *close)
    console = Console()
    console.print(table)
    if len(rows) > ROWS_MAX:
        console.print(f"{len(rows) - ROWS_MAX} more; --json prints them all")
    console.print(f"opened {last.opened}, depth frames {last.frames}, gaps {last.gaps}")


def _moment(ns: int) -> str:
    seconds, rest = divmod(ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%d %H:%M:%S}.{rest // 1_000_000:03d}"


def _timing(timings: Timings, elapsed_ns: int) -> str:
    rate = timings.frames * 1_000_000_000 // max(elapsed_ns, 1)
    hops = ", ".join(f"{name} {hop.p50}/{hop.p99}" for name, hop in timings.hops.items())
    return (
        f"{timings.frames} frames, {rate} frames/s; ns per depth frame p50/p99: {hops}; "
        f"ignored {list(timings.ignored)}, faults {list(timings.faults)}"
    )
