"""Which event loop the trading process runs on, and which it refuses."""

import re
from typing import Final

from tidegate.model.errors import Code, TidegateError

UVLOOP_MIN: Final = (0, 23)
"""Older ones can corrupt a connection when another is cancelled while it is being made."""


def check_loop(version: str) -> None:
    """Raises TidegateError CONFIG_ERROR for a uvloop that is too old, as the bridge's environment has it."""
    found = tuple(int(part) for part in re.findall(r"[0-9]+", version)[:2])
    if found < UVLOOP_MIN:
        least = ".".join(map(str, UVLOOP_MIN))
        raise TidegateError(
            Code.CONFIG_ERROR,
            f"uvloop {version} can corrupt connections, {least} is needed: an environment with tidegate[ccxt] is "
            "for `tidegate bridge` alone, install tidegate without it in one of its own",
        )
