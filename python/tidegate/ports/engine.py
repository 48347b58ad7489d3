"""The trading engine as its callers see it, in this process or another."""

from typing import Protocol

from tidegate.model.commands import Command, Receipt


class EngineService(Protocol):
    """Commands change, queries look. All JSON is passed through as bytes, so that no amount meets a float."""

    async def command(self, command: Command) -> Receipt:
        """Runs one command and waits until it is durable. Raises `TidegateError` when refused."""
        ...

    async def query(self, name: str, **params: object) -> bytes:
        """One view as JSON (`book`, `pairs`, `plans`, `health`, ...); `params` are JSON values by the view's own names.

        Raises `TidegateError` (NOT_FOUND, EXCHANGE_UNAVAILABLE, ...). Cost: one core call.
        """
        ...

    def watch(self, instrument: str, on: bool) -> None:
        """Counts a watcher of `venue:type:symbol` in or out. Raises `TidegateError` NOT_FOUND for an unknown one."""
        ...

    async def wait_plan(self, plan_id: str, timeout_s: float) -> bytes | None:
        """The plan as JSON once it has ended, or None when `timeout_s` is over. Raises `TidegateError` NOT_FOUND."""
        ...

    @property
    def seq(self) -> int:
        """Number of the newest journal record."""
        ...
