"""`tidegate users`: what is done to users without logging in, by whoever owns the data directory."""

import getpass
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from tidegate.cli.runners import runners_of
from tidegate.cli.settings import load
from tidegate.model.access import Role
from tidegate.model.accounts import User
from tidegate.model.errors import Code, TidegateError
from tidegate.ports.control import Control

PASSWORD_CHARS_MAX: Final = 1024
T = TypeVar("T")

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Configuration file. [default: ./tidegate.yaml]")]
Home = Annotated[Path | None, typer.Option("--home", help="Data directory. [default: ~/.tidegate]")]


def passwd(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Whose password.")] = "admin",
    config: ConfigFile = None,
    home: Home = None,
) -> None:
    """Set a user's password; ends all of the user's sessions."""
    password = read_password()

    async def act(control: Control) -> None:
        await control.people.set_password((await control.people.by_name(username)).id, password)

    _run(context, config, home, act, ("users passwd", username))
    typer.echo(f"The password of {username} is set; every session of {username} has ended.")


def add(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="The new user's name.")],
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.VIEWER,
    config: ConfigFile = None,
    home: Home = None,
) -> None:
    """Make a user; the password is asked for, or read from standard input."""
    password = read_password()
    _run(context, config, home, lambda control: control.people.add(username, role, password), ("users add", username))
    typer.echo(f"{username} may log in as {role.value}.")


def role(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Whose role.")],
    to: Annotated[Role, typer.Argument(help="The new role.")],
    config: ConfigFile = None,
    home: Home = None,
) -> None:
    """Give a user another role; ends all of the user's sessions."""

    async def act(control: Control) -> None:
        await control.people.change((await control.people.by_name(username)).id, role=to)

    _run(context, config, home, act, ("users role", f"{username} {to}"))
    typer.echo(f"{username} is {to.value} now.")


def remove(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Who is removed.")],
    config: ConfigFile = None,
    home: Home = None,
) -> None:
    """Remove a user and end all of the user's sessions."""

    async def act(control: Control) -> None:
        await control.people.remove((await control.people.by_name(username)).id)

    _run(context, config, home, act, ("users remove", username))
    typer.echo(f"{username} is removed.")


def totp_off(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Who has lost the app.")],
    config: ConfigFile = None,
    home: Home = None,
) -> None:
    """Drop a user's second factor."""

    async def act(control: Control) -> None:
        await control.people.drop_totp((await control.people.by_name(username)).id)

    _run(context, config, home, act, ("users totp-off", username))
    typer.echo(f"{username} logs in without a code now.")


def list_(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
    config: ConfigFile = None,
    home: Home = None,
) -> None:
    """Print all users."""

    async def act(control: Control) -> tuple[User, ...]:
        return await control.people.users()

    users = _run(context, config, home, act)
    if as_json:
        rows = [{"username": user.username, "role": user.role, "disabled": user.disabled} for user in users]
        typer.echo(json.dumps(rows))
        return
    table = Table("user", "role", "may log in")
    for user in users:
        table.add_row(user.username, user.role.value, "no" if user.disabled else "yes")
    Console().print(table)


def read_password() -> str:
    """Asked twice at a terminal, else one line of standard input; never an option, which others could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(PASSWORD_CHARS_MAX + 1).rstrip("\n")
    first = getpass.getpass("New password: ")
    if first != getpass.getpass("Once more: "):
        raise TidegateError(Code.VALIDATION_ERROR, "the two passwords differ; nothing was changed")
    return first


def _run(
    context: typer.Context,
    config: Path | None,
    home: Path | None,
    act: Callable[[Control], Awaitable[T]],
    said: tuple[str, str] = ("", ""),
) -> T:
    return runners_of(context).with_control(load(file=config, home=home), act, action=said[0], target=said[1])
