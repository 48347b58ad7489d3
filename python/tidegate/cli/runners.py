"""What the verbs start but may not know: handed in by `app/main.py`."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import typer

from tidegate.cli.bridge import BridgeOptions
from tidegate.cli.venue_sim import VenueSimOptions
from tidegate.model.config import Config
from tidegate.ports.audit import JournalAudit
from tidegate.ports.bench import Figure
from tidegate.ports.control import Control
from tidegate.ports.settings import Source

T = TypeVar("T")


class Started(Protocol):
    """What a started process tells. `link_token` logs the admin in once."""

    @property
    def address(self) -> str: ...
    @property
    def profile(self) -> str: ...
    @property
    def link_token(self) -> str | None: ...


class Rebuilt(Protocol):
    """What `rebuild` did."""

    @property
    def seq(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def took_s(self) -> float: ...


class WithControl(Protocol):
    """Runs one act on the control side, and gives what it gives. `action` and `target` stand in the audit log."""

    def __call__(
        self, config: Config, act: Callable[[Control], Awaitable[T]], *, action: str = "", target: str = ""
    ) -> T: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Runners:
    """`run`, `serve_venue` and `serve_bridge` serve until the process is told to stop; `with_control` acts on users,
    seals and audit log of a data directory; `audit_journal` and `bench` take a data directory.
    """

    run: Callable[[Config, Callable[[Started], None], Source], None]
    with_control: WithControl
    serve_venue: Callable[[VenueSimOptions], None]
    serve_bridge: Callable[[BridgeOptions], None]
    audit_journal: Callable[[Path], JournalAudit]
    rebuild: Callable[[Config], Rebuilt]
    bench: Callable[[Path], Iterator[Figure]]


def runners_of(context: typer.Context) -> Runners:
    """The runners that the command line was started with."""
    runners = context.find_object(Runners)
    if runners is None:
        raise AssertionError("the command line was started without runners")
    return runners
