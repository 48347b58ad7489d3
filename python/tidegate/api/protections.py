"""Protections of positions: from request to command and back."""

from decimal import Decimal

from pydantic import BaseModel

from tidegate.api.jsontext import dumps, number_text
from tidegate.api.pairs import CommandMaker
from tidegate.api.services import Services
from tidegate.model.commands import CommandName


async def put(services: Services, wanted: BaseModel, command: CommandMaker, protection_id: str | None = None) -> bytes:
    """Sets one, or gives the one of that id new levels; `{"protectionId", "state"}`. Raises TidegateError."""
    given = wanted.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
    fields = {name: number_text(value) if isinstance(value, Decimal) else value for name, value in given.items()}
    if protection_id is not None:
        fields["protectionId"] = protection_id
    made = command(CommandName.SET_PROTECTION, dumps(fields))
    return (await services.engine.command(made)).reply


async def remove(services: Services, protection_id: str, command: CommandMaker) -> None:
    """Raises TidegateError NOT_FOUND, or CONFLICT once it is over or its order is under way."""
    body = dumps({"protectionId": protection_id})
    await services.engine.command(command(CommandName.REMOVE_PROTECTION, body))
