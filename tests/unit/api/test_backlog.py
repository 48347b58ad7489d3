"""What a client lacks follows from its number: prices give way to newer ones, order events never do."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.api import client as client_module
from tidegate.api.backlog import EVENTS_MAX, Audience, Backlog
from tidegate.api.client import HELD_BYTES_MAX, SEND_STALL_S, WRITE_BYTES_MAX, Client
from tidegate.api.frames import CloseCode, Ending, Frame, text_frame
from tidegate.model.access import Principal, Role

SOMEBODY = Principal(
    user_id="u", name="u", role=Role.VIEWER, permissions=frozenset(), session_id="s", expires_ts=2**53 - 1
)
ALL = frozenset({"orders", "prices:a", "prices:b"})


class Socket:
    """A transport that takes everything, or nothing while `held` says so."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.held = 0

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def get_write_buffer_size(self) -> int:
        return self.held

    def is_closing(self) -> bool:
        return False

    @property
    def seqs(self) -> list[int]:
        """Numbers of the frames, which here are four bytes each."""
        data = b"".join(self.writes)
        return [int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data), 4)]


class Room:
    """A backlog, and one client of it."""

    def __init__(self, names: frozenset[str] = ALL) -> None:
        self.backlog = Backlog(0)
        self.socket = Socket()
        self.client = Client(SOMEBODY, Audience(self.backlog, names), 0)
        self.client.attach(self.socket, 0.0)

    def event(self, topic: str = "orders") -> int:
        frame = self.frame()
        self.backlog.add(topic, frame)
        return frame.seq

    def price(self, topic: str = "prices:a") -> int:
        frame = self.frame()
        self.backlog.add_latest((topic,), topic, frame)
        return frame.seq

    def frame(self) -> Frame:
        seq = self.backlog.next_seq()
        return Frame(seq, seq.to_bytes(4, "big"))


async def test_only_the_newest_price_of_a_topic_is_sent() -> None:
    room = Room()
    for _ in range(3):
        room.price("prices:a")
    room.price("prices:b")
    assert room.client.deliver(0.0) is False
    assert room.socket.seqs == [3, 4]
    assert len(room.socket.writes) == 1


async def test_nothing_is_sent_twice_and_nothing_of_another_channel() -> None:
    room = Room()
    room.event("plans")
    room.event("orders")
    for _ in range(2):
        room.client.deliver(0.0)
    assert room.socket.seqs == [2]


async def test_clients_that_have_come_equally_far_share_one_batch() -> None:
    room = Room()
    audience = Audience(room.backlog, ALL)
    room.event()
    assert audience.batch(0, 100).data is audience.batch(0, 100).data
    before = audience.batch(0, 100)
    room.price()
    assert audience.batch(0, 100) != before


async def test_a_long_batch_goes_in_parts() -> None:
    room = Room()
    for _ in range(WRITE_BYTES_MAX // 4 // 8):
        room.event()
        room.backlog.add("orders", Frame(room.backlog.next_seq(), bytes(60)))
    assert room.client.deliver(0.0) is True
    assert room.client.deliver(0.0) is False
    assert b"".join(room.socket.writes) == b"".join(frame.wire for frame in sorted_frames(room))
    assert len(room.socket.writes[0]) <= WRITE_BYTES_MAX + 60


def sorted_frames(room: Room) -> list[Frame]:
    return sorted(room.backlog.frames(ALL, 0), key=lambda frame: frame.seq)


async def test_whoever_lacks_an_event_that_is_held_no_more_is_ended_and_the_first_reason_stands() -> None:
    room = Room()
    for _ in range(EVENTS_MAX + 1):
        room.event()
    room.client.deliver(0.0)
    room.client.end(Ending(CloseCode.GOING_AWAY, "later"))
    assert room.client.ending == Ending(CloseCode.TOO_SLOW, "too slow: order events would be lost")
    assert room.socket.writes == []


async def test_events_that_it_does_not_listen_to_end_nobody() -> None:
    room = Room(frozenset({"prices:a"}))
    for _ in range(EVENTS_MAX + 1):
        room.event()
    newest = room.price()
    room.client.deliver(0.0)
    assert (room.client.ending, room.socket.seqs) == (None, [newest])


async def test_a_full_socket_is_left_alone_until_it_has_room_or_its_time_is_over() -> None:
    room = Room()
    room.event()
    room.socket.held = HELD_BYTES_MAX
    assert room.client.deliver(1.0) is False
    assert room.client.is_stuck
    room.client.hear(1.0 + SEND_STALL_S)
    room.socket.held = 0
    room.client.deliver(1.0 + SEND_STALL_S)
    assert not room.client.is_stuck
    assert (room.socket.seqs, room.client.ending) == ([1], None)
    room.socket.held = HELD_BYTES_MAX
    room.client.deliver(10.0)
    room.client.hear(10.0 + SEND_STALL_S)
    room.client.look_after(10.0 + SEND_STALL_S)
    assert room.client.ending == Ending(CloseCode.TOO_SLOW, f"nothing was read for {SEND_STALL_S:g} s")


async def test_frames_of_its_own_stand_in_their_place() -> None:
    room = Room()
    first = room.frame()
    room.event()
    answer = room.frame()
    room.event()
    room.client.give((answer, first))
    room.client.deliver(0.0)
    assert room.socket.seqs == [1, 2, 3, 4]
    room.client.deliver(0.0)
    assert room.socket.seqs == [1, 2, 3, 4]


async def test_what_was_due_before_other_channels_were_chosen_is_sent_and_what_came_before_them_is_not() -> None:
    room = Room(frozenset({"orders"}))
    room.event("orders")
    room.event("alerts")
    room.client.move(Audience(room.backlog, frozenset({"orders", "alerts"})), room.backlog.seq)
    room.event("alerts")
    room.client.deliver(0.0)
    assert room.socket.seqs == [1, 3]


async def test_too_many_frames_of_its_own_end_it() -> None:
    room = Room()
    room.client.give([room.frame() for _ in range(client_module.OWN_MAX)])
    assert (room.client.room(), room.client.ending) == (0, None)
    room.client.give([room.frame()])
    assert room.client.ending is not None


WIRES = {
    "short": (b"x", b"\x81\x01x"),
    "longest of the short": (b"x" * 125, b"\x81\x7d" + b"x" * 125),
    "two bytes of length": (b"x" * 126, b"\x81\x7e\x00\x7e" + b"x" * 126),
    "eight bytes of length": (b"x" * 65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00" + b"x" * 65_536),
}


def test_a_text_frame_has_the_length_of_its_text() -> None:
    assert {name: text_frame(text) for name, (text, _) in WIRES.items()} == {
        name: wire for name, (_, wire) in WIRES.items()
    }


steps = st.lists(
    st.tuples(st.sampled_from(["order", "prices:a", "prices:b", "own", "send", "part"]), st.integers(1, 3)), max_size=60
)


@given(steps)
async def test_no_order_event_is_lost_or_overtaken(steps: list[tuple[str, int]]) -> None:
    room = Room()
    lossless: list[int] = []
    for name, count in steps:
        for _ in range(count):
            if name == "send":
                room.client.deliver(0.0)
            elif name == "part":
                batch_of_four_bytes(room)
            elif name == "order":
                lossless.append(room.event())
            elif name == "own":
                frame = room.frame()
                lossless.append(frame.seq)
                room.client.give((frame,))
            else:
                room.price(name)
    room.client.deliver(0.0)
    sent = room.socket.seqs
    assert sent == sorted(set(sent))
    assert [number for number in sent if number in set(lossless)] == lossless


def batch_of_four_bytes(room: Room) -> None:
    """One frame alone."""
    kept, client_module.WRITE_BYTES_MAX = client_module.WRITE_BYTES_MAX, 1  # type: ignore[misc]
    try:
        room.client.deliver(0.0)
    finally:
        client_module.WRITE_BYTES_MAX = kept  # type: ignore[misc]
