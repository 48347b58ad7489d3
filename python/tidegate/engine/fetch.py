"""The text form of a FETCH effect."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchRequest:
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def parse_fetch(data: bytes) -> FetchRequest:
    """`METHOD target\\nName: value\\n...\\n\\nbody`, as the core writes it."""
    head, _, body = data.partition(b"\n\n")
    first, *rest = head.decode().split("\n")
    method, _, target = first.partition(" ")
    split = (line.partition(": ") for line in rest if line)
    return FetchRequest(method, target, tuple((name, value) for name, _, value in split), body)
