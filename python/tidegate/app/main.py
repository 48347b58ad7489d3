"""The console script: the command line with everything it may start."""

import gc
import importlib
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

from tidegate.cli.bridge import BridgeOptions
from tidegate.cli.main import main as command_line
from tidegate.cli.runners import Rebuilt, Runners, Started
from tidegate.cli.venue_sim import VenueSimOptions
from tidegate.model.config import Config
from tidegate.ports.audit import JournalAudit
from tidegate.ports.bench import Figure
from tidegate.ports.control import Control
from tidegate.ports.settings import Source

T = TypeVar("T")


def main() -> None:
    """Entry point of `tidegate` and of `python -m tidegate`."""
    runners = Runners(
        run=_run,
        with_control=_with_control,
        serve_venue=_serve_venue,
        serve_bridge=_serve_bridge,
        audit_journal=_audit_journal,
        rebuild=_rebuild,
        bench=_bench,
    )
    sys.exit(command_line(sys.argv[1:], runners))


def _run(config: Config, announce: Callable[[Started], None], source: Source) -> None:
    # Looked up by name when it is needed: the servers' imports cost more than most verbs take in all. Garbage made by
    # imports is none: without the collector they take a fifth less, and what they leave is never looked at again.
    gc.disable()
    module = importlib.import_module("tidegate.app.all_in_one")
    gc.freeze()
    gc.enable()
    module.run(config, announce, source)


def _with_control(config: Config, act: Callable[[Control], Awaitable[T]], *, action: str = "", target: str = "") -> T:
    module = importlib.import_module("tidegate.app.control")
    found: T = module.with_control(config, act, action=action, target=target)
    return found


def _serve_venue(options: VenueSimOptions) -> None:
    importlib.import_module("tidegate.app.venue_sim").serve(options)


def _serve_bridge(options: BridgeOptions) -> None:
    module = importlib.import_module("tidegate.bridge.serve")
    module.serve(module.Plan(options.exchange, options.port, options.home, options.simulated))


def _audit_journal(home: Path) -> JournalAudit:
    audit: JournalAudit = importlib.import_module("tidegate.store.audit").FileAudit(home / "journal")
    return audit


def _rebuild(config: Config) -> Rebuilt:
    done: Rebuilt = importlib.import_module("tidegate.app.rebuild").rebuild(config)
    return done


def _bench(directory: Path) -> Iterator[Figure]:
    figures: Iterator[Figure] = importlib.import_module("tidegate.app.bench").bench(directory)
    return figures
