"""The answer to whatever stops something: it is done, and whether the next start will know of it."""

from typing import Final

from tidegate.model.commands import Receipt

FORGETFUL: Final = "done, but the journal can not be written: the next start may not know of it"


def stopped(receipt: Receipt, **facts: object) -> dict[str, object]:
    """`facts` come beside `success`; `warning` only when the command is not durable."""
    warning = {} if receipt.durable else {"warning": FORGETFUL}
    return {"success": True, **facts, **warning}
