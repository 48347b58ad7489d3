"""run, users passwd, status and doctor: what they hand on, print and refuse."""

import asyncio
import http.server
import io
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from tests.unit.api.logins import FakePeople, FakeTrail
from tests.unit.cli.test_main import RUNNERS

from tidegate.app.rebuild import Rebuilt
from tidegate.cli.bridge import BridgeOptions
from tidegate.cli.doctor import Verdict, storage, venues
from tidegate.cli.main import main
from tidegate.cli.runners import Runners, Started
from tidegate.cli.venue_sim import VenueSimOptions
from tidegate.model.config import Config
from tidegate.ports.control import Control
from tidegate.ports.settings import Source
from tidegate.store.audit import FileAudit

T = TypeVar("T")


@dataclass(frozen=True)
class Server:
    address: str = "http://127.0.0.1:7000"
    profile: str = "sim"
    link_token: str | None = "token-1"


@dataclass
class Log:
    """What the runners were called with."""

    server: Server = field(default_factory=Server)
    configs: list[Config] = field(default_factory=list)
    people: FakePeople = field(default_factory=FakePeople)

    def runners(self) -> Runners:
        def run(config: Config, announce: Callable[[Started], None], _source: Source) -> None:
            self.configs.append(config)
            announce(self.server)

        def with_control(
            config: Config, act: Callable[[Control], Awaitable[T]], *, action: str = "", target: str = ""
        ) -> T:
            self.configs.append(config)
            return asyncio.run(act(Control(self.people, FakeTrail(), reencrypt)))  # type: ignore[arg-type]

        async def reencrypt() -> int:
            raise AssertionError("not in this test")

        def serve_venue(_options: VenueSimOptions) -> None:
            raise AssertionError("not in this test")

        def serve_bridge(_options: BridgeOptions) -> None:
            raise AssertionError("not in this test")

        def rebuild(config: Config) -> Rebuilt:
            self.configs.append(config)
            return Rebuilt(seq=7, rows=9, took_s=0.25)

        return Runners(
            run=run,
            with_control=with_control,
            serve_venue=serve_venue,
            serve_bridge=serve_bridge,
            audit_journal=FileAudit,
            rebuild=rebuild,
            bench=RUNNERS.bench,
        )


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the checkout's or the user's own configuration."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "TIDEGATE_HOME",
        "TIDEGATE_PORT",
        "TIDEGATE_ADMIN_PASSWORD",
        "TIDEGATE_TOKEN",
        "TIDEGATE_DATABASE_URL",
    ):
        monkeypatch.delenv(name, raising=False)


def test_run_hands_on_options_over_environment_over_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "my.yaml").write_text("port: 7001\nprofile: paper\nhost: 127.0.0.2\n")
    monkeypatch.setenv("TIDEGATE_PORT", "7002")
    log = Log()
    assert main(["run", "--config", "my.yaml", "--profile", "sim", "--home", str(tmp_path / "d")], log.runners()) == 0
    config = log.configs[0]
    assert (config.profile, config.port, config.host, config.home) == ("sim", 7002, "127.0.0.2", tmp_path / "d")
    assert main(["run", "--port", "7003"], log.runners()) == 0
    assert log.configs[1].port == 7003
    printed = capsys.readouterr().out
    assert "SIMULATED" in printed
    assert "http://127.0.0.1:7000/#login=token-1" in printed


def test_run_reads_tidegate_yaml_of_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / "tidegate.yaml").write_text("port: 7009\n")
    log = Log()
    assert main(["run"], log.runners()) == 0
    assert log.configs[0].port == 7009


@pytest.mark.parametrize(
    ("text", "says"),
    [("prot: 7001\n", "port"), ("port: many\n", "port"), ("port: [\n", "tidegate.yaml")],
    ids=["misspelled key", "not a number", "not YAML"],
)
def test_a_bad_file_is_a_config_error(text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tidegate.yaml").write_text(text)
    assert main(["run"], Log().runners()) == 3
    assert says in capsys.readouterr().err


def test_a_file_that_is_not_there_is_a_config_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--config", "nowhere.yaml"], Log().runners()) == 3
    assert "nowhere.yaml" in capsys.readouterr().err


def test_passwd_reads_one_line_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough one\nrest\n"))
    log = Log()
    assert main(["users", "passwd", "admin"], log.runners()) == 0
    assert log.people.done == [("set_password", "uadmin", "a long enough one")]


def test_a_new_password_is_asked_twice_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    answers = iter(["first", "second"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    log = Log()
    assert main(["users", "passwd"], log.runners()) == 2
    assert log.people.done == []
    assert "differ" in capsys.readouterr().err


class Answering(http.server.BaseHTTPRequestHandler):
    """A server that says what `answers` holds, path by path."""

    answers: dict[str, tuple[int, bytes]]

    def do_GET(self) -> None:
        if self.path.startswith("/api/") and self.headers.get("Authorization") != "Bearer token-9":
            status, body = 401, b'{"success":false,"error":{"code":"UNAUTHENTICATED","message":"no"}}'
        else:
            status, body = self.answers[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        return


HEALTHY = b'{"success":true,"data":{"status":"healthy"},"status":"healthy","components":{"db":{"status":"healthy"}}}'
UNHEALTHY = (
    b'{"success":false,"error":{},"status":"unhealthy","components":{"engine":{"status":"unhealthy","detail":"books"}}}'
)


@pytest.fixture
def server() -> Iterator[tuple[int, dict[str, tuple[int, bytes]]]]:
    answers = {"/health": (200, HEALTHY), "/api/system/status": (200, b'{"success":true,"data":{"mode":"SIM"}}')}
    handler = type("Handler", (Answering,), {"answers": answers})
    httpd = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield httpd.server_port, answers
    httpd.shutdown()
    thread.join()
    httpd.server_close()


Answers = tuple[int, dict[str, tuple[int, bytes]]]


def test_status_prints_health_and_with_a_token_the_system(server: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["status", "--port", str(server[0]), "--token", "token-9", "--json"]
    assert main(arguments, Log().runners()) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["health"]["status"] == "healthy"
    assert found["system"] == {"mode": "SIM"}


def test_status_of_a_server_that_is_not_ready_is_a_failure(server: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    server[1]["/health"] = (503, UNHEALTHY)
    assert main(["status", "--port", str(server[0])], Log().runners()) == 1
    assert "books" in capsys.readouterr().out


def test_status_without_a_server_says_how_to_start_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--port", "1"], Log().runners()) == 1
    assert "tidegate run" in capsys.readouterr().err


def test_status_with_a_wrong_token_says_so(server: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--port", str(server[0]), "--token", "wrong"], Log().runners()) == 1
    assert "401" in capsys.readouterr().err


def test_doctor_finds_a_sim_machine_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--home", str(tmp_path / "data"), "--json"], Log().runners()) == 0
    found = json.loads(capsys.readouterr().out)
    names = {check["name"] for check in found["checks"]}
    assert found["ok"] is True
    assert {"python", "disk", "data directory", "binance spot", "bybit linear"} <= names


def test_doctor_refuses_a_data_directory_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert [check.verdict for check in storage(tmp_path / "file")] == [Verdict.FAIL]
    assert main(["doctor", "--home", str(tmp_path / "file")], Log().runners()) == 3


async def test_doctor_names_a_venue_that_does_not_answer() -> None:
    section = {"rest": "http://127.0.0.1:1", "ws": "ws://127.0.0.1:1", "products": ["spot"]}
    config = Config.model_validate({"venues": {"binance": section, "bybit": {"enabled": False}}})
    (check,) = await venues(config)
    assert (check.name, check.verdict) == ("binance spot", Verdict.FAIL)
    assert "127.0.0.1:1" in check.found
