"""The configuration of the running process, and reading its file anew."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tidegate.model.config import Config


@dataclass(frozen=True, slots=True)
class Source:
    """Where the configuration came from. `read` gives it as it would be now; raises TidegateError CONFIG_ERROR.

    path: the file, None where there is none.
    """

    path: Path | None
    read: Callable[[], Config]


@dataclass(frozen=True, slots=True)
class Reloaded:
    """Keys that differ from what the process ran with: those that count from now on, and why the others do not yet."""

    applied: tuple[str, ...]
    refused: dict[str, str]


class Settings(Protocol):
    """What counts now."""

    @property
    def current(self) -> Config: ...

    async def reload(self) -> Reloaded:
        """Reads the source anew and applies what can be.

        Raises TidegateError CONFIG_ERROR for a file that is wrong; then nothing has changed.
        """
        ...
