"""`tidegate status`: what the running server says about itself."""

import json
import os
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import typer
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from tidegate.cli.settings import load
from tidegate.model.errors import Code, TidegateError

WAIT_S: Final = 5.0
BODY_BYTES_MAX: Final = 1024 * 1024


class Part(BaseModel):
    """One component."""

    model_config = ConfigDict(extra="allow")

    status: str
    detail: str | None = None


class Health(BaseModel):
    """`GET /health`, as far as it is shown."""

    model_config = ConfigDict(extra="allow")

    status: str
    components: dict[str, Part] = {}


def status(
    config: Annotated[Path | None, typer.Option(help="Configuration file. [default: ./tidegate.yaml]")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the running server. [default: 7000]")] = None,
    token: Annotated[
        str | None, typer.Option(envvar="TIDEGATE_TOKEN", help="Access token; with it the system's state is shown too.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Ask the running server how it is. Exit code 1 when it is not ready."""
    settings = load(file=config, port=port)
    base = f"http://{settings.host}:{settings.port}"
    health = _get(f"{base}/health", {})
    bearer = token or _login(base)
    system = _get(f"{base}/api/system/status", {"Authorization": f"Bearer {bearer}"}) if bearer else None
    if as_json:
        typer.echo(json.dumps({"address": base, "health": _data(health), "system": _data(system) if system else None}))
    else:
        _show(base, Health.model_validate(health), _data(system) if system else None)
    if health.get("status") == "unhealthy":
        raise typer.Exit(1)


def _show(base: str, health: Health, system: Mapping[str, object] | None) -> None:
    console = Console()
    table = Table("component", "status", "detail", title=f"{base}: {health.status}")
    for name, part in health.components.items():
        table.add_row(name, part.status, part.detail or "")
    console.print(table)
    for name, value in (system or {}).items():
        console.print(f"{name}: {value}")
    if system is None:
        console.print("Set TIDEGATE_TOKEN (or TIDEGATE_ADMIN_PASSWORD) to see the system's state as well.")


def _login(base: str) -> str | None:
    """A token by the environment's admin password, where there is one."""
    password = os.environ.get("TIDEGATE_ADMIN_PASSWORD")
    if not password:
        return None
    body = json.dumps({"username": "admin", "password": password}).encode()
    answer = _data(_get(f"{base}/api/auth/login", {"Content-Type": "application/json"}, body))
    return str(answer["accessToken"])


def _data(answer: Mapping[str, object]) -> Mapping[str, object]:
    data = answer.get("data", answer)
    return data if isinstance(data, dict) else {}


def _get(url: str, headers: Mapping[str, str], body: bytes | None = None) -> dict[str, object]:
    """One JSON object. Raises TidegateError."""
    try:
        with urlopen(Request(url, body, dict(headers)), timeout=WAIT_S) as answer:  # noqa: S310 - always http://
            raw = answer.read(BODY_BYTES_MAX)
    except HTTPError as failure:
        raw = failure.read(BODY_BYTES_MAX)
        if not url.endswith("/health"):
            raise TidegateError(Code.UNAUTHENTICATED, f"{url} answered {failure.code}: {_message(raw)}") from None
    except (URLError, OSError, HTTPException) as failure:
        reason = getattr(failure, "reason", failure)
        raise TidegateError(
            Code.NOT_FOUND, f"no server answers at {url} ({reason}); start it with: tidegate run"
        ) from None
    return _parse(url, raw)


def _parse(url: str, raw: bytes) -> dict[str, object]:
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise TidegateError(Code.UPSTREAM_ERROR, f"{url} is not a Tidegate server; look at --port")
    return found


def _message(raw: bytes) -> str:
    try:
        return str(json.loads(raw)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return "no reason given"
