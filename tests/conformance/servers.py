"""Simulated venues as processes of their own, for clients that know nothing of this project."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KEY: Final = "simkey"
SECRET: Final = "simsecret"
PASSPHRASE: Final = "simpass"
STOP_S: Final = 10.0
TIDEGATE: Final = os.environ.get("TIDEGATE", str(Path(".venv/bin/tidegate").absolute()))
"""The command under test; the clients' environment does not hold it."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where one simulated venue listens, `http://…` and `ws://…`."""

    venue: str
    product: str
    rest: str
    ws: str


@contextmanager
def serve(venue: str, product: str) -> Iterator[Served]:
    """Starts `tidegate venue-sim` and ends it; its first line tells where it is."""
    command = [*TIDEGATE.split(), "venue-sim", "--venue", venue, "--product", product, "--seed", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"{command} ended without serving"
        ready = json.loads(line)
        yield Served(venue, product, ready["rest"], ready["ws"])
    finally:
        process.terminate()
        process.wait(STOP_S)
