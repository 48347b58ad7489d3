"""What the engine warned of is kept: in order, patiently, and with what it lost told."""

import asyncio
from collections.abc import Sequence

import orjson
import pytest

from tidegate.bus.memory import MemoryBus
from tidegate.engine.alerts import WAITING_MAX, AlertKeeper, alert_of
from tidegate.ports.bus import Message
from tidegate.ports.store import Alert, StoreError


class Tables:
    """Refuses `failures` times; keeps the rest."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.kept: list[Alert] = []
        self.some = asyncio.Event()

    async def add_alerts(self, alerts: Sequence[Alert]) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreError("database is locked")
        self.kept.extend(alerts)
        self.some.set()


def told(event: str, **data: object) -> bytes:
    return orjson.dumps({"event": event, "data": {"ts": 1_700_000_000_000, **data}})


CASES = {
    "an alert names its severity": (told("engine_alert", severity="critical", code="X"), "critical"),
    "a breaker that opens warns": (told("breaker_open", scope="kill"), "warning"),
    "a breaker that closes is for information": (told("breaker_closed", scope="kill"), "info"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_event_becomes_a_row(case: str) -> None:
    data, severity = CASES[case]
    found = alert_of(Message(1_700_000_000_007, "alerts", data))
    assert (found.id, found.ts, found.severity) == ("1700000000007", 1_700_000_000_000, severity)
    document = orjson.loads(found.doc)
    assert document == {"id": found.id, **orjson.loads(data)["data"], "event": found.event, "severity": severity}


async def test_alerts_are_kept_in_order_however_often_the_database_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.engine.alerts.RETRY_S", 0.0)
    bus, tables = MemoryBus(), Tables(failures=3)
    running = asyncio.create_task(AlertKeeper(bus, tables).run())  # type: ignore[arg-type]
    await asyncio.sleep(0)
    for code in ("A", "B"):
        bus.publish("alerts", told("engine_alert", severity="warning", code=code))
    bus.publish("orders", told("order_filled"))
    while len(tables.kept) < 2:
        await asyncio.wait_for(tables.some.wait(), 5)
        tables.some.clear()
    assert [orjson.loads(alert.doc)["code"] for alert in tables.kept] == ["A", "B"]
    running.cancel()


async def test_more_than_may_wait_are_lost_aloud(capsys: pytest.CaptureFixture[str]) -> None:
    bus, tables = MemoryBus(), Tables()
    running = asyncio.create_task(AlertKeeper(bus, tables).run())  # type: ignore[arg-type]
    await asyncio.sleep(0)
    for number in range(WAITING_MAX + 5):
        bus.publish("alerts", told("engine_alert", severity="info", code=str(number)))
    while len(tables.kept) < WAITING_MAX:
        await asyncio.wait_for(tables.some.wait(), 5)
        tables.some.clear()
    assert orjson.loads(tables.kept[0].doc)["code"] == "5"
    said = capsys.readouterr()
    assert "alerts_lost" in said.out + said.err
    running.cancel()
