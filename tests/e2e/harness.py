"""Real processes on ephemeral ports, each with a data directory of its own; everything waits with a deadline."""

import http.client
import importlib.util
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"
READY_S = 30.0
PACKAGE = str(Path(importlib.util.find_spec("tidegate").origin).parents[1])
"""Where the package that this process would import lies: the sources in tests, the installed one otherwise."""


class DiedError(AssertionError):
    """A process ended or did not get ready; carries the end of its log."""


def free_port():
    """A port that was free a moment ago, outside the range from which every other connection here gets its own."""
    while True:
        port = random.SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until(condition, what, timeout_s=READY_S, every_s=0.02):
    """The first true value of `condition()`."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(every_s)
    raise AssertionError(f"not within {timeout_s} s: {what}")


class Process:
    """One command of ours; its output is kept."""

    def __init__(self, arguments, home, env=None, preexec=None, program=("-m", "tidegate")):
        self.arguments = arguments
        self.out = deque(maxlen=2000)
        self.err = deque(maxlen=5000)
        full = {key: value for key, value in os.environ.items() if not key.startswith("TIDEGATE_")}
        full |= {"TIDEGATE_HOME": str(home), "PYTHONPATH": PACKAGE, "HOME": str(home)} | (env or {})
        self.environment = full
        self.started = time.monotonic()
        self.child = subprocess.Popen(
            [sys.executable, *program, *arguments],
            cwd=home, env=full, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=preexec,  # noqa: PLW1509
        )  # fmt: skip
        self._readers = [
            threading.Thread(target=self._read, args=(pipe, lines), daemon=True)
            for pipe, lines in ((self.child.stdout, self.out), (self.child.stderr, self.err))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe, lines):
        with pipe:
            for line in pipe:
                lines.append(line.rstrip("\n"))

    @property
    def alive(self):
        return self.child.poll() is None

    def log(self, event):
        """The log lines of one event, as objects."""
        lines = [json.loads(line) for line in list(self.err) if line.startswith("{")]
        return [line for line in lines if line.get("event") == event]

    def ended(self, timeout_s=10.0):
        """The exit code, once the process has ended and its output is read."""
        code = self.child.wait(timeout_s)
        for reader in self._readers:
            reader.join(5)
        return code

    def kill(self):
        """As a power button would: no handler runs."""
        self.child.kill()
        self.ended()

    def stop(self):
        """Orderly; the exit code."""
        if self.alive:
            self.child.send_signal(signal.SIGTERM)
        return self.ended()

    def tail(self):
        return "\n".join([*list(self.out)[-5:], *list(self.err)[-25:]])


class Node(Process):
    """`tidegate run` and its API."""

    def __init__(
        self, home, *, config="", port=None, env=None, preexec=None, program=("-m", "tidegate"), profile="sim"
    ):
        self.home = Path(home)
        self.port = port or free_port()
        (self.home / "tidegate.yaml").write_text(config)
        super().__init__(
            ["run", "--profile", profile, "--port", str(self.port)],
            self.home,
            {"TIDEGATE_ADMIN_PASSWORD": PASSWORD} | (env or {}),
            preexec,
            program,
        )
        self._token = None

    def request(self, method, path, body=None, token=None):
        """(status, whole JSON document); status 0 while nothing listens."""
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read(), parse_float=str, parse_int=int)
        except (ConnectionError, TimeoutError):
            return 0, {}
        finally:
            connection.close()

    def health(self):
        return self.request("GET", "/health")

    def ready(self, timeout_s=READY_S):
        """Waits for health 200; seconds since the process was started."""

        def answered():
            if not self.alive:
                raise DiedError(self.tail())
            # Its own announcement first: on a port that somebody else took, a stranger would answer.
            return bool(self.out) and self.health()[0] == 200

        try:
            until(answered, "health 200", timeout_s)
        except AssertionError as failure:
            raise DiedError(f"{failure}\n{self.health()}\n{self.tail()}") from None
        return time.monotonic() - self.started

    def call(self, method, path, body=None):
        """(status, data or error) as the admin."""
        if self._token is None:
            status, answer = self.request("POST", "/api/auth/login", {"username": "admin", "password": PASSWORD})
            assert status == 200, answer
            self._token = answer["data"]["accessToken"]
        status, answer = self.request(method, path, body, self._token)
        return status, answer.get("data") if answer.get("success") else answer.get("error")

    def cli(self, *arguments, given=""):
        """Exit code and output of a verb on this node's data directory."""
        done = subprocess.run(
            [sys.executable, "-m", "tidegate", *arguments],
            cwd=self.home, env=self.environment, input=given, capture_output=True, text=True,
            timeout=READY_S, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def get(self, path):
        """The data of a GET that must succeed."""
        status, data = self.call("GET", path)
        assert status == 200, (status, data)
        return data

    def caught_up(self):
        """Waits until the tables show every record there is: lists are served short once the wait of one is over."""
        until(lambda: self.get("/api/system/status")["queues"]["projectionLag"] == 0, "the tables caught up")
        return True

    def ended_plans(self):
        """The plans that have ended, newest first."""
        plans = self.get("/api/arbitrage/plans?limit=1000")["items"]
        return [plan for plan in plans if plan["state"] in ("HEDGED", "UNWOUND", "EXPIRED", "REPORTED")]


class VenueSim(Process):
    """`tidegate venue-sim`: one simulated venue product, with a record of what it accepted."""

    def __init__(self, home, venue, product, *, port=0, seed=1, budget_times=1, accounts=None):
        self.record = Path(home) / f"{venue}-{product}.record"
        options = {"venue": venue, "product": product, "seed": seed, "port": port, "record": self.record}
        options["budget-times"] = budget_times
        if accounts is not None:
            path = Path(home) / f"{venue}-{product}.accounts.json"
            path.write_text(json.dumps(accounts))
            options["accounts"] = path
        super().__init__(["venue-sim", *(f"--{name}={value}" for name, value in options.items())], home)
        line = until(lambda: self.out[0] if self.out or not self.alive else None, "the ready line")
        self.address = json.loads(line)


@contextmanager
def running(*processes):
    """Ends what is still running."""
    try:
        yield processes[0] if len(processes) == 1 else processes
    finally:
        for process in processes:
            if process.alive:
                process.kill()
