"""Reading the configuration anew: what counts at once, what is refused, and that a wrong file changes nothing."""

import asyncio
from pathlib import Path

import pytest

from tidegate.app.settings import LiveSettings
from tidegate.cli.settings import source_of
from tidegate.model.config import Config
from tidegate.model.errors import Code, TidegateError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tidegate.yaml"
    path.write_text("log:\n  level: info\n")
    return path


def settings_of(file: Path, heard: list[Config]) -> LiveSettings:
    source = source_of(file=file)
    return LiveSettings(source.read(), source, (heard.append,))


async def test_live_keys_count_at_once_and_the_others_are_named(file: Path) -> None:
    heard: list[Config] = []
    settings = settings_of(file, heard)
    file.write_text("log:\n  level: debug\nport: 7009\n")
    done = await settings.reload()
    assert (done.applied, done.refused) == (("log.level",), {"port": "counts from the next start on"})
    assert (settings.current.log.level, settings.current.port, heard) == ("debug", 7000, [settings.current])


WRONG = {
    "unknown key": ("log:\n  level: debug\nprot: 1\n", "prot: unknown key; did you mean 'port'?"),
    "bad value": ("log:\n  level: loud\n", "log.level"),
    "no YAML": ("log: [", "fix the YAML there"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_a_wrong_file_changes_nothing_and_says_what_is_wrong(case: str, file: Path) -> None:
    heard: list[Config] = []
    settings = settings_of(file, heard)
    before, (text, says) = settings.current, WRONG[case]
    file.write_text(text)
    with pytest.raises(TidegateError) as caught:
        await settings.reload()
    assert (caught.value.code, settings.current, heard) == (Code.CONFIG_ERROR, before, [])
    assert says in caught.value.message


async def test_a_file_that_is_gone_is_an_error(file: Path) -> None:
    settings = settings_of(file, [])
    file.unlink()
    with pytest.raises(TidegateError, match="can not read"):
        await settings.reload()


async def test_a_changed_file_is_followed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.app.settings.LOOK_S", 0.01)
    heard: asyncio.Queue[Config] = asyncio.Queue()
    source = source_of(file=file)
    settings = LiveSettings(source.read(), source, (heard.put_nowait,))
    file.write_text("log:\n  level: warning\n")
    running = asyncio.create_task(settings.run())
    assert (await asyncio.wait_for(heard.get(), 5)).log.level == "warning"
    running.cancel()


async def test_whoever_asks_need_not_wait_for_the_next_look_and_a_wrong_file_is_survived(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidegate.app.settings.LOOK_S", 3600.0)
    heard: asyncio.Queue[Config] = asyncio.Queue()
    source = source_of(file=file)
    settings = LiveSettings(source.read(), source, (heard.put_nowait,))
    running = asyncio.create_task(settings.run())
    for text, level in (("log:\n  level: [\n", None), ("log:\n  level: error\n", "error")):
        file.write_text(text)
        refused = asyncio.Event()
        monkeypatch.setattr("tidegate.app.settings._log.error", lambda *_, told=refused, **__: told.set())
        settings.ask()
        if level is None:
            await asyncio.wait_for(refused.wait(), 5)
        else:
            assert (await asyncio.wait_for(heard.get(), 5)).log.level == level
    assert not running.done()
    running.cancel()


async def test_a_process_without_a_source_says_so() -> None:
    with pytest.raises(TidegateError) as caught:
        await LiveSettings(Config(), None, ()).reload()
    assert caught.value.code is Code.CONFLICT
