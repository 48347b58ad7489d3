"""The command line: a table of verbs, one error line, stable exit codes.

Only the verb that was asked for is imported, so `tidegate --help` costs no more than typer itself. What a verb starts
is handed in by `app/main.py`; this room knows no concrete class of the rooms above or beside it.
"""

import importlib
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import typer

from tidegate import __version__
from tidegate.cli.runners import Runners
from tidegate.model.errors import TidegateError

EXIT_FAILED: Final = 1
EXIT_INTERRUPTED: Final = 130
_FUNCTIONS: Final = {"list": "list_", "set": "set_", "test": "check"}
"""Verbs whose name the language has taken."""


@dataclass(frozen=True, slots=True)
class Verb:
    """`module` holds a function `name` (with `_` for `-`), whose signature is the verb's options.

    runner: the field of Runners that the module's `command` makes that function around, where it needs one.
    """

    name: str
    module: str
    summary: str
    group: str = ""
    runner: str = ""

    def load(self, runners: Runners) -> Callable[..., None]:
        module = importlib.import_module(self.module)
        function: Callable[..., None] = (
            module.command(getattr(runners, self.runner))
            if self.runner
            else getattr(module, _FUNCTIONS.get(self.name, self.name.replace("-", "_")))
        )
        return function


VERBS: Final = (
    Verb("run", "tidegate.cli.run", "Run everything in one process: engine, venues of profile sim, API, page."),
    Verb(
        "venue-sim", "tidegate.cli.venue_sim", "Run one simulated venue as a process of its own.", runner="serve_venue"
    ),
    Verb("bridge", "tidegate.cli.bridge", "Offer an exchange of ccxt, as a process of its own.", runner="serve_bridge"),
    Verb("replay", "tidegate.cli.replay", "Replay recorded frames and print when a pair's spread opened and closed."),
    Verb("sim", "tidegate.cli.faults", "Run the engine against failing venues, network and disk, seed by seed."),
    Verb("status", "tidegate.cli.status", "Ask the running server how it is."),
    Verb("kill", "tidegate.cli.kill", "Stop trading at once; needs no login, only the data directory."),
    Verb("reset-kill", "tidegate.cli.kill", "Lift the kill latch; needs no login, only the data directory."),
    Verb("halts", "tidegate.cli.halts", "Print what differs from a venue and halts its symbol."),
    Verb("acknowledge", "tidegate.cli.halts", "Take note of a difference, so that its symbol trades again."),
    Verb("link", "tidegate.cli.kill", "Print a one-time link that logs the admin in."),
    Verb("doctor", "tidegate.cli.doctor", "Check versions, disk, clock, data directory and venues."),
    Verb("bench", "tidegate.cli.bench", "Measure disk and core of this machine, some seconds.", runner="bench"),
    Verb("rebuild", "tidegate.cli.rebuild", "Fill the tables anew from the journal; the server must not be running."),
    Verb("passwd", "tidegate.cli.users", "Set a user's password; ends all of the user's sessions.", group="users"),
    Verb("add", "tidegate.cli.users", "Make a user.", group="users"),
    Verb("role", "tidegate.cli.users", "Give a user another role.", group="users"),
    Verb("remove", "tidegate.cli.users", "Remove a user.", group="users"),
    Verb("totp-off", "tidegate.cli.users", "Drop the second factor of a user who has lost it.", group="users"),
    Verb("set", "tidegate.cli.keys", "Give a venue's key to the running server.", group="keys"),
    Verb("test", "tidegate.cli.keys", "Ask a venue what the key that is kept may do.", group="keys"),
    Verb("remove", "tidegate.cli.keys", "Forget a venue's key.", group="keys"),
    Verb("reencrypt", "tidegate.cli.keys", "Seal every secret anew under a new master key.", group="keys"),
    Verb("verify", "tidegate.cli.audit", "Check the audit log's chain.", group="audit"),
    Verb("export", "tidegate.cli.audit", "Print the audit log, oldest first, one JSON object per line.", group="audit"),
    Verb("list", "tidegate.cli.users", "Print all users.", group="users"),
    Verb(
        "verify",
        "tidegate.cli.journal_verify",
        "Check every record of the journal.",
        group="journal",
        runner="audit_journal",
    ),
    Verb(
        "show",
        "tidegate.cli.journal_show",
        "Print records of the journal, oldest first.",
        group="journal",
        runner="audit_journal",
    ),
)
GROUPS: Final = {
    "users": "Users of this installation.",
    "keys": "Keys of venues: sealed, never shown.",
    "audit": "The audit log: who did what.",
    "journal": "The journal: the truth about orders and plans.",
}


def main(arguments: Sequence[str], runners: Runners) -> int:
    """Runs one command line; returns the exit code."""
    debug = "--debug" in arguments
    rest = [argument for argument in arguments if argument != "--debug"]
    try:
        code = build(rest, runners)(args=rest, prog_name="tidegate", standalone_mode=False, obj=runners)
    except (TidegateError, typer.TyperException, typer.Abort, KeyboardInterrupt, Exception) as failure:
        if debug:
            traceback.print_exc()
        return _explain(failure)
    return code if isinstance(code, int) else 0


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def build(arguments: Sequence[str], runners: Runners) -> typer.Typer:
    """The application, with the verbs of `arguments` loaded and the others by name alone."""
    app = typer.Typer(
        help=f"Tidegate {__version__}: executable spreads between crypto venues, both legs traded safely.",
        epilog="--debug shows tracebacks. Exit codes: 0 ok, 1 failed, 2 usage, 3 config, 4 venue, 5 risk",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    groups = {name: typer.Typer(help=text, no_args_is_help=True) for name, text in GROUPS.items()}
    words = [argument for argument in arguments if not argument.startswith("-")]
    for verb in VERBS:
        path = [verb.group, verb.name] if verb.group else [verb.name]
        target = groups[verb.group] if verb.group else app
        target.command(verb.name, help=verb.summary)(verb.load(runners) if words[: len(path)] == path else _unloaded)
    for name, group in groups.items():
        app.add_typer(group, name=name)
    return app


def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version.")
    ] = False,
) -> None:
    """Options before the verb; `--debug` is taken out before the line is read, as it may stand anywhere."""


def _unloaded() -> None:
    raise AssertionError("a verb was called that the arguments do not name")


def _explain(failure: BaseException) -> int:
    """One clear line on standard error, and the code."""
    match failure:
        case TidegateError():
            _say(failure.message)
            return failure.spec.exit_code
        case typer.TyperException():
            _say(str(failure) or "see tidegate --help")
            return failure.exit_code
        case KeyboardInterrupt() | typer.Abort():
            return EXIT_INTERRUPTED
        case _:
            _say(f"{type(failure).__name__}: {failure}; this is a bug, --debug shows where")
            return EXIT_FAILED


def _say(message: str) -> None:
    sys.stderr.write(f"tidegate: {message}\n")
