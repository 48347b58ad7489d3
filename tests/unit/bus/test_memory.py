"""The memory bus: bounds, and numbering across restarts."""

from tidegate.bus.memory import _ROUTES_MAX, MemoryBus


def test_the_ring_says_when_it_no_longer_holds_a_place() -> None:
    bus = MemoryBus(ring=3)
    for _ in range(5):
        bus.publish("orders", b"x")
    assert bus.replay(["orders"], 1) is None
    held = bus.replay(["orders"], 2)
    assert held is not None
    assert [message.seq for message in held] == [3, 4, 5]


def test_a_place_of_an_earlier_process_is_refused() -> None:
    bus = MemoryBus(first_seq=1_000_000)
    bus.publish("orders", b"x")
    assert bus.replay(["orders"], 500) is None
    assert bus.replay(["orders"], 1_000_000) is not None


def test_the_memory_of_routes_is_bounded() -> None:
    bus = MemoryBus()
    for n in range(_ROUTES_MAX + 10):
        bus.publish(f"prices:binance:spot:S{n}", b"")
    assert len(bus._routes) <= _ROUTES_MAX


def test_an_unknown_kind_of_topic_is_never_conflated() -> None:
    bus = MemoryBus()
    reader = bus.subscribe(["other"], capacity=5)
    for _ in range(7):
        bus.publish("other", b"x")
    assert reader.dropped == 2
