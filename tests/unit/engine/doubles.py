"""Test doubles of the engine room: a scripted core, links, REST clients, a journal that fails on demand."""

from dataclasses import dataclass, field

from tidegate._core import CLOSE, EVENT, FETCH, JOURNAL, SEND, WAKE
from tidegate.ports.http import HttpError, HttpReply
from tidegate.ports.journal import JournalError, JournalFault


@dataclass(frozen=True)
class FakeEffect:
    kind: int
    target: int = 0
    seq: int = 0
    data: bytes = b""
    topic: str = ""


def journal(seq, data=b"record"):
    return FakeEffect(JOURNAL, seq=seq, data=data)


def send(link=1, data=b"order", after=0):
    return FakeEffect(SEND, target=link, seq=after, data=data)


def fetch(request=5, rest=9, data=b"GET /time\nX-K: v\n\n"):
    return FakeEffect(FETCH, target=rest, seq=request, data=data)


def event(topic="orders", data=b"{}"):
    return FakeEffect(EVENT, topic=topic, data=data)


def wake(at_ns):
    return FakeEffect(WAKE, target=at_ns)


def close(link=1):
    return FakeEffect(CLOSE, target=link)


class ScriptedCore:
    """Answers each input with the effects prepared under its name, once; notes all calls."""

    def __init__(self, **script):
        self.script = {name: list(batches) for name, batches in script.items()}
        self.calls = []
        self.seq = 0

    def _answer(self, name, *arguments):
        self.calls.append((name, *arguments))
        batches = self.script.get(name)
        answer = batches.pop(0) if batches else []
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def on_frame(self, link, payload, _mono, _wall):
        return self._answer("on_frame", link, bytes(payload)) or None

    def on_link(self, link, up, _mono, _wall):
        return self._answer("on_link", link, up)

    def on_reply(self, request, status, body, _mono, _wall):
        return self._answer("on_reply", request, status, bytes(body))

    def on_timer(self, _mono, _wall):
        return self._answer("on_timer")

    def on_durable(self, seq, _mono, _wall):
        return self._answer("on_durable", seq)

    def on_send_failed(self, link, data, _mono, _wall):
        return self._answer("on_send_failed", link, data)

    def on_journal_failed(self, reason, _mono, _wall):
        return self._answer("on_journal_failed", reason)

    def on_clock(self, venue, offset_ns, uncertainty_ns):
        self._answer("on_clock", venue, offset_ns, uncertainty_ns)

    def start(self, _mono, _wall):
        return self._answer("start")

    def set_instruments(self, venue, product, rows, _mono, _wall):
        return self._answer("set_instruments", venue, product, rows)

    def command(self, name, body, actor, command_id, _mono, _wall):
        effects = self._answer("command", name, body, actor, command_id)
        return b'{"id":"a"}', effects

    def drain(self):
        return self._answer("drain")

    def view(self, name, query):
        answer = self._answer("view", name, query)
        return answer if isinstance(answer, bytes) else b"{}"

    def watch(self, instrument, on, _mono, _wall):
        return self._answer("watch", instrument, on)


@dataclass
class FakeLink:
    up: bool = True
    sent: list = field(default_factory=list)
    restarts: list = field(default_factory=list)

    def send(self, data):
        if self.up:
            self.sent.append(data)
        return self.up

    def restart(self, reason):
        self.restarts.append(reason)


@dataclass
class FakeHttp:
    """Answers by target; an exception is raised, a missing target is no answer."""

    answers: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)

    async def request(self, method, target, *, headers=(), body=b"", deadline_s=2.0):
        self.requests.append((method, target, headers, body))
        answer = self.answers.get(target, HttpError("no answer"))
        answer = answer.pop(0) if isinstance(answer, list) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, HttpReply) else HttpReply(200, (), answer)

    async def close(self):
        return None


class StubJournal:
    """Keeps records; durable on demand; refuses from record `fails_at` on."""

    def __init__(self, fails_at=None):
        self.records = []
        self.durable_seq = 0
        self.fails_at = fails_at

    def append(self, seq, record):
        if self.fails_at is not None and seq >= self.fails_at:
            raise JournalError("disk full", JournalFault.DISK_FULL)
        self.records.append((seq, record))

    def on_durable(self, callback):
        self._durable = callback

    def on_failed(self, callback):
        self.fail = callback

    def make_durable(self, seq):
        self.durable_seq = seq
        self._durable(seq)


class StubBus:
    def __init__(self):
        self.published = []

    def publish(self, topic, data):
        self.published.append((topic, data))
