"""Work with a limit of time: what it gives, what it raises, and that it is told when its time is over."""

import asyncio

import pytest

from tidegate.api.within import within


async def test_work_that_never_waits_gives_its_answer():
    async def work():
        return 7

    assert await within(0.0, work()) == 7


async def test_work_that_waits_several_times_gives_its_answer():
    async def work():
        return [await asyncio.sleep(0, number) for number in range(3)]

    assert await within(5.0, work()) == [0, 1, 2]


@pytest.mark.parametrize("pauses", [0, 2])
async def test_what_the_work_raises_comes_out(pauses):
    async def work():
        for _ in range(pauses):
            await asyncio.sleep(0)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await within(5.0, work())


async def test_work_that_waits_too_long_is_cancelled_and_may_clean_up():
    cleaned = []

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    with pytest.raises(TimeoutError):
        await within(0.01, work())
    assert cleaned == [True]


async def test_a_cancellation_from_outside_reaches_the_work_and_stays_one():
    seen = []

    async def work():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    task = asyncio.ensure_future(within(5.0, work()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]


async def test_an_inner_limit_of_the_work_is_its_own():
    async def work():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        return "went on"

    assert await within(5.0, work()) == "went on"
