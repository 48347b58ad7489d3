"""Keeps what the engine warned of: alerts are no records of the journal, and a page opened later would not see them."""

import asyncio
from collections.abc import Sequence
from typing import Final

import orjson

from tidegate.model.events import EventName, TopicKind
from tidegate.obs import log
from tidegate.ports.bus import Message, MessageBus
from tidegate.ports.store import Alert, StoreError, UnitOfWork

WAITING_MAX: Final = 1024
"""Alerts that the database has not taken; of more the oldest are lost, and the log says so."""
RETRY_S: Final = 1.0
_SEVERITY: Final = {EventName.BREAKER_OPEN.value: "warning"}
"""Of events that name none; any other is for information."""

_log = log.get("alerts")


class AlertKeeper:
    """`run` carries the bus's alerts into the tables. An alert that was told before `run` began is not kept."""

    def __init__(self, bus: MessageBus, tables: UnitOfWork) -> None:
        self._bus = bus
        self._tables = tables

    async def run(self) -> None:
        """Keeps until cancelled; patient with a failing database."""
        heard = self._bus.subscribe([TopicKind.ALERTS.value], capacity=WAITING_MAX)
        lost = 0
        try:
            async for message in heard:
                if heard.dropped > lost:
                    _log.error("alerts_lost", lost=heard.dropped - lost, success=False)
                    lost = heard.dropped
                await self._keep([alert_of(message)])
        finally:
            heard.close()

    async def _keep(self, alerts: Sequence[Alert]) -> None:
        told = False
        while True:
            try:
                await self._tables.add_alerts(alerts)
            except StoreError as failure:
                if not told:
                    _log.warning("alerts_wait", reason=failure.reason, error_code="STORE", success=False)
                told = True
                await asyncio.sleep(RETRY_S)
            else:
                return


def alert_of(message: Message) -> Alert:
    """`{"event", "data"}` of the bus as a row; its id rises with time, over restarts too."""
    told = orjson.loads(message.data)
    event, data = str(told["event"]), told["data"]
    alert_id = str(message.seq)
    severity = str(data.get("severity") or _SEVERITY.get(event, "info"))
    doc = orjson.dumps({"id": alert_id, "event": event, **data, "severity": severity})
    return Alert(id=alert_id, ts=int(data["ts"]), severity=severity, event=event, doc=doc)
