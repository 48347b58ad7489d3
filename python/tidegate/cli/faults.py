"""`tidegate sim`: seeds of the fault simulator on every core, violations with the command that replays each."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Annotated, Final

import orjson
import typer
from pydantic import BaseModel

from tidegate._core import CoreError, simulate
from tidegate.cli.main import EXIT_FAILED
from tidegate.model.errors import Code, TidegateError

CHUNK: Final = 50
"""Seeds of one call into the core."""
MUTANT_SEEDS_MAX: Final = 10_000
HASHES: Final = 1 << 64
ALL_VENUES: Final = "all"
PROGRESS_EVERY_S: Final = 10.0
"""A long run says this often how far it is, and where to take it up again."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What every seed of a run shares."""

    mutant: str = ""
    late: bool = False
    venues: str = ALL_VENUES

    def again(self, seed: int) -> str:
        """The command that shows one seed of it."""
        args = " ".join([*(["--late"] if self.late else []), *self._venues()])
        args = f"{args!r}" if " " in args else args
        extra = (f" MUTANT={self.mutant}" if self.mutant else "") + (f" ARGS={args}" if args else "")
        return f"make sim SEED={seed} TRACE=1{extra}"

    def _venues(self) -> list[str]:
        return [] if self.venues == ALL_VENUES else [f"--venues={self.venues}"]


class Violation(BaseModel):
    seed: int
    invariant: str
    text: str


class Report(BaseModel):
    """What the core tells of a range of seeds."""

    seeds: int
    events: int
    virtual_seconds: int
    violations: int
    told: tuple[Violation, ...]
    probes: dict[str, int]
    due: dict[str, int]
    """The number of seeds from which on a probe must have fired."""
    hash: int
    """Of all that happened, in any order of the seeds."""
    mutants: tuple[str, ...]
    trace: str


def sim(
    seeds: Annotated[int, typer.Option(min=1, help="how many seeds")] = 1_000,
    seed: Annotated[int | None, typer.Option(min=0, help="this one seed only")] = None,
    start: Annotated[int, typer.Option("--from", min=0, help="the first seed")] = 0,
    trace: Annotated[bool, typer.Option(help="print everything that happened")] = False,
    mutant: Annotated[str, typer.Option(help="put this flaw into the engine")] = "",
    mutants: Annotated[bool, typer.Option(help="every flaw in turn, up to its first violation")] = False,
    probes: Annotated[bool, typer.Option(help="print how often every fault and transition came up")] = False,
    late: Annotated[bool, typer.Option(help="nothing fails but time: replies up to 40 s late")] = False,
    venues: Annotated[str, typer.Option(help="these two, as binance,bybit; all: each seed draws two")] = ALL_VENUES,
    jobs: Annotated[int, typer.Option(min=1, help="threads")] = os.cpu_count() or 1,
) -> None:
    """Exit code 1 on any violation, when a mutant survives, or when a large corpus never reached what it must."""
    setting = Setting(mutant, late, venues)
    if mutants:
        raise typer.Exit(EXIT_FAILED if _hunt(jobs, min(seeds, MUTANT_SEEDS_MAX), setting) else 0)
    first, count = (start, seeds) if seed is None else (seed, 1)
    began = told = time.monotonic()
    done, violations, events, hashed, counted, due = 0, 0, 0, 0, Counter[str](), dict[str, int]()
    for report in _reports(first, count, setting, jobs, trace=trace):
        sys.stdout.write(report.trace)
        done += report.seeds
        for violation in report.told:
            _tell(violation, setting)
        violations += report.violations
        events += report.events
        hashed = (hashed + report.hash) % HASHES
        counted.update(report.probes)
        due = report.due
        if time.monotonic() - told > PROGRESS_EVERY_S:
            told = time.monotonic()
            typer.echo(f"... {done} of {count} seeds, {violations} violations; goes on from START={first + done}")
    if probes:
        _print_probes(counted)
    unreached = [name for name, least in due.items() if done >= least and not counted[name]]
    for name in unreached:
        typer.echo(f"NEVER {name}: due in {due[name]} seeds, did not come up in {done}")
    seconds = time.monotonic() - began
    typer.echo(f"events={events} events_per_second={events / max(seconds, 1e-9):.0f} hash={hashed:016x}")
    typer.echo(f"seeds={count} seconds={seconds:.1f} violations={violations}")
    if violations or unreached:
        raise typer.Exit(EXIT_FAILED)


def _reports(first: int, count: int, setting: Setting, jobs: int, *, trace: bool) -> Iterator[Report]:
    """The reports of chunks of seeds, in order."""
    starts = range(first, first + count, CHUNK)
    with ThreadPoolExecutor(jobs) as pool:
        chunk = partial(_run, setting=setting, trace=trace)
        yield from pool.map(lambda at: chunk(at, min(CHUNK, first + count - at)), starts)


def _run(first: int, count: int, setting: Setting, *, trace: bool = False, only_first: bool = False) -> Report:
    request = {"from": first, "seeds": count, "trace": trace, "first": only_first, **asdict(setting)}
    try:
        return Report.model_validate_json(simulate(orjson.dumps(request)))
    except CoreError as error:
        raise TidegateError(Code.VALIDATION_ERROR, error.message) from None


def _tell(violation: Violation, setting: Setting) -> None:
    typer.echo(f"VIOLATION seed={violation.seed} invariant {violation.invariant}: {violation.text}")
    typer.echo(f"  again: {setting.again(violation.seed)}")


def _hunt(jobs: int, seeds: int, setting: Setting) -> int:
    """Runs every mutant up to its first violation; returns how many survived."""
    began = time.monotonic()
    names = _run(0, 0, setting).mutants
    survivors = 0
    with ThreadPoolExecutor(jobs) as pool:
        for name, report in zip(
            names, pool.map(lambda name: _first(replace(setting, mutant=name), seeds), names), strict=True
        ):
            killed = report.told[0] if report.told else None
            survivors += killed is None
            found = f"seed {killed.seed}: {killed.invariant}" if killed else "SURVIVED"
            typer.echo(f"{name:<28} {found}")
    typer.echo(f"mutants={len(names)} survived={survivors} seconds={time.monotonic() - began:.1f}")
    return survivors


def _first(setting: Setting, seeds: int) -> Report:
    return _run(0, seeds, setting, only_first=True)


def _print_probes(counted: Counter[str]) -> None:
    for name in sorted(counted):
        typer.echo(f"{counted[name]:>10}  {name}")
    never = [name for name, count in counted.items() if count == 0]
    typer.echo(f"probes={len(counted)} never={len(never)} {never}")
