"""Who may do what: the words. Which role holds which permission is the table in `users/roles.py`."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    VIEWER = "viewer"
    TRADER = "trader"
    STRATEGIST = "strategist"
    ADMIN = "admin"


class Permission(StrEnum):
    """One permission per kind of act. `READ` is what every role has."""

    READ = "read"
    OWN = "own"  # one's own password, logins and keys; never lent to a key
    TRADE = "trade"  # execute, unwind, cancel, kill
    PAIRS = "pairs"  # create, change and delete pairs
    STRATEGIES = "strategies"  # strategies and backtests
    RISK = "risk"  # change limits, reset a kill or a breaker
    SETTINGS = "settings"
    USERS = "users"
    AUDIT = "audit"  # read and export the audit log


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a request came from: network address, and what the client calls itself. Empty where there is none."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Someone who has proved who they are. `expires_ts`: epoch milliseconds, after which the proof counts no more.

    `local`: the owner of the process, on its own machine, without a login.
    """

    user_id: str
    name: str
    role: Role
    permissions: frozenset[Permission]
    session_id: str
    expires_ts: int
    local: bool = False
