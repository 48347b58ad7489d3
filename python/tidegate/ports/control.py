"""The control side of a data directory, for whoever owns it: beside a running server, or without one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tidegate.ports.people import UserAdmin
from tidegate.ports.trail import AuditStore


@dataclass(frozen=True, slots=True)
class Control:
    """`reencrypt` seals every secret anew under a new master key; returns how many."""

    people: UserAdmin
    trail: AuditStore
    reencrypt: Callable[[], Awaitable[int]]
