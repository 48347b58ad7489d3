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
    TRADE = "trade"  # execute, unwind, cancel, kill
    PAIRS = "pairs"  # create, change and delete pairs
    RISK = "risk"  # change limits, reset a kill or a breaker
    SETTINGS = "settings"
    USERS = "users"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Someone who has proved who they are. `expires_ts`: epoch milliseconds, after which the proof counts no more."""

    user_id: str
    name: str
    role: Role
    permissions: frozenset[Permission]
    session_id: str
    expires_ts: int
