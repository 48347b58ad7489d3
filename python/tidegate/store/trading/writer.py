"""The only writer of the trading tables. Upserts whole rows, so giving a batch twice changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from tidegate.obs import log
from tidegate.ports.store import Alert, Row, StoreError
from tidegate.store.database import Database
from tidegate.store.trading import tables
from tidegate.store.trading.columns import COLUMNS, Lifted, lift, load
from tidegate.store.trading.sums import book_fills, count_plans
from tidegate.store.trading.upsert import upsert

SPREAD_KEEP_MS: Final = 7 * 24 * 3600 * 1000
"""How far back the spread history goes."""
ALERTS_KEEP_MS: Final = 400 * 24 * 3600 * 1000
"""How far back alerts go."""
EQUITY_KEEP_MS: Final = 400 * 24 * 3600 * 1000
"""How far back the equity history goes."""
_PRUNE_EVERY: Final = 500
_SPREADS_MAX: Final = 10_000

_log = log.get("store")


class TradingWriter:
    """`tidegate.ports.store.UnitOfWork` over SQL."""

    def __init__(self, database: Database, day_zone: str = "UTC") -> None:
        """`day_zone`: whose midnight ends a day of results."""
        self._database = database
        self._zone = ZoneInfo(day_zone)
        self._samples = 0

    async def project(self, seq: int, rows: Sequence[Row]) -> None:
        """See the port. A row that does not fit its table is logged and left out: the journal still has it."""
        upserts, gone = _sorted_out(rows)
        async with self._database.write() as connection:
            for name, ids in gone.items():
                table = COLUMNS[name][0]
                await connection.execute(delete(table).where(table.c.id.in_(ids)))
            plans, fills = upserts.get("plans", {}), upserts.get("fills", {})
            await count_plans(connection, plans, fills, self._zone)
            await book_fills(connection, fills, self._zone)
            for name, values in upserts.items():
                await upsert(connection, COLUMNS[name][0], list(values.values()))
            await upsert(connection, tables.projection, [{"id": 1, "seq": seq}])

    async def clear(self) -> None:
        """Throws every projected row away; spreads, equity and alerts, which nothing could rebuild, stay."""
        async with self._database.write() as connection:
            for table, _ in COLUMNS.values():
                await connection.execute(delete(table))
            for sums in (tables.plan_results, tables.fill_results, tables.fill_books):
                await connection.execute(delete(sums))
            await connection.execute(delete(tables.projection))

    async def projected_seq(self) -> int:
        """See the port."""
        async with self._database.read() as connection:
            found = (await connection.execute(select(tables.projection.c.seq))).scalar_one_or_none()
        return 0 if found is None else int(found)

    async def add_spreads(self, ts_ms: int, spreads: bytes) -> None:
        """See the port. One entry per pair and direction: `{pairId, direction, netPercent}`."""
        points = _points(ts_ms, load(spreads))
        async with self._database.write() as connection:
            if points:
                await upsert(connection, tables.spread_samples, points)
            if self._samples % _PRUNE_EVERY == 0:
                old = tables.spread_samples.c.ts < ts_ms - SPREAD_KEEP_MS
                await connection.execute(delete(tables.spread_samples).where(old))
        self._samples += 1

    async def add_equity(self, ts_ms: int, performance: bytes) -> None:
        """See the port."""
        async with self._database.write() as connection:
            await upsert(connection, tables.equity_samples, [_equity(ts_ms, load(performance))])
            old = tables.equity_samples.c.ts < ts_ms - EQUITY_KEEP_MS
            await connection.execute(delete(tables.equity_samples).where(old))

    async def add_alerts(self, alerts: Sequence[Alert]) -> None:
        """See the port."""
        async with self._database.write() as connection:
            await upsert(connection, tables.alerts, [asdict(alert) | {"doc": alert.doc.decode()} for alert in alerts])
            old = tables.alerts.c.ts < max(alert.ts for alert in alerts) - ALERTS_KEEP_MS
            await connection.execute(delete(tables.alerts).where(old))


def _sorted_out(rows: Sequence[Row]) -> tuple[Mapping[str, dict[str, Lifted]], Mapping[str, list[str]]]:
    """Values to upsert and ids to delete, by table; of several rows with one id the last counts."""
    upserts: dict[str, dict[str, Lifted]] = {}
    gone: dict[str, list[str]] = {}
    for row in rows:
        try:
            lifted = lift(row)
        except StoreError as error:
            _log.warning("row_refused", table=row.table, id=row.id, reason=error.reason)
            continue
        if lifted is None:
            upserts.get(row.table, {}).pop(row.id, None)
            gone.setdefault(row.table, []).append(row.id)
        else:
            upserts.setdefault(row.table, {})[row.id] = lifted
    return {name: values for name, values in upserts.items() if values}, gone


def _equity(ts_ms: int, performance: object) -> Lifted:
    if not isinstance(performance, dict):
        raise StoreError("an equity sample is made of the view performance")
    # The ledger's figures: a plan's profit would stand beside what the positions that it left show of it.
    realized, unrealized, fees = (
        Decimal(str(performance[name])) for name in ("realizedPnl", "unrealizedPnl", "feesPaid")
    )
    return {"ts": ts_ms, "pnl": realized, "fees": fees, "equity": realized + unrealized}


def _points(ts_ms: int, spreads: object) -> list[Lifted]:
    if not isinstance(spreads, list) or len(spreads) > _SPREADS_MAX:
        raise StoreError(f"a spread sample is an array of at most {_SPREADS_MAX} entries")
    points: dict[str, Lifted] = {}
    for entry in spreads:
        pair_id, direction, net = entry["pairId"], entry["direction"], entry["netPercent"]
        if direction not in {"leg1_buy", "leg2_buy"}:
            raise StoreError(f"{direction!r} is no direction of a spread")
        point = points.setdefault(pair_id, {"pair_id": pair_id, "ts": ts_ms, "leg1_buy": None, "leg2_buy": None})
        point[direction] = None if net is None else Decimal(str(net))
    return list(points.values())
