"""One simulated venue as a process of its own: `tidegate venue-sim`."""

import asyncio
import signal
import sys
from pathlib import Path

import orjson
import uvloop

from tidegate.app.sim_faults import Rates
from tidegate.app.sim_host import SimHost, SimPlan
from tidegate.cli.venue_sim import VenueSimOptions
from tidegate.model.errors import Code, TidegateError
from tidegate.obs import log


def serve(options: VenueSimOptions) -> None:
    """Runs until SIGINT or SIGTERM; the first line of standard output says where."""
    log.configure("info", simulated=True)
    uvloop.run(_serve(_plan(options)))


async def _serve(plan: SimPlan) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with SimHost(plan) as host:
        ready = {"ready": True, "rest": host.bases.rest, "ws": host.bases.ws}
        sys.stdout.buffer.write(orjson.dumps(ready) + b"\n")
        sys.stdout.buffer.flush()
        await stop.wait()


def _plan(options: VenueSimOptions) -> SimPlan:
    if options.frames is not None and not options.frames.is_file():
        raise TidegateError(Code.VALIDATION_ERROR, f"--frames {options.frames}: no such file")
    return SimPlan(
        venue=options.venue,
        products=tuple(options.product.split(",")),
        seed=options.seed,
        record=options.record,
        frames=options.frames,
        speed=options.speed,
        host=options.host,
        port=options.port,
        faults=Rates.parse(options.faults),
        more={"budgetTimes": options.budget_times} | _accounts(options.accounts),
    )


def _accounts(path: Path | None) -> dict[str, object]:
    """The file's JSON; what it says is checked by the venue."""
    if path is None:
        return {}
    try:
        return {"accounts": orjson.loads(path.read_bytes())}
    except OSError as error:
        raise TidegateError(Code.VALIDATION_ERROR, f"--accounts {path}: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise TidegateError(Code.VALIDATION_ERROR, f"--accounts {path}: not JSON: {error}") from error
