"""Events that are offered to a listener while the reader waits: each goes to one of the two, once, in order."""

from typing import Any

import pytest

from shim.upstream.answers import Body
from shim.upstream.colours import Offer
from shim.upstream.early import Reader
from shim.wire import sse

Json = dict[str, Any]
EVENTS: list[Json] = [{"type": "response.created", "response": {}}, *({"type": f"event.{n}"} for n in range(6))]
WIRE = b"".join(sse.encode(event["type"], event) for event in EVENTS)


def pieces(size: int) -> list[bytes]:
    return [WIRE[start : start + size] for start in range(0, len(WIRE), size)]


@pytest.mark.parametrize("size", [1, 7, 40, 90, 10_000])
@pytest.mark.parametrize("taken", ["none", "all", "first", "every second"])
@pytest.mark.parametrize("late", [0, 1, 3])
def test_each_event_gets_to_one_of_the_two(size: int, taken: str, late: int) -> None:
    """``late``: how many pieces more arrive before the reader gets those that were not taken."""
    seen: list[Json] = []
    offers = 0

    def listener(events: list[Json]) -> bool:
        nonlocal offers
        offers += 1
        wanted = {"none": False, "all": True, "first": offers == 1, "every second": offers % 2 == 0}[taken]
        seen.extend(events if wanted else ())
        return wanted

    reader, waiting = Reader(Body(), listener), pieces(size)
    while waiting:
        chunk = waiting.pop(0)
        if reader.offer(chunk) is Offer.LEFT:
            more = b"".join(waiting[:late])
            del waiting[:late]
            seen += [event for events in reader.feed(chunk + more) for event in events]
    assert seen + reader.close() == EVENTS


def test_bytes_that_complete_no_event() -> None:
    reader = Reader(Body(), lambda _: True)
    assert [reader.offer(each) for each in (b": wait", b"\n\n", WIRE)] == [Offer.EMPTY, Offer.EMPTY, Offer.TAKEN]


def test_nothing_is_taken_without_a_listener() -> None:
    reader = Reader(Body(), None)
    assert reader.offer(WIRE) is Offer.LEFT
    assert list(reader.feed(WIRE)) == [EVENTS]


def test_a_failure_of_the_listener_is_the_readers() -> None:
    def fails(events: list[Json]) -> bool:
        raise KeyError("delta")

    reader = Reader(Body(), fails)
    assert reader.offer(WIRE) is Offer.LEFT
    with pytest.raises(KeyError):
        list(reader.feed(WIRE))


@pytest.mark.parametrize("offered", [True, False])
def test_an_event_that_is_too_large(offered: bool) -> None:
    reader = Reader(Body(sse.Limits(event=50)), lambda _: True)
    large = b"data: " + b"a" * 100
    if offered:
        assert reader.offer(large) is Offer.LEFT
    with pytest.raises(sse.TooLarge):
        list(reader.feed(large))


def test_events_before_a_failure_are_returned_first() -> None:
    reader = Reader(Body(sse.Limits(event=80)), lambda _: False)
    good = sse.encode("response.created", EVENTS[0])
    assert reader.offer(good) is Offer.LEFT
    events = reader.feed(good + b"data: " + b"a" * 100)
    assert next(events) == EVENTS[:1]
    with pytest.raises(sse.TooLarge):
        next(events)
