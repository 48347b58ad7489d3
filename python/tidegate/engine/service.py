"""The engine in this process behind `ports.engine.EngineService`; the one place that translates the core's errors."""

import asyncio
from typing import Final

import orjson

from tidegate._core import CoreError
from tidegate.engine.core import Core
from tidegate.engine.runtime import Runtime
from tidegate.model.commands import STOPS, Command, Receipt
from tidegate.model.errors import Code, TidegateError, code_of
from tidegate.ports.bus import MessageBus
from tidegate.ports.journal import JournalError

PLAN_ENDS: Final = frozenset({"HEDGED", "UNWOUND", "EXPIRED", "REPORTED"})
"""States in which a plan does nothing more."""
DURABLE_WAIT_S: Final = 5.0
"""A command whose record is not durable by then is answered with OUTCOME_UNKNOWN; it may still become so."""


class LocalEngine:
    """`EngineService` over a Runtime on the same loop."""

    def __init__(self, core: Core, runtime: Runtime, bus: MessageBus) -> None:
        self._core = core
        self._runtime = runtime
        self._bus = bus

    @property
    def seq(self) -> int:
        return self._core.seq

    async def command(self, command: Command) -> Receipt:
        """See `EngineService.command`."""
        if not self._runtime.started:
            raise TidegateError(Code.EXCHANGE_UNAVAILABLE, "the engine is starting; try again in a moment")
        try:
            reply, seq = self._runtime.command(command.name, command.body, command.actor, command.command_id)
        except CoreError as failure:
            raise translate(failure) from None
        try:
            async with asyncio.timeout(DURABLE_WAIT_S):
                await self._runtime.durable(seq)
        except (JournalError, TimeoutError) as failure:
            if command.name in STOPS:
                return Receipt(seq=seq, reply=reply, durable=False)
            raise _not_durable(seq, failure) from None
        return Receipt(seq=seq, reply=reply)

    async def query(self, name: str, **params: object) -> bytes:
        """See `EngineService.query`."""
        given = {key: value for key, value in params.items() if value is not None}
        try:
            return self._runtime.view(name, given)
        except CoreError as failure:
            raise translate(failure) from None

    def watch(self, instrument: str, on: bool) -> None:
        """See `EngineService.watch`."""
        try:
            self._runtime.watch(instrument, on)
        except CoreError as failure:
            raise translate(failure) from None

    async def wait_plan(self, plan_id: str, timeout_s: float) -> bytes | None:
        """See `EngineService.wait_plan`."""
        updates = self._bus.subscribe(["plans"])
        try:
            async with asyncio.timeout(timeout_s):
                plan = await self.query("plan", planId=plan_id)
                if _ended(plan):
                    return plan
                async for message in updates:
                    if plan_id.encode() in message.data or updates.dropped:
                        plan = await self.query("plan", planId=plan_id)
                        if _ended(plan):
                            return plan
        except TimeoutError:
            return None
        finally:
            updates.close()
        return None


def translate(failure: CoreError) -> TidegateError:
    """The core's refusal as ours; a code that our table lacks is INTERNAL."""
    details = orjson.loads(failure.details or b"{}")
    return TidegateError(code_of(failure.code), failure.message, details if isinstance(details, dict) else {})


def _not_durable(seq: int, failure: JournalError | TimeoutError) -> TidegateError:
    if isinstance(failure, JournalError):
        text = f"the journal can not be written ({failure.reason}): the change may not survive a restart"
        return TidegateError(Code.INTERNAL, text)
    return TidegateError(Code.OUTCOME_UNKNOWN, f"the disk did not confirm record {seq} within {DURABLE_WAIT_S} s")


def _ended(plan: bytes) -> bool:
    state = orjson.loads(plan).get("state")
    return state in PLAN_ENDS
