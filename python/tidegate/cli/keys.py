"""`tidegate keys`: keys of venues, given to the running server over its local socket."""

import getpass
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from tidegate.cli.local import ask
from tidegate.cli.runners import runners_of
from tidegate.cli.settings import load
from tidegate.model.errors import Json
from tidegate.ports.control import Control
from tidegate.store.lock import DirectoryLock

KEY_CHARS_MAX: Final = 256

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Configuration file. [default: ./tidegate.yaml]")]
Home = Annotated[Path | None, typer.Option("--home", help="Data directory. [default: ~/.tidegate]")]
VenueName = Annotated[str, typer.Argument(help="binance, bybit, ...")]
Account = Annotated[str, typer.Option(help="Which account of the venue.")]


def set_(
    venue: VenueName,
    account: Account = "main",
    passphrase: Annotated[bool, typer.Option("--passphrase", help="Ask for a passphrase too.")] = False,
    config: ConfigFile = None,
    home: Home = None,
) -> None:
    """Give a venue's key to the running server; asked for, or read as lines of standard input."""
    names = ["API key", "secret", *(["passphrase"] if passphrase else [])]
    given = [_read(name) for name in names]
    body: dict[str, Json] = {"apiKey": given[0], "secret": given[1], "account": account}
    if passphrase:
        body["passphrase"] = given[2]
    ask(load(file=config, home=home).home, "PUT", "/api/settings/api", {venue: body})
    typer.echo(f"The key of {venue} {account} is kept and in use.")


def check(venue: VenueName, account: Account = "main", config: ConfigFile = None, home: Home = None) -> None:
    """Ask a venue what the key that is kept may do."""
    body: dict[str, Json] = {"exchange": venue, "account": account}
    found = ask(load(file=config, home=home).home, "POST", "/api/settings/api/test", body)
    rights = found.get("permissions") if isinstance(found, dict) else None
    words = [name for name, given in rights.items() if given] if isinstance(rights, dict) else []
    typer.echo(f"{venue} {account}: {', '.join(words) or 'nothing'}")


def remove(venue: VenueName, account: Account = "main", config: ConfigFile = None, home: Home = None) -> None:
    """Forget a venue's key."""
    ask(load(file=config, home=home).home, "DELETE", f"/api/settings/api/{venue}/{account}")
    typer.echo(f"The key of {venue} {account} is forgotten. The running engine uses it up to its next start.")


def reencrypt(context: typer.Context, config: ConfigFile = None, home: Home = None) -> None:
    """Seal every secret anew under a new master key; the server must not be running."""
    settings = load(file=config, home=home)

    async def act(control: Control) -> int:
        return await control.reencrypt()

    with DirectoryLock(settings.home):
        count = runners_of(context).with_control(settings, act, action="keys reencrypt")
    typer.echo(f"{count} secrets are sealed under a new key in {settings.master_key_file}; keep a copy of that file.")


def _read(name: str) -> str:
    """Without an echo at a terminal, else one line; never an option, which others could see."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{name}: ")
    return sys.stdin.readline(KEY_CHARS_MAX + 2).rstrip("\n")
