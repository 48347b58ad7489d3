"""Options of the command line, the environment and the file as one configuration."""

import os
from pathlib import Path
from typing import Final

from tidegate.model.config import Config
from tidegate.model.config_text import parse_config
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.settings import Source

DEFAULT_FILE: Final = Path("tidegate.yaml")


def load(
    *, profile: str | None = None, file: Path | None = None, port: int | None = None, home: Path | None = None
) -> Config:
    """The configuration: options over environment over file. Raises TidegateError CONFIG_ERROR.

    Without `file`, `tidegate.yaml` of the working directory is read where there is one.
    """
    path = file if file is not None else DEFAULT_FILE if DEFAULT_FILE.is_file() else None
    overrides = {"profile": profile, "port": port, "home": str(home) if home is not None else None}
    return parse_config(_read(path), os.environ, overrides, origin=str(path) if path is not None else str(DEFAULT_FILE))


def source_of(
    *, profile: str | None = None, file: Path | None = None, port: int | None = None, home: Path | None = None
) -> Source:
    """The same once more, whenever it is asked for: from where the file is now, with the options of the start."""
    place = (file if file is not None else DEFAULT_FILE).absolute()

    def read() -> Config:
        # Without --config the file may have come, or gone, since the start.
        found = place if file is not None or place.is_file() else None
        return load(profile=profile, file=found, port=port, home=home)

    return Source(place, read)


def _read(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "it is not UTF-8 text"
        raise TidegateError(
            Code.CONFIG_ERROR, f"can not read {path}: {reason}; name another file with --config"
        ) from None
