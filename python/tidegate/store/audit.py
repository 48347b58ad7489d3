"""A pass over the segments with the core's own reader: lengths, checksums, numbers, chain."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tidegate._core import CoreError, Engine, JournalReader, snapshot_claim
from tidegate.model.records import whole_record_follows
from tidegate.ports.audit import JournalBreak, JournalRecord, SnapshotVerdict
from tidegate.ports.snapshots import Snapshot
from tidegate.store import segments
from tidegate.store.snapshots import FileSnapshots

_BARE: Final = b'{"mode":"SIM","instance":"A0"}'
"""State is hashed by names: no account need be configured."""


class FileAudit:
    """`tidegate.ports.audit.JournalAudit` over a directory of segments. Writes nothing; a running process may go on."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._reader = JournalReader()
        self._segments = 0
        self._broken: JournalBreak | None = None

    @property
    def segments(self) -> int:
        """See the port."""
        return self._segments

    @property
    def broken(self) -> JournalBreak | None:
        """See the port."""
        return self._broken

    def records(self) -> Iterator[JournalRecord]:
        """See the port."""
        for number, content in segments.contents(self._directory):
            if self._broken is not None:
                # Something was written behind it, so it is no torn tail.
                place = self._broken
                self._broken = JournalBreak(place.segment, place.offset, place.reason, torn=False)
                return
            self._segments += 1
            yield from self._segment(number, content)

    def snapshots(self) -> list[SnapshotVerdict]:
        """See the port."""
        kept = sorted(FileSnapshots(self._directory).newest(sys.maxsize), key=lambda snapshot: snapshot.seq)
        core, found = Engine(_BARE), list[SnapshotVerdict]()
        core.skip_rows(sys.maxsize)
        for number, content in segments.contents(self._directory) if kept else ():
            at = 0
            for snapshot in (one for one in kept if one.segment == number):
                at += _replayed(core, content[at : snapshot.end])
                found.append(_judged(core, snapshot))
            _replayed(core, content[at:])
        told = {verdict.seq for verdict in found}
        missing = (SnapshotVerdict(one.seq, "its segment is not there") for one in kept if one.seq not in told)
        return [*found, *missing]

    def _segment(self, number: int, content: bytes) -> Iterator[JournalRecord]:
        offset = 0
        while offset < len(content):
            try:
                found = self._reader.read(content, offset)
            except CoreError as failure:
                self._break(number, offset, content, failure.message)
                return
            if found is None:
                self._break(number, offset, content, f"record {self._reader.seq + 1}: it is cut short")
                return
            seq, wall_ns, _, kind, payload, size = found
            if not _is_object(payload):
                self._break(number, offset, content, f"record {seq}: its payload is no JSON object")
                return
            yield JournalRecord(number, offset, seq, wall_ns, kind, payload, size)
            offset += size

    def _break(self, number: int, offset: int, content: bytes, reason: str) -> None:
        torn = not whole_record_follows(content, offset, self._reader.seq + 1)
        self._broken = JournalBreak(number, offset, reason, torn)


def _replayed(core: Engine, records: bytes) -> int:
    """Bytes that were replayed; what is broken is told by the pass over the records."""
    try:
        return core.replay(records)
    except CoreError as failure:
        offset = json.loads(failure.details).get("offset")
        return offset if isinstance(offset, int) else 0


def _judged(core: Engine, snapshot: Snapshot) -> SnapshotVerdict:
    try:
        seq, state = snapshot_claim(snapshot.data)
    except CoreError as failure:
        return SnapshotVerdict(snapshot.seq, failure.message)
    if (seq, state) != (core.seq, core.state_hash()):
        problem = f"its state is not that of a replay up to record {core.seq}"
        return SnapshotVerdict(snapshot.seq, problem, wrong=True)
    return SnapshotVerdict(snapshot.seq, "")


def _is_object(payload: bytes) -> bool:
    try:
        return isinstance(json.loads(payload), dict)
    except ValueError:
        return False
