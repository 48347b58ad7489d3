"""kill -9 in the middle of writing: every record that was announced is there, in order, across segments."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.contract.records import read_back

from tidegate.store.journal import FileJournal

ROOT = Path(__file__).parents[2]
ENOUGH = 2000


def test_no_announced_record_is_lost(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "python"), str(ROOT)))}
    command = [sys.executable, "-m", "tests.contract.append_for_ever", str(tmp_path)]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        lines = iter(writer.stdout)
        for _ in range(ENOUGH):
            next(lines)
        writer.send_signal(signal.SIGKILL)
        announced = ENOUGH + sum(1 for line in lines if line.endswith(b"\n"))
    found = [seq for content in FileJournal(tmp_path).segments() for seq in read_back(content)[1]]
    assert found[:announced] == list(range(1, announced + 1))
    assert len(found) - announced <= 1
