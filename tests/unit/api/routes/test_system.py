"""POST /api/system/reload: what was applied, what needs a restart, what is wrong with the file."""

import aiohttp
from tests.unit.api.doubles import World

from tidegate.model.errors import Code, TidegateError
from tidegate.ports.settings import Reloaded

PATH = "/api/system/reload"


async def test_the_answer_names_every_key(admin: aiohttp.ClientSession, world: World) -> None:
    world.reloaded = Reloaded(("log.level",), {"port": "counts from the next start on"})
    async with admin.post(PATH) as answer:
        assert (answer.status, await answer.json()) == (
            200,
            {
                "success": True,
                "data": {"applied": ["log.level"], "restartNeeded": {"port": "counts from the next start on"}},
            },
        )


async def test_a_wrong_file_is_a_mistake_of_the_caller(admin: aiohttp.ClientSession, world: World) -> None:
    world.reloaded = TidegateError(Code.CONFIG_ERROR, "tidegate.yaml: prot: unknown key", {"faults": ["prot"]})
    async with admin.post(PATH) as answer:
        error = (await answer.json())["error"]
    assert (answer.status, error["code"], error["details"]) == (400, "VALIDATION_ERROR", {"faults": ["prot"]})
