"""Figures of this machine, beside those that were recorded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `recorded`: what `benches/README.md` holds of it, with its date; `goal` empty for none."""

    name: str
    value: float
    unit: str
    recorded: str
    goal: str = ""
