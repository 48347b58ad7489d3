"""Twenty kills of the whole service; `make crash N=1000` for more."""

import os

import pytest
from tests.e2e.crash import run

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]


def test_no_kill_loses_or_doubles_an_order(tmp_path, capsys):
    seed = int.from_bytes(os.urandom(4))
    held = run(20, seed, tmp_path)
    assert held, f"seed {seed}: {capsys.readouterr().out}"
