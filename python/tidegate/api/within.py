"""A limit of time for what waits: work that is done without waiting pays for no timer."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import TypeVar

AnswerT = TypeVar("AnswerT")


async def within(seconds: float, work: Coroutine[object, object, AnswerT]) -> AnswerT:
    """What `work` gives. Raises TimeoutError where it waits longer in all; it is cancelled then."""
    try:
        awaited = work.send(None)
    except StopIteration as done:
        answer: AnswerT = done.value
        return answer
    async with asyncio.timeout(seconds):
        return await _rest(work, awaited)


@coroutine
def _rest(work: Coroutine[object, object, AnswerT], awaited: object) -> Generator[object, object, AnswerT]:
    """`work` from its first pause on, where it waits for `awaited`."""
    try:
        while True:
            try:
                sent = yield awaited
            except BaseException as thrown:  # a cancellation above all: it is the work's to handle
                awaited = work.throw(thrown)
            else:
                awaited = work.send(sent)
    except StopIteration as done:
        answer: AnswerT = done.value
        return answer
