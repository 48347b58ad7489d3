"""Frames reach who listens; who does not keep up is cut."""

import orjson

from tidegate.bridge.hub import QUEUE_MAX, Hub, Listener


def test_a_frame_reaches_who_listens_and_nobody_else() -> None:
    hub, one, two = Hub(), Listener(), Listener()
    hub.join(("books", "BTC-USDT"), one)
    hub.join(("orders", ""), two)
    hub.publish(("books", "BTC-USDT"), [{"seqId": 1}], action="snapshot")
    assert orjson.loads(one.frames.get_nowait()) == {
        "arg": {"channel": "books", "instId": "BTC-USDT"}, "action": "snapshot", "data": [{"seqId": 1}],
    }  # fmt: skip
    assert two.frames.empty()
    hub.publish(("orders", ""), [])
    assert two.frames.empty()
    hub.publish(("orders", ""), [{"a": "b"}])
    assert orjson.loads(two.frames.get_nowait()) == {"arg": {"channel": "orders"}, "data": [{"a": "b"}]}
    hub.leave(("books", "BTC-USDT"), one)
    assert (hub.heard(("books", "BTC-USDT")), hub.heard(("orders", "")), one.topics) == (False, True, set())


def test_who_does_not_keep_up_is_lost_and_holds_no_more_than_the_queue() -> None:
    listener = Listener()
    for _ in range(QUEUE_MAX):
        listener.send("x")
    assert not listener.lost.is_set()
    listener.send("x")
    assert (listener.lost.is_set(), listener.frames.qsize()) == (True, QUEUE_MAX)
