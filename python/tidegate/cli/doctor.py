"""`tidegate doctor`: can this machine run it? One row per check, each with what to do."""

import asyncio
import json
import os
import platform
import shutil
import sqlite3
import ssl
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from tidegate import __version__
from tidegate.cli.settings import load
from tidegate.model.config import Config, Product, VenueConfig, base_url
from tidegate.model.errors import CODES, Code, TidegateError
from tidegate.ports.http import HttpError
from tidegate.transport.http import PooledHttp
from tidegate.venues.spec import Venue, VenueReplyError
from tidegate.venues.table import VENUES

DISK_FREE_WARN_BYTES: Final = 2 * 1024**3
DISK_FREE_MIN_BYTES: Final = 256 * 1024**2
CLOCK_SKEW_MAX_MS: Final = 500
VENUE_WAIT_S: Final = 5.0
PYTHON_MIN: Final = (3, 11)


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """`advice` says what to do; empty when there is nothing to do."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""
    code: Code = Code.INTERNAL


def doctor(
    profile: Annotated[str | None, typer.Option(help="sim, paper or live.")] = None,
    config: Annotated[Path | None, typer.Option(help="Configuration file. [default: ./tidegate.yaml]")] = None,
    home: Annotated[Path | None, typer.Option(help="Data directory. [default: ~/.tidegate]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check versions, disk, clock, data directory and venues."""
    settings = load(profile=profile, file=config, home=home)
    checks = [*versions(), *storage(settings.home), *asyncio.run(venues(settings))]
    failed = [check for check in checks if check.verdict is Verdict.FAIL]
    if as_json:
        rows = [{key: value for key, value in asdict(check).items() if key != "code"} for check in checks]
        typer.echo(json.dumps({"ok": not failed, "profile": settings.profile, "checks": rows}))
    else:
        _show(checks)
    if failed:
        raise typer.Exit(CODES[failed[0].code].exit_code)


def versions() -> Iterator[Check]:
    """What it runs on."""
    yield Check("tidegate", Verdict.OK, __version__)
    python = platform.python_version()
    good = tuple(int(part) for part in platform.python_version_tuple()[:2]) >= PYTHON_MIN
    yield Check("python", Verdict.OK if good else Verdict.FAIL, python, "" if good else "install Python 3.11 or newer")
    yield Check("sqlite", Verdict.OK, sqlite3.sqlite_version)
    yield Check("openssl", Verdict.OK, ssl.OPENSSL_VERSION)
    yield Check("cpus", Verdict.OK, str(os.cpu_count() or 1))


def storage(home: Path) -> Iterator[Check]:
    """The data directory, or the one it would be made in."""
    place = next(path for path in (home, *home.parents) if path.exists())
    if not place.is_dir():
        yield Check(
            "data directory", Verdict.FAIL, f"{place} is a file", "choose another with --home", Code.CONFIG_ERROR
        )
        return
    if os.access(place, os.W_OK | os.X_OK):
        yield Check("data directory", Verdict.OK, str(home) if place == home else f"{home} (made at the first start)")
    else:
        advice = "give yourself write access, or choose another with --home"
        yield Check("data directory", Verdict.FAIL, f"{place} is not writable", advice, Code.CONFIG_ERROR)
    free = shutil.disk_usage(place).free
    verdict = (
        Verdict.FAIL if free < DISK_FREE_MIN_BYTES else Verdict.WARN if free < DISK_FREE_WARN_BYTES else Verdict.OK
    )
    yield Check("disk", verdict, f"{free / 1024**3:.1f} GiB free", "" if verdict is Verdict.OK else "free some space")


async def venues(config: Config) -> list[Check]:
    """Each venue's own clock beside ours; an embedded venue needs no network."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_venue(config, name, section, product), name=f"doctor-{name}-{product}")
            for name, section in config.venues.items()
            for product in section.products
        ]
    return [check for task in tasks for check in task.result()]


async def _venue(config: Config, name: str, section: VenueConfig, product: Product) -> list[Check]:
    title = f"{name} {product}"
    given = base_url(section.rest, product) if section.rest is not None else None
    if given is None and config.simulated:
        return [Check(title, Verdict.OK, "simulated, in the process itself")]
    base = given if given is not None else VENUES[name].spec.products[product].rest
    client = PooledHttp(base)
    try:
        skew_ms, round_trip_ms = await _skew(client, VENUES[name], product)
    except (HttpError, VenueReplyError, TidegateError) as failure:
        advice = "look at the network, the proxy and venues.*.rest in tidegate.yaml"
        return [Check(title, Verdict.FAIL, str(failure), advice, Code.EXCHANGE_UNAVAILABLE)]
    finally:
        await client.close()
    late = abs(skew_ms) > CLOCK_SKEW_MAX_MS
    return [
        Check(title, Verdict.OK, f"{base} answers in {round_trip_ms:.0f} ms"),
        Check(
            f"clock against {title}",
            Verdict.FAIL if late else Verdict.OK,
            f"{skew_ms:+.0f} ms (give or take {round_trip_ms / 2:.0f} ms)",
            "let NTP set this machine's clock" if late else "",
        ),
    ]


async def _skew(client: PooledHttp, venue: Venue, product: Product) -> tuple[float, float]:
    """Venue time minus ours, and the round trip; milliseconds."""
    request = venue.time(product)
    began_wall_ms, began = time.time() * 1000, time.monotonic()
    reply = await client.request(request.method, request.target, headers=request.headers, deadline_s=VENUE_WAIT_S)
    round_trip_ms = (time.monotonic() - began) * 1000
    if reply.status != 200:
        raise HttpError(f"it answered with status {reply.status}")
    return venue.parse_time(reply.body) / 1e6 - (began_wall_ms + round_trip_ms / 2), round_trip_ms


def _show(checks: list[Check]) -> None:
    colours = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}
    table = Table("check", "", "found", "what to do")
    for check in checks:
        table.add_row(check.name, f"[{colours[check.verdict]}]{check.verdict}[/]", check.found, check.advice)
    Console().print(table)
