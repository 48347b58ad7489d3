"""What people and programs may ask of the engine: one frozen command, and the receipt it gives."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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
    SET_PROTECTION = "set_protection"
    REMOVE_PROTECTION = "remove_protection"
    SET_LIMITS = "set_limits"
    KILL = "kill"
    RESET = "reset"
    ACKNOWLEDGE_DIFF = "acknowledge_diff"


STOPS: Final = frozenset({CommandName.CANCEL_ORDER, CommandName.KILL, CommandName.CONTROL_TWAP})
"""What stops something is carried out and answered also when it can not be made durable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One request to the engine.

    body: JSON object, decimals as exact number text. actor: who asked (user name or `system`). command_id: a repeated
    id gives the first reply again, so a client that lost an answer may ask twice; for another command it is CONFLICT.
    """

    name: CommandName
    body: bytes
    actor: str
    command_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`seq`: the journal's newest record after the command. `reply`: JSON object as bytes.

    durable: False for a command that stopped something and may be forgotten by the next start.
    """

    seq: int
    reply: bytes
    durable: bool = True
