"""Requests generated from the OpenAPI document against the real service, as each role: no answer may be a bug of ours.

Every answer is held to the document: its status is no 500, its body fits the schema of that status. Where a path names
a thing, every second request names one that is really there, so that requests meet the state that others have left.

A request without an answer in time is counted apart: it is a bug only if the service is gone or stays silent.

    python -m tests.e2e.fuzz --cases 20000 [--role admin] [--seed 1] [--state FILE]

With `--state` a run that was stopped goes on where it was, after the last operation that was done with.
"""

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from tests.e2e.harness import Node, running

from tidegate.cli.local import ask
from tidegate.model.errors import TidegateError

ROLES = ("viewer", "trader", "strategist", "admin")
PASSWORD = "a password of the fuzzer"
HONEST = frozenset({502, 503, 504})
"""A venue refused, is not there, or has not answered: true answers, not bugs."""
BUSY = HONEST | {0, 429}
START_S = 300.0
"""A long run gives way to everything else on its machine, its start too."""
ANSWER_S = 40.0
"""More than the server takes for any answer."""
SILENCES_MAX = 20
"""Requests of one role that may stay without an answer: a busy machine; more is a service that does not serve."""
LATER = frozenset({"post /api/auth/link"})
"""Only over the local socket."""


def asked(home, method, path, body=None):
    """What the owner of the process asks for himself; tables that a busy machine keeps waiting get time."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            return ask(home, method, path, body)
        except TidegateError as failure:
            if failure.status not in HONEST or time.monotonic() > deadline:
                raise
            time.sleep(0.5)


class Caller:
    """One role's user. Whatever a request did to him (logged out, removed, disabled), he is there for the next."""

    def __init__(self, node, role):
        self.node, self.role, self.name = node, role, f"fuzz-{role}"
        self.token = ""
        self.links = requests.Session()

    def headers(self):
        if not self.token:
            self.token = self._login()
            assert self.token, f"{self.name} is not let in"
        return {"Authorization": f"Bearer {self.token}"}

    def _login(self):
        """Mostly the user is as he was: he is only set right where that is not so."""
        return self._asks_for_token() or self._set_right() or self._asks_for_token()

    def _asks_for_token(self):
        """None where the user is not as he should be; a busy service is asked again."""
        deadline, body = time.monotonic() + START_S, {"username": self.name, "password": PASSWORD}
        status, answer = self.node.request("POST", "/api/auth/login", body)
        while status in BUSY and time.monotonic() < deadline:
            time.sleep(0.5)
            status, answer = self.node.request("POST", "/api/auth/login", body)
        good = status == 200 and answer["data"]["user"]["role"] == self.role
        return answer["data"]["accessToken"] if good else None

    def _set_right(self):
        home = self.node.home
        users = {user["username"]: user["id"] for user in asked(home, "GET", "/api/users")}
        if self.name not in users:
            asked(home, "POST", "/api/users", {"username": self.name, "role": self.role, "password": PASSWORD})
            return
        place = f"/api/users/{users[self.name]}"
        asked(home, "DELETE", f"{place}/totp")
        asked(home, "PUT", place, {"disabled": False, "role": self.role})
        asked(home, "PUT", place, {"password": PASSWORD})


def real_ids(node):
    """Names of things that are there, by placeholder."""
    home = node.home
    pairs = [pair["id"] for pair in asked(home, "GET", "/api/monitoring/pairs")]
    plans = [plan["planId"] for plan in asked(home, "GET", "/api/arbitrage/plans?limit=5")["items"]]
    twaps = [plan["planId"] for plan in asked(home, "GET", "/api/twap/plans?limit=5")["items"]]
    orders = [order["orderId"] for order in asked(home, "GET", "/api/orders?limit=5")["items"]]
    users = [user["id"] for user in asked(home, "GET", "/api/users")]
    return {
        "id": pairs, "pairId": pairs, "planId": [*plans, *twaps], "orderId": orders, "userId": users,
        "exchange": ["binance", "bybit"], "name": ["binance", "bybit"], "symbol": ["BTCUSDT", "ETHUSDT"],
        "account": ["main"],
    }  # fmt: skip


class State:
    """Where a run stands, in a file or nowhere."""

    def __init__(self, path=None):
        self.path = path
        self.roles = json.loads(path.read_text()) if path is not None and path.exists() else {}

    def of(self, role):
        return self.roles.get(role, {})

    def keep(self, role, facts):
        self.roles[role] = facts
        if self.path is not None:
            partial = self.path.with_suffix(".partial")
            partial.write_text(json.dumps(self.roles))
            partial.replace(self.path)


class Fuzz:
    """All cases of one role."""

    def __init__(self, node, role, cases, first_seed, state=None):
        self.node, self.caller, self.cases, self.seed = node, Caller(node, role), cases, first_seed
        self.random = Random(first_seed)
        address = f"http://127.0.0.1:{node.port}/api/openapi.json"
        answer = requests.get(address, headers=self.caller.headers(), timeout=10)
        self.schema = schemathesis.openapi.from_dict(answer.json())
        self.schema.config.generation.update(with_security_parameters=False)  # who asks is not left to chance
        self.state = state or State()
        before = self.state.of(role)
        self.statuses = Counter({int(status): count for status, count in before.get("statuses", {}).items()})
        self.failures, self.silences = before.get("failures", []), before.get("silences", 0)
        self.seconds = before.get("seconds", 0.0)
        self.number, self.first = before.get("next", [first_seed, 0])
        self.ids = real_ids(node)

    def run(self):
        """Counts of statuses; failures as text. Cases go round the operations in equal parts, and round
        again for those that had no more to ask.
        """
        found = [result.ok() for result in self.schema.get_all_operations()]
        operations = [operation for operation in found if operation.label.lower() not in LATER]
        while (missing := self.cases - sum(self.statuses.values())) > 0:
            for place, operation in enumerate(operations[self.first :], self.first):
                started = time.monotonic()
                for mode in GenerationMode:  # what fits the document, and what does not
                    self._operation(operation, -(-missing // (2 * len(operations))), self.number, mode)
                self.ids = real_ids(self.node)
                self.seconds += time.monotonic() - started
                self._keep([self.number, place + 1])
            self.number, self.first = self.number + 1, 0
            self._keep([self.number, 0])
        return self

    def _keep(self, following):
        facts = {"next": following, "statuses": self.statuses, "failures": self.failures, "silences": self.silences}
        self.state.keep(self.caller.role, facts | {"seconds": self.seconds})

    def _operation(self, operation, count, number, mode):
        @seed(number)
        @settings(
            max_examples=count, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def once(case):
            self._case(case)

        with suppress(Unsatisfiable):  # an operation without anything to get wrong
            once()

    def _case(self, case):
        for name in list(case.path_parameters or {}):
            if self.ids.get(name) and self.random.random() < 0.5:
                case.path_parameters[name] = self.random.choice(self.ids[name])
        try:
            response = case.call(
                base_url=f"http://127.0.0.1:{self.node.port}",
                headers=self.caller.headers(),
                session=self.caller.links,
                timeout=ANSWER_S,
            )
        except requests.exceptions.RequestException as silence:
            self._unanswered(case, silence)
            return
        self.statuses[response.status_code] += 1
        if response.status_code == 401:
            self.caller.token = ""
        checks = [response_schema_conformance, content_type_conformance]
        if response.status_code not in HONEST:
            checks.append(not_a_server_error)
        try:
            case.validate_response(response, checks=checks)
        except (FailureGroup, AssertionError) as failure:
            told = [str(part) for part in getattr(failure, "exceptions", [failure])]
            self.failures.append(f"{case.method} {case.formatted_path} {response.status_code}: {told}"[:2000])

    def _unanswered(self, case, silence):
        """Nobody's fault as long as the service is there and answers; else the end of the run."""
        self.silences += 1
        told = f"{case.method} {case.formatted_path} without an answer: {silence!r}"[:500]
        say(told)
        self.caller.links = requests.Session()
        if not self.node.alive or self.node.health()[0] not in (200, 503) or self.silences > SILENCES_MAX:
            self.failures.append(told)
            raise AssertionError(f"the service does not serve: {told}\n{self.node.tail()}")


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def report(role, done):
    """One line of figures, and the first failures."""
    facts = {
        "role": role,
        "cases": sum(done.statuses.values()),
        "seed": done.seed,
        "seconds": round(done.seconds),
        "failures": len(done.failures),
        "unanswered": done.silences,
        "statuses": dict(sorted(done.statuses.items())),
    }
    say(json.dumps(facts))
    for failure in itertools.islice(done.failures, 8):
        say(failure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--role", choices=ROLES, action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path)
    wanted = parser.parse_args()
    bad, state = 0, State(wanted.state)
    with tempfile.TemporaryDirectory() as home, running(Node(Path(home))) as node:
        node.ready(START_S)
        for role in wanted.role or ROLES:
            done = Fuzz(node, role, wanted.cases, wanted.seed, state).run()
            report(role, done)
            bad += len(done.failures)
        bugs = node.log("request_failed")
        say(json.dumps({"bugsInTheLog": len(bugs), "alive": node.alive}))
        return 1 if bad or bugs or not node.alive else 0


if __name__ == "__main__":
    sys.exit(main())
