"""Carries inputs into the core and its effects out, in list order. The only caller of the core's inputs.

Everything runs on one event loop; nothing here waits except the tasks of FETCH effects. Knows no venue and no socket.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, MutableMapping
from time import monotonic_ns
from typing import Final, TypeVar

import orjson

from tidegate._core import CLOSE, EVENT, FETCH, JOURNAL, SEND, WAKE, CoreError
from tidegate.engine.clock import SystemClock
from tidegate.engine.core import Core, CoreEffect, Effects
from tidegate.engine.fetch import parse_fetch
from tidegate.model.errors import Code, TidegateError
from tidegate.model.keys import Credentials
from tidegate.obs import log
from tidegate.obs.latency import Hops
from tidegate.ports.bus import MessageBus
from tidegate.ports.http import Http, HttpError
from tidegate.ports.journal import Journal, JournalError, JournalFault
from tidegate.ports.link import Link

FETCHES_MAX: Final = 128
"""REST requests of the engine under way at once; one more is answered with `no answer`."""
FETCH_DEADLINE_S: Final = 2.0
FETCH_REFUSED_PAUSE_S: Final = 0.25
"""A request that could not even be sent is answered after this, so that asking again can not spin."""
PARKED_MAX: Final = 4096
"""Sends waiting for their record to be durable; one more fails like a send on a link that is down."""
LAST_CANCELS_S: Final = 2.0
"""What the venues have to take the last cancels, before a process whose journal lost its disk ends."""
STEP_SAMPLE_MASK: Final = 7
"""One frame in eight has its step timed: timing each would cost more than a quiet step. Every send is timed."""

STOPPING: Final = "the engine has failed and is stopping; the journal is intact, start again"

_Answer = TypeVar("_Answer")
_log = log.get("engine")


class Runtime:
    """The executor of one core. `on_fatal` is called once when the process must end: core or disk broke."""

    def __init__(
        self,
        core: Core,
        journal: Journal,
        bus: MessageBus,
        clock: SystemClock,
        hops: Hops,
        on_fatal: Callable[[BaseException], None],
    ) -> None:
        self._core = core
        self._journal = journal
        self._bus = bus
        self._base_ns = clock.base_ns
        self._on_fatal = on_fatal
        self.links: Final[MutableMapping[int, Link]] = {}
        self.rests: Final[MutableMapping[int, Http]] = {}
        self.journal_fault = ""
        self._journal_closed = False
        self.frames = 0
        self.started = False
        self._dead = False
        self._queue: deque[tuple[Effects, int, bool]] = deque()
        self._expects_journal = True
        self._running = False
        self._parked: deque[CoreEffect] = deque()
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._fetches: set[asyncio.Task[None]] = set()
        self._group: asyncio.TaskGroup | None = None
        self._wake: asyncio.TimerHandle | None = None
        self._step_hop = hops.hop("step")
        self._send_hop = hops.hop("recv_to_send")
        self._journal_hop = hops.hop("journal_append")
        self._fetch_hop = hops.hop("fetch")
        self._execute: Mapping[int, Callable[[CoreEffect, int], None]] = {
            JOURNAL: self._do_journal,
            SEND: self._do_send,
            FETCH: self._do_fetch,
            EVENT: self._do_event,
            WAKE: self._do_wake,
            CLOSE: self._do_close,
        }
        journal.on_durable(self._on_durable)
        journal.on_failed(self._on_journal_failed)

    # -- inputs

    def feed(self, link_id: int, payload: memoryview) -> None:
        """One text frame of a link: the hot path. See `ports.link.LinkEvents.feed`."""
        if self._dead:
            return
        now = monotonic_ns()
        try:
            effects = self._core.on_frame(link_id, payload, now, now + self._base_ns)
        except BaseException as failure:  # a panic of the core is no Exception; it must stop us all the same
            self._die(failure)
            return
        self.frames += 1
        if not self.frames & STEP_SAMPLE_MASK:
            self._step_hop.add(monotonic_ns() - now)
        if effects:
            self._run(effects, now)

    def on_link(self, link_id: int, up: bool) -> None:
        """See `ports.link.LinkEvents.on_link`."""
        self._input(lambda now: self._core.on_link(link_id, up, now, now + self._base_ns))

    def start(self) -> None:
        """Ends recovery and begins reconciliation; the links may come up afterwards."""
        self.started = True
        self._input(lambda now: self._core.start(now, now + self._base_ns))

    def set_instruments(self, venue: str, product: str, rows: bytes) -> None:
        """Raises CoreError when the rows are refused."""
        now = monotonic_ns()
        self._run(self._asked(lambda: self._core.set_instruments(venue, product, rows, now, now + self._base_ns)), now)

    def on_clock(self, venue: str, offset_ns: int, uncertainty_ns: int) -> None:
        self._asked(lambda: self._core.on_clock(venue, offset_ns, uncertainty_ns))

    def command(self, name: str, body: bytes, actor: str, command_id: str) -> tuple[bytes, int]:
        """(reply, newest record). Raises CoreError."""
        now = monotonic_ns()
        try:
            reply, effects = self._asked(
                lambda: self._core.command(name, body, actor, command_id, now, now + self._base_ns)
            )
        except CoreError:
            # A breaker that opened on the way is a record: left out, it would be a hole in the journal.
            self._run(self._asked(self._core.drain), now)
            raise
        self._run(effects, now)
        return reply, self._core.seq

    def watch(self, instrument: str, on: bool) -> None:
        """Raises CoreError."""
        now = monotonic_ns()
        self._run(self._asked(lambda: self._core.watch(instrument, on, now, now + self._base_ns)), now)

    def use_key(self, given: Credentials) -> None:
        """Raises CoreError for an account that is not run here."""
        now = monotonic_ns()
        key, secret, passphrase = (part.get_secret_value() for part in (given.key, given.secret, given.passphrase))
        venue, account = given.venue, given.account
        effects = self._asked(
            lambda: self._core.use_key(venue, account, key, secret, passphrase, now, now + self._base_ns)
        )
        self._run(effects, now)

    def refuse_key(self, venue: str, account: str, code: str, message: str) -> None:
        """The venue refused the account's key outside of what the core sees."""
        self._input(lambda now: self._core.refuse_key(venue, account, code, message, now, now + self._base_ns))

    def view(self, name: str, given: Mapping[str, object]) -> bytes:
        """One view as of now. Raises CoreError."""
        now = monotonic_ns()
        try:
            return self._core.view(name, orjson.dumps({**given, "monoNs": now, "wallNs": now + self._base_ns}))
        except Exception:
            raise
        except BaseException as failure:  # a panic, but looking changes nothing: only the one who looks is told
            _log.error("view_failed", view=name, reason=repr(failure), success=False, error_code="INTERNAL")
            raise TidegateError(Code.INTERNAL, f"the engine can not show {name}") from failure

    async def durable(self, seq: int) -> None:
        """Returns once record `seq` is durable. Raises JournalError when it never will be."""
        if seq <= self._journal.durable_seq:
            return
        if self._journal_closed:
            raise JournalError(self.journal_fault)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((seq, future))
        await future

    @property
    def seq(self) -> int:
        """The newest record's number."""
        return self._core.seq

    @property
    def depths(self) -> Mapping[str, int]:
        """Queue depths by name."""
        return {"fetches": len(self._fetches), "parkedSends": len(self._parked), "durableWaiters": len(self._waiters)}

    async def run(self, started: asyncio.Event) -> None:
        """Owns the tasks of FETCH effects until cancelled; set `started` before any input is given."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                started.set()
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    self._group = None  # a group that ends takes no more tasks
        finally:
            if self._wake is not None:
                self._wake.cancel()

    # -- effects

    def _input(self, call: Callable[[int], Effects]) -> None:
        """One input that the core must take; a failure of it is fatal."""
        if self._dead:
            return
        now = monotonic_ns()
        try:
            effects = call(now)
        except BaseException as failure:  # see `feed`
            self._die(failure)
            return
        self._run(effects, now)

    def _asked(self, call: Callable[[], _Answer]) -> _Answer:
        """One input that the core may refuse with CoreError; any other failure of it is fatal."""
        if self._dead:
            raise TidegateError(Code.INTERNAL, STOPPING)
        try:
            return call()
        except CoreError:
            raise
        except BaseException as failure:  # see `feed`
            self._die(failure)
            raise TidegateError(Code.INTERNAL, STOPPING) from failure

    def _run(self, effects: Effects, recv_ns: int) -> None:
        """Executes in list order; effects that arise meanwhile come after the list."""
        self._queue.append((effects, recv_ns, not self.journal_fault))
        if self._running:
            return
        self._running = True
        try:
            while self._queue:
                batch, since, expects_journal = self._queue.popleft()
                self._expects_journal = expects_journal
                for effect in batch:
                    self._execute[effect.kind](effect, since)
        except BaseException as failure:
            # The core counts on each effect: without one (a wake, a send) it is wrong about the world, silently.
            self._queue.clear()
            self._die(failure)
        finally:
            self._running = False

    def _do_journal(self, effect: CoreEffect, _since: int) -> None:
        if self._journal_closed:
            return  # cancel-only, and a record was lost: one more behind it would break the chain
        started = monotonic_ns()
        try:
            self._journal.append(effect.seq, effect.data)
        except JournalError as failure:
            self._close_journal(failure.reason)
            self._on_journal_failed(failure.reason, failure.fault)
            return
        self._journal_hop.add(monotonic_ns() - started)

    def _do_send(self, effect: CoreEffect, since: int) -> None:
        if self.journal_fault and self._expects_journal:
            self._send_failed(effect)  # decided before the core knew that its record could not be written
            return
        if effect.seq > self._journal.durable_seq:
            self._park(effect)
            return
        if self._send(effect):
            self._send_hop.add(monotonic_ns() - since)

    def _send(self, effect: CoreEffect) -> bool:
        link = self.links.get(effect.target)
        if link is not None and link.send(effect.data):
            return True
        self._send_failed(effect)
        return False

    def _send_failed(self, effect: CoreEffect) -> None:
        self._input(lambda now: self._core.on_send_failed(effect.target, effect.data, now, now + self._base_ns))

    def _park(self, effect: CoreEffect) -> None:
        if self.journal_fault or len(self._parked) >= PARKED_MAX:
            self._send_failed(effect)
        else:
            self._parked.append(effect)

    def _do_event(self, effect: CoreEffect, _since: int) -> None:
        self._bus.publish(effect.topic, effect.data)

    def _do_wake(self, effect: CoreEffect, _since: int) -> None:
        if self._wake is not None:
            self._wake.cancel()
        # The loop's timers count whole milliseconds; round up, so that the core is not woken before its time.
        delay_ms = max(0, -(-(effect.target - monotonic_ns()) // 1_000_000))
        self._wake = asyncio.get_running_loop().call_later(delay_ms / 1000, self._on_wake)

    def _on_wake(self) -> None:
        self._wake = None
        self._input(lambda now: self._core.on_timer(now, now + self._base_ns))

    def _do_close(self, effect: CoreEffect, _since: int) -> None:
        link = self.links.get(effect.target)
        if link is not None:
            link.restart("the engine asked for a fresh connection")

    def _do_fetch(self, effect: CoreEffect, _since: int) -> None:
        if self._group is None or len(self._fetches) >= FETCHES_MAX:
            asyncio.get_running_loop().call_later(FETCH_REFUSED_PAUSE_S, self._reply, effect.seq, 0, b"")
            return
        task = self._group.create_task(self._fetch(effect), name=f"fetch-{effect.seq}")
        self._fetches.add(task)
        task.add_done_callback(self._fetches.discard)

    async def _fetch(self, effect: CoreEffect) -> None:
        started = monotonic_ns()
        request = parse_fetch(effect.data)
        try:
            rest = self.rests[effect.target]
            reply = await rest.request(
                request.method,
                request.target,
                headers=request.headers,
                body=request.body,
                deadline_s=FETCH_DEADLINE_S,
            )
        except (HttpError, KeyError) as failure:
            _log.info("fetch_failed", link=effect.target, reason=str(failure), success=False)
            await asyncio.sleep(FETCH_REFUSED_PAUSE_S)
            self._reply(effect.seq, 0, b"")
            return
        self._fetch_hop.add(monotonic_ns() - started)
        self._reply(effect.seq, reply.status, reply.body)

    def _reply(self, request: int, status: int, body: bytes) -> None:
        self._input(lambda now: self._core.on_reply(request, status, body, now, now + self._base_ns))

    # -- the journal's answers

    def _on_durable(self, seq: int) -> None:
        while self._waiters and self._waiters[0][0] <= seq:
            future = self._waiters.popleft()[1]
            if not future.done():
                future.set_result(None)
        while self._parked and self._parked[0].seq <= seq:
            self._send(self._parked.popleft())
        self._input(lambda now: self._core.on_durable(seq, now, now + self._base_ns))

    def _on_journal_failed(self, reason: str, fault: JournalFault) -> None:
        """From now on only cancels leave. After a failed sync what is on disk is known only to who reads it anew."""
        if fault is JournalFault.SYNC_FAILED:
            self._close_journal(reason)
            asyncio.get_running_loop().call_later(LAST_CANCELS_S, self._end, JournalError(reason, fault))
        if self.journal_fault:
            return
        self.journal_fault = reason
        _log.error("journal_failed", reason=reason, success=False, error_code="INTERNAL")
        self._input(lambda now: self._core.on_journal_failed(reason, now, now + self._base_ns))
        while self._parked:
            self._send_failed(self._parked.popleft())

    def _close_journal(self, reason: str) -> None:
        """Nothing more is written; whoever waits for durability learns that it never comes."""
        self._journal_closed = True
        while self._waiters:
            future = self._waiters.popleft()[1]
            if not future.done():
                future.set_exception(JournalError(reason))

    def _die(self, failure: BaseException) -> None:
        if not self._dead:
            _log.error("core_failed", reason=repr(failure), success=False, error_code="INTERNAL")
            self._end(failure)

    def _end(self, failure: BaseException) -> None:
        """No input is taken any more, and the process is asked to end."""
        if not self._dead:
            self._dead = True
            self._on_fatal(failure)
