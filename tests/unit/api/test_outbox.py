"""One client's queue: prices give way to newer ones, order events never do."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.api.outbox import CloseCode, Ending, Frame, Outbox


def drained(outbox: Outbox) -> list[int]:
    seqs = []
    while (frame := outbox.pop()) is not None:
        seqs.append(frame.seq)
    return seqs


async def test_only_the_newest_price_of_a_topic_waits() -> None:
    outbox = Outbox()
    for seq in (1, 2, 3):
        outbox.put_latest("prices:a", Frame(seq, b""))
    outbox.put_latest("prices:b", Frame(4, b""))
    assert drained(outbox) == [3, 4]


async def test_order_events_go_out_before_a_price_that_came_later() -> None:
    outbox = Outbox()
    outbox.put_latest("prices:a", Frame(1, b""))
    outbox.put(Frame(2, b""))
    outbox.put_latest("prices:a", Frame(3, b""))
    outbox.put(Frame(4, b""))
    assert drained(outbox) == [2, 3, 4]


async def test_a_full_queue_ends_the_client_and_the_first_reason_stands() -> None:
    outbox = Outbox(lossless_max=2)
    for seq in range(4):
        outbox.put(Frame(seq, b""))
    outbox.end(Ending(CloseCode.GOING_AWAY, "later"))
    assert outbox.ending == Ending(CloseCode.TOO_SLOW, "too slow: order events would be lost")
    assert len(outbox) == 2


async def test_any_number_of_prices_never_ends_the_client() -> None:
    outbox = Outbox(lossless_max=2)
    for seq in range(1000):
        outbox.put_latest(f"prices:{seq % 3}", Frame(seq, b""))
    assert (outbox.ending, len(outbox)) == (None, 3)


async def test_replayed_events_stand_in_their_place() -> None:
    outbox = Outbox()
    outbox.put(Frame(7, b""))
    outbox.put_back([Frame(3, b""), Frame(5, b"")])
    assert drained(outbox) == [3, 5, 7]


puts = st.lists(st.tuples(st.sampled_from(["order", "prices:a", "prices:b", "send"]), st.integers(1, 3)), max_size=60)


@given(puts)
async def test_no_order_event_is_lost_or_overtaken(steps: list[tuple[str, int]]) -> None:
    outbox = Outbox()
    seq = 0
    lossless: list[int] = []
    sent: list[int] = []
    for name, count in steps:
        for _ in range(count):
            if name == "send":
                frame = outbox.pop()
                sent.extend([frame.seq] if frame is not None else [])
                continue
            seq += 1
            if name == "order":
                lossless.append(seq)
                outbox.put(Frame(seq, b""))
            else:
                outbox.put_latest(name, Frame(seq, b""))
    sent.extend(drained(outbox))
    assert [number for number in sent if number in set(lossless)] == lossless
    highest = 0
    for number in sent:
        assert number not in lossless or number > highest
        highest = max(highest, number)
