"""TWAP plans: from request to command and back."""

from decimal import Decimal

from pydantic import BaseModel

from tidegate.api.jsontext import dumps, number_text
from tidegate.api.pairs import CommandMaker
from tidegate.api.services import Services
from tidegate.model.commands import CommandName, Receipt
from tidegate.model.errors import Code, TidegateError
from tidegate.model.views import ViewName


async def create(services: Services, plan: BaseModel, command: CommandMaker) -> bytes:
    """`{"planId": ...}` of the new plan."""
    receipt = await services.engine.command(command(CommandName.CREATE_TWAP, dumps(_fields(plan))))
    return receipt.reply


async def replace(services: Services, plan_id: str, plan: BaseModel, command: CommandMaker) -> None:
    """Raises TidegateError NOT_FOUND, CONFLICT while it runs, VALIDATION_ERROR for another plan's body."""
    fields = _fields(plan)
    if fields.get("planId", plan_id) != plan_id:
        raise TidegateError(Code.VALIDATION_ERROR, "the body names another plan", {"planId": f"must be {plan_id}"})
    body = dumps({**fields, "planId": plan_id})
    await services.engine.command(command(CommandName.UPDATE_TWAP, body))


async def control(services: Services, plan_id: str, action: str, command: CommandMaker) -> Receipt:
    """Raises TidegateError NOT_FOUND, or CONFLICT when the plan's state does not admit the action."""
    body = dumps({"planId": plan_id, "action": action})
    return await services.engine.command(command(CommandName.CONTROL_TWAP, body))


async def delete(services: Services, plan_id: str, command: CommandMaker) -> None:
    """Raises TidegateError NOT_FOUND, or CONFLICT while it is under way."""
    body = dumps({"planId": plan_id})
    await services.engine.command(command(CommandName.DELETE_TWAP, body))


async def status(services: Services, plan_id: str) -> bytes:
    """Raises TidegateError NOT_FOUND."""
    return await services.engine.query(ViewName.TWAP_STATUS, planId=plan_id)


def _fields(plan: BaseModel) -> dict[str, object]:
    """What was given, decimals as their text, which every reader takes exactly."""
    given = plan.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
    return {name: _exact(value) for name, value in given.items()}


def _exact(value: object) -> object:
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, dict):
        return {name: _exact(inner) for name, inner in value.items()}
    return [_exact(inner) for inner in value] if isinstance(value, list) else value
