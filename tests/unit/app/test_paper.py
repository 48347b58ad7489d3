"""The executor of a dry run: what it keeps alive for resting orders, and how far away it is."""

import asyncio

import pytest

from tidegate.app.paper import TRAVEL_S, Executor
from tidegate.engine.clock import SystemClock


class FakeVenue:
    """Orders rest where the test says so."""

    def __init__(self, *resting):
        self.resting = list(resting)

    def tape_frames(self, product, fresh):
        return [f"{product} {fresh} {' '.join(self.resting)}".encode()]


class FakeTape:
    up = True

    def __init__(self):
        self.sent = []

    def send(self, data):
        self.sent.append(data)
        return True


def built(travel_ms=None):
    return Executor(None, SystemClock(), travel_ms)


def test_books_are_kept_for_resting_orders_alone():
    executor, venue, told = built(), FakeVenue("binance:spot:A"), []
    executor.start(venue, lambda name, on: told.append((name, on)))
    executor.settled(venue)
    assert executor.resting
    venue.resting = ["binance:spot:B"]
    executor.settled(venue)
    venue.resting = []
    executor.settled(venue)
    assert told == [
        ("binance:spot:A", True), ("binance:spot:B", True), ("binance:spot:A", False), ("binance:spot:B", False),
    ]  # fmt: skip
    assert not executor.resting


def test_an_order_of_the_book_of_record_is_kept_although_it_rested_before_the_engine_ran():
    executor, venue, told = built(), FakeVenue("binance:spot:A"), []
    executor.settled(venue)
    executor.start(venue, lambda name, on: told.append((name, on)))
    assert told == [("binance:spot:A", True)]


def test_the_tape_follows_the_resting_orders_while_it_is_up():
    executor, venue, tape = built(), FakeVenue(), FakeTape()
    executor.tapes["spot"] = tape
    executor.start(venue, lambda name, on: None)
    venue.resting = ["binance:spot:A"]
    executor.settled(venue)
    tape.up = False
    venue.resting = []
    executor.settled(venue)
    assert tape.sent == [b"spot False binance:spot:A"]


async def test_the_tape_is_connected_only_once_an_order_rests():
    executor, venue = built(), FakeVenue()
    executor.start(venue, lambda name, on: None)
    waiting = asyncio.create_task(executor.any_rests())
    await asyncio.sleep(0)
    assert not waiting.done()
    venue.resting = ["binance:spot:A"]
    executor.settled(venue)
    await asyncio.wait_for(waiting, 1)


@pytest.mark.parametrize(("fixed_ms", "before", "after"), [(None, TRAVEL_S, 0.03), (120, 0.12, 0.12)])
def test_a_request_travels_the_measured_round_trip_or_what_the_file_says(fixed_ms, before, after):
    executor = built(fixed_ms)
    assert executor.travel_s() == before
    executor.on_clock(5_000_000_000, 15_000_000)
    assert executor.travel_s() == pytest.approx(after)
