"""The native core's boundary: bytes in, few frozen effects out.

Times: `mono_ns` is a monotonic clock, `wall_ns` UTC epoch nanoseconds; the core reads no clock of its own.
Every method that returns effects wants them executed in list order, on the engine's own loop.
"""

from typing import Final, Self, final

from typing_extensions import Buffer

__all__ = [
    "CLOSE",
    "EVENT",
    "FETCH",
    "FRAME",
    "HANGUP",
    "HTTP",
    "JOURNAL",
    "RECORD",
    "SEND",
    "WAKE",
    "CoreError",
    "Effect",
    "Engine",
    "JournalReader",
    "Replayer",
    "Row",
    "SimEffect",
    "SimVenue",
    "condense",
    "simulate",
    "snapshot_claim",
]

class CoreError(Exception):
    """A refused command or query.

    `args` is `(code, message, details)`: a code of the error table in `tidegate.model.errors`, one clear sentence,
    and a JSON object as bytes (`b"{}"` when there is nothing to add).
    """

    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def details(self) -> bytes: ...

JOURNAL: Final[int]
"""Append `data` (one framed record) to the journal; `seq` is its number.

A write(2) must return before the next effect.
"""
SEND: Final[int]
"""Send `data` as one text frame on link `target`, once record `seq` is durable (0 = at once)."""
FETCH: Final[int]
"""HTTP request `data` on REST link `target`; answer with `Engine.on_reply(seq, ...)`.

Form: `METHOD target\\nHeader: value\\n...\\n\\nbody`.
"""
EVENT: Final[int]
"""Publish `data` (`{"event":..., "data":{...}}`) on `topic`."""
WAKE: Final[int]
"""Call `Engine.on_timer` at monotonic `target` ns at the latest; replaces the wake set before."""
CLOSE: Final[int]
"""Close link `target` and connect it anew (login lost, stream silent)."""

@final
class Effect:
    """One thing to do. Frozen."""

    @property
    def kind(self) -> int: ...
    @property
    def target(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def data(self) -> bytes: ...
    @property
    def topic(self) -> str: ...

@final
class Row:
    """The current state of one thing, for its table. `doc` is the JSON object that the API serves."""

    @property
    def table(self) -> str:
        """`orders`, `fills`, `plans`, `balances`, `positions`, `pairs` or `limits`."""
    @property
    def id(self) -> str: ...
    @property
    def doc(self) -> bytes: ...

@final
class Engine:
    """The reducer. Single-threaded; not for use from two threads."""

    def __new__(cls, config: bytes) -> Self:
        """`config`: JSON object, see `tidegate.engine.setup`. Raises CoreError CONFIG_ERROR."""
    # -- recovery
    def replay(self, chunk: Buffer) -> int:
        """Applies framed records from the start of `chunk`; returns the bytes consumed (whole records only).

        Raises CoreError JOURNAL_CORRUPT with `details` {offset, seq} when a record does not verify.
        """
    def restore(self, snapshot: bytes, last: bytes) -> None:
        """Takes a snapshot's state in; replay goes on behind it. Only into an engine that has replayed nothing.

        `last`: the bytes of the snapshot's last record as the journal holds them. Raises CoreError JOURNAL_CORRUPT, the
        engine unchanged, for a snapshot of another journal or build, or a damaged one.
        """
    def snapshot(self) -> bytes:
        """All durable state as of the newest record; for `restore` by the same build."""
    def start(self, mono_ns: int, wall_ns: int) -> list[Effect]:
        """Ends recovery: writes the BOOT record (new epoch) and begins reconciliation."""
    # -- inputs
    def set_instruments(self, venue: str, product: str, instruments: bytes, mono_ns: int, wall_ns: int) -> list[Effect]:
        """Adds or updates instruments.

        `instruments`: JSON array of {symbol, base, quote, tick, lot, qtyMin, qtyMax, notionalMin, feeMaker, feeTaker,
        status, contract?, code?}; numbers as decimal strings. Amounts are base coin; `contract` is the base coin of one
        unit of the venue's count (1 when left out), `code` the venue's number for the instrument.
        """
    def on_link(self, link: int, up: bool, mono_ns: int, wall_ns: int) -> list[Effect]: ...
    def on_frame(self, link: int, payload: Buffer, mono_ns: int, wall_ns: int) -> list[Effect] | None:
        """One WebSocket text frame. None when there is nothing to do (a quiet tick). Never raises on venue bytes."""
    def on_reply(self, request: int, status: int, body: Buffer, mono_ns: int, wall_ns: int) -> list[Effect]:
        """Answer to FETCH `request`; `status` 0 means that no answer came (proves nothing)."""
    def on_timer(self, mono_ns: int, wall_ns: int) -> list[Effect]: ...
    def on_durable(self, seq: int, mono_ns: int, wall_ns: int) -> list[Effect]:
        """Records up to `seq` are on disk."""
    def on_send_failed(self, link: int, data: bytes, mono_ns: int, wall_ns: int) -> list[Effect]:
        """A SEND whose bytes certainly never left (link down before the write)."""
    def on_journal_failed(self, reason: str, mono_ns: int, wall_ns: int) -> list[Effect]:
        """The journal can not be written (disk full, fsync error): cancel-only, loudly, for the rest of the process."""
    def on_clock(self, venue: str, offset_ns: int, uncertainty_ns: int) -> None:
        """Measured server time minus our wall time of a venue."""
    # -- people
    def command(
        self, name: str, body: bytes, actor: str, command_id: str, mono_ns: int, wall_ns: int
    ) -> tuple[bytes, list[Effect]]:
        """Runs one command; returns (JSON reply, effects). Raises CoreError.

        A known `command_id` gives the first reply again. After a CoreError `drain` has the effects.
        """
    def use_key(
        self, venue: str, account: str, key: str, secret: str, passphrase: str, mono_ns: int, wall_ns: int
    ) -> list[Effect]:
        """Takes a key into use: the account's links log in anew. Raises CoreError NOT_FOUND, CONFLICT."""
    def refuse_key(self, venue: str, account: str, code: str, message: str, mono_ns: int, wall_ns: int) -> list[Effect]:
        """The venue refused the account's key outside of what the core sees: public data only from now on."""
    def is_public_only(self, venue: str, account: str) -> bool:
        """Whether no key of the account works."""
    def drain(self) -> list[Effect]:
        """Effects of a refused command: a breaker that opened on the way is a record all the same."""
    def view(self, name: str, query: bytes) -> bytes:
        """One view as JSON in the shapes of the API. Raises CoreError."""
    def watch(self, instrument: str, on: bool, mono_ns: int, wall_ns: int) -> list[Effect]:
        """Counts a watcher of `venue:type:symbol` in or out.

        Subscribed while above zero; each change of the top is an EVENT then.
        """
    # -- projection
    def skip_rows(self, shown: int) -> None:
        """No rows are made of records up to `shown`: the tables show them already."""
    def take_rows(self, limit: int) -> list[Row]:
        """Up to `limit` things that changed since they were last taken, oldest change first."""
    @property
    def seq(self) -> int:
        """Number of the newest record."""
    @property
    def last_len(self) -> int:
        """Bytes of the newest record."""
    def state_hash(self) -> int:
        """Hash of the durable state (orders, ledger, plans, latches, limits, pairs)."""

def condense(config: bytes, snapshot: bytes, last: bytes, records: bytes) -> tuple[bytes, int, int, int]:
    """The snapshot behind `records`, which follow `snapshot` (empty: are the journal's first); any thread.

    (snapshot, bytes of `records` in it, number of its last record, bytes of that). Works without the interpreter's lock
    on an engine of its own. Raises CoreError as `Engine.restore` and `Engine.replay` do.
    """

def snapshot_claim(snapshot: bytes) -> tuple[int, int]:
    """(number of its last record, hash of state behind it). Raises CoreError JOURNAL_CORRUPT."""

RECORD: Final[int]
"""SimEffect: append `data` to the venue's book of record before anything later in the list is sent."""
HTTP: Final[int]
"""SimEffect: answer the HTTP request with `status`, `headers`, `data`."""
FRAME: Final[int]
"""SimEffect: send `data` as a text frame on connection `conn`."""
HANGUP: Final[int]
"""SimEffect: close connection `conn`."""

@final
class SimEffect:
    @property
    def kind(self) -> int: ...
    @property
    def conn(self) -> int: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def data(self) -> bytes: ...

@final
class SimVenue:
    """A simulated venue: bytes in, bytes out, in the venue's own wire format."""

    def __new__(cls, config: bytes) -> Self:
        """JSON {venue, products: [spot|linear], seed, market?, accounts?, symbols?, feeTaker?, feeMaker?}.

        market: synthetic, frames (`feed`) or live (`follow`, `tape`).

        Raises CoreError CONFIG_ERROR.
        """
    def restore(self, records: Buffer) -> int:
        """Reads a book of record back; returns the bytes understood."""
    def start(self, wall_ns: int) -> list[SimEffect]: ...
    def on_http(
        self, method: str, target: str, headers: list[tuple[str, str]], body: bytes, wall_ns: int
    ) -> list[SimEffect]: ...
    def on_open(self, conn: int, target: str, wall_ns: int) -> list[SimEffect]: ...
    def on_frame(self, conn: int, payload: Buffer, wall_ns: int) -> list[SimEffect]: ...
    def on_close(self, conn: int, wall_ns: int) -> None: ...
    def on_timer(self, wall_ns: int) -> list[SimEffect]: ...
    def feed(self, frame: Buffer, wall_ns: int) -> list[SimEffect]:
        """One recorded public frame becomes the venue's market (instead of the synthetic one)."""
    def follow(self, engine: Engine, whole: bool, mono_ns: int, wall_ns: int) -> list[SimEffect]:
        """Takes over the engine's live books (`"market":"live"`): the whole market, or where orders rest.

        O(levels) per book that changed.
        """
    def tape(self, product: str, frame: Buffer, wall_ns: int) -> list[SimEffect]:
        """One frame of the real venue's public trades: resting orders move up in their queues, and fill.

        Raises CoreError VALIDATION_ERROR.
        """
    def tape_frames(self, product: str, fresh: bool) -> list[bytes]:
        """Frames for the real venue that keep its trades to the instruments in which orders rest.

        fresh: nothing was asked of the connection yet. Raises CoreError VALIDATION_ERROR.
        """
    @property
    def resting(self) -> list[str]:
        """Instruments in which orders rest, as `venue:type:symbol`."""
    @property
    def next_wake_ns(self) -> int:
        """Wall time at which `on_timer` is due."""

def simulate(request: bytes) -> bytes:
    """Runs seeds of the fault simulator without the interpreter's lock.

    JSON {from, seeds, mutant, trace, first, late} in; JSON {seeds, events, virtual_seconds, hash, violations,
    told: [{seed, invariant, text}], probes: {name: count}, due: {name: seeds from which on it must have fired},
    mutants: [name], trace} out.
    Raises CoreError VALIDATION_ERROR.
    """

@final
class JournalReader:
    """Follows one journal from its first record, across segments: checksums, numbers and chain; knows no state."""

    def __new__(cls) -> Self: ...
    def read(self, chunk: Buffer, offset: int) -> tuple[int, int, int, str, bytes, int] | None:
        """(seq, wall ns, kind, kind's name, JSON payload, bytes) of the record at `offset`.

        None where the written part ends or the record is cut short. Raises CoreError JOURNAL_CORRUPT.
        """
    @property
    def seq(self) -> int:
        """Number of the last good record."""

@final
class Replayer:
    """Recorded frames -> books -> spread of one pair -> openings and closings."""

    def __new__(cls, leg1: str, leg2: str, qty: str, threshold_percent: str, fee1: str, fee2: str) -> Self:
        """Legs as `venue:type:symbol`. Raises CoreError VALIDATION_ERROR."""
    def feed(self, leg: int, recv_ns: int, frame: Buffer) -> bytes | None:
        """One recorded frame of leg 0 or 1; returns finished JSON lines, if any."""
    def summary(self) -> bytes: ...
    def timings(self) -> bytes:
        """JSON {frames, ignored: [a, b], faults: [a, b], hops: {decode, book, spread: {p50, p99}}}.

        `ignored`: depth messages that brought nothing new; `faults`: crossed books, late snapshots, nonsense levels;
        hops in ns per depth message.
        """
