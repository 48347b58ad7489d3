"""Creating, changing and looking back at pairs."""

from decimal import Decimal
from typing import Final, Protocol

from pydantic import BaseModel

from tidegate.api.jsontext import dumps, load_objects, number_text
from tidegate.api.services import Services
from tidegate.model.commands import Command, CommandName
from tidegate.model.errors import Code, TidegateError
from tidegate.model.views import ViewName

HISTORY_MS: Final = 3_600_000
"""What a history shows when its caller names no beginning."""

_NOT_SENT: Final = {"id", "used_amount", "simulated"}


class CommandMaker(Protocol):
    """`Call.command`: a command in the caller's name."""

    def __call__(self, name: CommandName, body: bytes) -> Command: ...


async def create(services: Services, pair: BaseModel, command: CommandMaker) -> bytes:
    """`{"id": ...}` of the new pair."""
    receipt = await services.engine.command(command(CommandName.UPSERT_PAIR, _body(pair, None)))
    return receipt.reply


async def replace(services: Services, pair_id: str, pair: BaseModel, command: CommandMaker) -> None:
    """Raises TidegateError NOT_FOUND, or VALIDATION_ERROR when the body names another pair."""
    named = getattr(pair, "id", None)
    if named not in {None, pair_id}:
        raise TidegateError(Code.VALIDATION_ERROR, "the body names another pair", {"id": f"must be {pair_id}"})
    await _known(services, pair_id)
    await services.engine.command(command(CommandName.UPSERT_PAIR, _body(pair, pair_id)))


async def delete(services: Services, pair_id: str, command: CommandMaker) -> None:
    """Raises TidegateError NOT_FOUND."""
    await _known(services, pair_id)
    await services.engine.command(command(CommandName.DELETE_PAIR, dumps({"id": pair_id})))


async def history(
    services: Services, pair_id: str, from_ts: int | None, to_ts: int | None, limit: int
) -> list[dict[str, object]]:
    """Samples of net percent per direction, oldest first. Raises TidegateError NOT_FOUND."""
    await _known(services, pair_id)
    end = to_ts if to_ts is not None else services.now_ms + 1
    start = from_ts if from_ts is not None else max(0, end - HISTORY_MS)
    if start >= end:
        raise TidegateError(Code.VALIDATION_ERROR, "the span is empty", {"from": "must be before to"})
    page = await services.history.spreads(pair_id, start, end, limit)
    return [{"ts": p.ts, "leg1Buy": _number(p.leg1_buy), "leg2Buy": _number(p.leg2_buy)} for p in page.points]


async def _known(services: Services, pair_id: str) -> None:
    pairs = load_objects(await services.engine.query(ViewName.PAIRS))
    if all(pair.get("id") != pair_id for pair in pairs):
        raise TidegateError(Code.NOT_FOUND, f"no pair has the id {pair_id}")


def _body(pair: BaseModel, pair_id: str | None) -> bytes:
    """Decimals travel as their text, which every reader takes exactly."""
    fields = pair.model_dump(by_alias=True, exclude=_NOT_SENT)
    fields = {
        name: number_text(value) if isinstance(value, Decimal) else value
        for name, value in fields.items()
        if value is not None
    }
    return dumps(fields if pair_id is None else {"id": pair_id, **fields})


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


async def signals(services: Services, limit: int) -> list[dict[str, object]]:
    """Open edges as advice: what to buy, what to sell, how much, and how sure."""
    edges = load_objects(await services.engine.query(ViewName.OPPORTUNITIES, limit=limit))
    return [
        {
            "id": f"{edge['pairId']}:{edge['direction']}",
            "strategy": "arbitrage",
            "pairId": edge["pairId"],
            "direction": edge["direction"],
            "qty": edge["qty"],
            "netPercent": edge["netPercent"],
            "buy": edge["buy"],
            "sell": edge["sell"],
            "ts": edge["ts"],
            "simulated": services.config.simulated,
        }
        for edge in edges
        if edge["open"] is True
    ]
