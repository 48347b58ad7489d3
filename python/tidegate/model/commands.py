"""What people and programs may ask of the engine: one frozen command, and the receipt it gives."""

from dataclasses import dataclass
from enum import StrEnum


class CommandName(StrEnum):
    """The engine's commands; the body of each is the JSON object that `Engine.command` documents."""

    UPSERT_PAIR = "upsert_pair"
    DELETE_PAIR = "delete_pair"
    EXECUTE_PAIR = "execute_pair"
    UNWIND_PLAN = "unwind_plan"
    CREATE_TWAP = "create_twap"
    UPDATE_TWAP = "update_twap"
    CONTROL_TWAP = "control_twap"
    DELETE_TWAP = "delete_twap"
    PLACE_ORDER = "place_order"
    CANCEL_ORDER = "cancel_order"
    SET_LIMITS = "set_limits"
    KILL = "kill"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One request to the engine.

    body: JSON object, decimals as exact number text. actor: who asked (user name or `system`). command_id: a repeated
    id gives the first reply again, so a client that lost an answer may ask twice.
    """

    name: CommandName
    body: bytes
    actor: str
    command_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`seq`: the journal's newest record after the command. `reply`: JSON object as bytes."""

    seq: int
    reply: bytes
