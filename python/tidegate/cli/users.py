"""`tidegate users`: what is done to users without logging in, by whoever owns the data directory."""

import getpass
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from tidegate.cli.runners import runners_of
from tidegate.cli.settings import load
from tidegate.model.errors import Code, TidegateError

PASSWORD_CHARS_MAX: Final = 1024


def passwd(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Whose password.")] = "admin",
    config: Annotated[Path | None, typer.Option(help="Configuration file. [default: ./tidegate.yaml]")] = None,
    home: Annotated[Path | None, typer.Option(help="Data directory. [default: ~/.tidegate]")] = None,
) -> None:
    """Set a user's password; ends all of the user's sessions."""
    runners_of(context).set_password(load(file=config, home=home), username, read_password())
    typer.echo(f"The password of {username} is set; every session of {username} has ended.")


def read_password() -> str:
    """Asked twice at a terminal, else one line of standard input; never an option, which others could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(PASSWORD_CHARS_MAX + 1).rstrip("\n")
    first = getpass.getpass("New password: ")
    if first != getpass.getpass("Once more: "):
        raise TidegateError(Code.VALIDATION_ERROR, "the two passwords differ; nothing was changed")
    return first
