"""What a new configuration changes in a running process, and what it can not. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from tidegate.model.config import Config

LIVE: Final = frozenset(
    {
        ("log", "level"),
        ("api", "origins"),
        ("api", "reads_per_second"),
        ("api", "changes_per_second"),
        ("api", "sockets_per_user"),
    }
)
"""Keys that count from the next request on."""

_FIRST_ONLY: Final = "counts only for a journal that is new; "
REASONS: Final[Mapping[str, str]] = {
    "limits": f"{_FIRST_ONLY}change it on the page Risk or at PUT /api/risk/limits",
    "pairs": f"{_FIRST_ONLY}change it on the page Arbitrage or at /api/monitoring/pairs",
    "adminPassword": "is set at the start; use tidegate users passwd",
}
RESTART: Final = "counts from the next start on"


def differing(now: Config, then: Config) -> dict[tuple[str, ...], str]:
    """Attribute paths that differ -> the key as it stands in the file, in the order of the sections."""
    return dict(_walk(now, then, (), ()))


def why_not(key: str) -> str:
    """Why a key that is not LIVE does not count at once."""
    return REASONS.get(key.partition(".")[0], RESTART)


def merged(now: Config, then: Config) -> Config:
    """`now` with the LIVE keys of `then`."""
    changes: dict[str, dict[str, object]] = {}
    for section, name in LIVE:
        changes.setdefault(section, {})[name] = getattr(getattr(then, section), name)
    return now.model_copy(
        update={section: getattr(now, section).model_copy(update=values) for section, values in changes.items()}
    )


def _walk(
    now: BaseModel, then: BaseModel, path: tuple[str, ...], keys: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, field in type(now).model_fields.items():
        before, after = getattr(now, name), getattr(then, name)
        here, key = (*path, name), (*keys, field.alias or name)
        if isinstance(before, BaseModel) and isinstance(after, BaseModel):
            yield from _walk(before, after, here, key)
        elif before != after:
            yield here, ".".join(key)
