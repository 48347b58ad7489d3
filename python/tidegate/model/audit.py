"""The audit log: who did what, from where, and with what outcome. Each entry's hash covers the one before."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final

BEGINNING: Final = "0" * 64
"""What the first entry's hash covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`before` and `after`: JSON text, secrets left out; empty where there is none. `outcome`: `ok` or an error's code.

    ts: epoch ms.
    """

    ts: int
    actor: str
    role: str
    address: str
    action: str
    target: str
    outcome: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An entry in its place. `seq` counts from 1 without gaps."""

    seq: int
    entry: AuditEntry
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """`head`: the newest entry's hash. `broken_at`: the first entry that does not fit, None when all do."""

    entries: int
    head: str
    broken_at: int | None


def chain(previous: str, seq: int, entry: AuditEntry) -> str:
    """The hash of an entry, in hexadecimal: SHA-256 over the one before, the number and every field."""
    content = json.dumps([previous, seq, asdict(entry)], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
