"""bench: a line per figure for people, an object for programs."""

import json

import pytest
from tests.unit.cli.test_main import RUNNERS

from tidegate.cli.main import main


def test_figures_stand_beside_the_recorded_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench"], RUNNERS) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["append", "1.23", "us", "recorded", "1.8", "(a", "day)"]
    assert lines[1].endswith("recorded 2.5 (a day), goal 5")


def test_programs_get_objects(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json"], RUNNERS) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[1] == {"name": "group", "value": 2.5, "unit": "ms", "recorded": "2.5 (a day)", "goal": "5"}
