"""Real processes around the bridge: a simulated venue as the exchange, the real ccxt, the trading process."""

import base64
import hmac
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from .servers import KEY, PASSPHRASE, SECRET, STOP_S, TIDEGATE

ROOT: Final = Path(__file__).parents[2]
PASSWORD: Final = "correct horse battery staple"
READY_S: Final = 60.0


def until(condition: Callable[[], Any], what: str, timeout_s: float = READY_S, every_s: float = 0.1) -> Any:
    """The first true value of `condition()`."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(every_s)
    raise AssertionError(f"not within {timeout_s} s: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def asked(base: str, method: str, path: str, headers: dict[str, str], body: object = None) -> tuple[int, Any]:
    """Status and JSON of an answer, decimals as text. Raises OSError."""
    place, _, prefix = base.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(place, timeout=30)
    try:
        data = None if body is None else json.dumps(body)
        target = f"/{prefix}{path}" if prefix else path
        connection.request(method, target, data, {"Content-Type": "application/json"} | headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text, parse_float=str) if text else None
    finally:
        connection.close()


class Sim:
    """`tidegate venue-sim`, which can be told to fail."""

    def __init__(self, venue: str) -> None:
        command = [*TIDEGATE.split(), "venue-sim", "--venue", venue, "--product", "spot", "--seed", "1"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.process.stdout is not None
        self.rest: str = json.loads(self.process.stdout.readline())["rest"]
        self.venue = venue

    @property
    def host(self) -> str:
        return self.rest.removeprefix("http://")

    def fail(self, **rates: float) -> None:
        status, body = asked(self.rest, "PUT", "/_sim/faults", {}, rates)
        assert status == 200, body


class Bridge:
    """`tidegate bridge` from the sources, in this environment: the one that has ccxt."""

    def __init__(self, sim: Sim, home: Path, port: int = 0) -> None:
        directory = home / "bridge" / sim.venue
        directory.mkdir(parents=True, exist_ok=True)
        if not (directory / "secret").exists():
            # That of simulated venues, which profile sim uses without being told.
            (directory / "secret").touch(0o600)
            (directory / "secret").write_text(SECRET)
        self._command = [
            *(sys.executable, "-m", "tidegate", "bridge", "--exchange", sim.venue, "--home", str(home)),
            *("--port", str(port), "--simulated", sim.host),
        ]
        keys = {"KEY": KEY, "SECRET": SECRET, "PASSWORD": PASSPHRASE}
        self._environment = {
            **os.environ, "PYTHONPATH": str(ROOT / "python"),
            **{f"TIDEGATE_BRIDGE_{name}": value for name, value in keys.items()},
        }  # fmt: skip
        self.log = home / "bridge.log"
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, stderr=log, env=self._environment, cwd=self.log.parent
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log.read_text()[-2000:]
        self.ready: dict[str, Any] = json.loads(line)
        self.base: str = self.ready["rest"]

    def kill(self) -> None:
        """As a power button would."""
        self.process.kill()
        self.process.wait(STOP_S)

    def get(self, target: str) -> tuple[int, Any]:
        """Status and body of a signed question."""
        moment = str(int(time.time() * 1000))
        headers = {"BRIDGE-ACCESS-TIMESTAMP": moment, "BRIDGE-ACCESS-SIGN": signed(moment, target)}
        return asked(self.base, "GET", target, headers)


def signed(moment: str, target: str) -> str:
    """Written here once more, so that the bridge's own is checked."""
    return base64.b64encode(hmac.digest(SECRET.encode(), f"{moment}GET{target}".encode(), "sha256")).decode()


class Node:
    """`tidegate run --profile sim` of the environment that trades."""

    def __init__(self, home: Path, config: str) -> None:
        self.port = free_port()
        (home / "tidegate.yaml").write_text(config)
        environment = {**os.environ, "TIDEGATE_HOME": str(home), "TIDEGATE_ADMIN_PASSWORD": PASSWORD, "HOME": str(home)}
        self._log = (home / "node.log").open("wb")
        self.process = subprocess.Popen(
            [*TIDEGATE.split(), "run", "--profile", "sim", "--port", str(self.port)],
            stdout=self._log, stderr=self._log, env=environment, cwd=home,
        )  # fmt: skip
        self._token = ""

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and data (or error); status 0 while nobody answers."""
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self._token}"} if self._token else {}
        )
        try:
            status, answer = asked(f"http://127.0.0.1:{self.port}", method, path, headers, body)
        except OSError:
            return 0, None
        return status, answer["data" if status == 200 else "error"]

    def login(self) -> None:
        """Waits until it is up."""

        def token() -> str:
            status, data = self.call("POST", "/api/auth/login", {"username": "admin", "password": PASSWORD})
            return data["accessToken"] if status == 200 else ""

        self._token = until(token, "a log-in")

    def get(self, path: str) -> Any:
        status, data = self.call("GET", path)
        assert status == 200, (status, data)
        return data


@contextmanager
def running(*things: Any) -> Iterator[None]:
    """Ends what still runs."""
    try:
        yield
    finally:
        for thing in things:
            if thing.process.poll() is None:
                thing.process.terminate()
                try:
                    thing.process.wait(2 * STOP_S)
                except subprocess.TimeoutExpired:
                    thing.process.kill()
