"""journal verify and journal show, on a journal that a core wrote."""

import json
from pathlib import Path

import pytest
from tests.unit.cli.test_main import RUNNERS

from tidegate._core import JOURNAL, Engine
from tidegate.cli.main import main
from tidegate.cli.runners import Runners
from tidegate.ports.snapshots import Snapshot
from tidegate.store.audit import FileAudit
from tidegate.store.snapshots import FileSnapshots

CORE = b'{"mode":"SIM","instance":"A7"}'


def records(count: int) -> list[bytes]:
    """The framed records of a short life."""
    core = Engine(CORE)
    effects = core.start(1, 1_790_000_000_000_000_000)
    for number in range(count - len([e for e in effects if e.kind == JOURNAL])):
        body = b'{"limits":[{"name":"daily_loss_max","scope":"total","id":"","value":%d}]}' % (number + 1)
        effects += core.command("set_limits", body, "admin", f"c{number}", 1, 1_790_000_001_000_000_000)[1]
    found = [effect.data for effect in effects if effect.kind == JOURNAL]
    assert len(found) == count
    return found


def runners(home: Path) -> Runners:
    return Runners(
        run=RUNNERS.run,
        with_control=RUNNERS.with_control,
        serve_venue=RUNNERS.serve_venue,
        serve_bridge=RUNNERS.serve_bridge,
        audit_journal=lambda place: FileAudit(place / "journal"),
        rebuild=RUNNERS.rebuild,
        bench=RUNNERS.bench,
    )


def written(home: Path, *segments: bytes) -> None:
    (home / "journal").mkdir(parents=True)
    for number, content in enumerate(segments, 1):
        (home / "journal" / f"{number:08d}.journal").write_bytes(content + bytes(64))


def verify(home: Path, *more: str) -> int:
    return main(["journal", "verify", "--home", str(home), *more], runners(home))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIDEGATE_HOME", raising=False)


def test_a_whole_journal_is_verified_across_segments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = records(6)
    written(tmp_path, b"".join(made[:4]), b"".join(made[4:]))
    assert verify(tmp_path) == 0
    assert capsys.readouterr().out.startswith(f"whole: 6 records, {sum(map(len, made))} bytes in 2 segments")
    assert verify(tmp_path, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["records"], found["lastSeq"]) == ("whole", 6, 6)


@pytest.mark.parametrize("cut", [1, 5, 20, 60])
def test_a_torn_end_is_told_and_is_no_damage(tmp_path: Path, cut: int, capsys: pytest.CaptureFixture[str]) -> None:
    made = records(4)
    written(tmp_path, b"".join(made)[:-cut])
    assert verify(tmp_path) == 0
    assert capsys.readouterr().out.startswith("torn: 3 records")


@pytest.mark.parametrize("position", [0, 4, 8, 16, 24, 33, 40])
def test_a_flipped_bit_in_the_middle_is_damage(
    tmp_path: Path, position: int, capsys: pytest.CaptureFixture[str]
) -> None:
    made = records(5)
    broken = bytearray(b"".join(made))
    broken[len(made[0]) + position] ^= 1
    written(tmp_path, bytes(broken))
    assert verify(tmp_path, "--json") == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["verdict"] == "damaged"
    assert f"byte {len(made[0])}" in printed.err


def test_records_of_another_journal_do_not_fit_in(tmp_path: Path) -> None:
    made, others = records(5), records(6)
    other = Engine(CORE).start(5, 5)[0].data
    written(tmp_path, other + b"".join(made[1:]))
    assert others[1] == made[1]
    assert verify(tmp_path) == 1


def test_snapshots_are_held_against_the_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = records(6)
    written(tmp_path, b"".join(made[:4]), b"".join(made[4:]))
    core = Engine(CORE)
    core.replay(b"".join(made[:5]))
    kept = FileSnapshots(tmp_path / "journal")
    kept.save(Snapshot(seq=5, segment=2, end=len(made[4]), last=len(made[4]), data=core.snapshot()))
    assert verify(tmp_path) == 0
    assert "snapshot of record 5: agrees with the records before it" in capsys.readouterr().out
    assert verify(tmp_path, "--json") == 0
    assert json.loads(capsys.readouterr().out)["snapshots"] == [{"seq": 5, "problem": None}]
    # The state of five records where six are said to be in it.
    whole = len(made[4]) + len(made[5])
    kept.save(Snapshot(seq=6, segment=2, end=whole, last=len(made[5]), data=core.snapshot()))
    assert verify(tmp_path) == 1
    assert "do not agree with the journal" in capsys.readouterr().err


def test_no_journal_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(tmp_path) == 1
    assert "holds no journal" in capsys.readouterr().err


def test_show_prints_records_for_people_and_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, b"".join(records(6)))
    show = ["journal", "show", "--home", str(tmp_path)]
    assert main([*show, "--from", "1", "--limit", "1"], runners(tmp_path)) == 0
    line = capsys.readouterr().out
    assert line.split()[:3] == ["1", "2026-09-21T14:13:20.000000Z", "BOOT"]
    assert "epoch=1" in line
    assert main([*show, "--limit", "2", "--json"], runners(tmp_path)) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["seq"] for row in found] == [5, 6]
    assert found[-1]["kind"] == "LIMIT"
    assert found[-1]["data"]["command"]["actor"] == "admin"
