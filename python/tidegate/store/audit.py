"""A pass over the segments with the core's own reader: lengths, checksums, numbers, chain."""

import json
from collections.abc import Iterator
from pathlib import Path

from tidegate._core import CoreError, JournalReader
from tidegate.model.records import whole_record_follows
from tidegate.ports.audit import JournalBreak, JournalRecord
from tidegate.store import segments


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


def _is_object(payload: bytes) -> bool:
    try:
        return isinstance(json.loads(payload), dict)
    except ValueError:
        return False
