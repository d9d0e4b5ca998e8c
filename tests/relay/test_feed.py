"""A queue with an end, between two threads and between two tasks."""

import asyncio

import pytest

from shim.relay.feed import LIMIT, AsyncFeed, Feed
from shim.runtime import background


def test_items_are_read_in_order_and_then_the_end() -> None:
    feed: Feed[int] = Feed()
    feed.put(1)
    feed.put(2)
    assert feed.end()
    assert feed.is_over
    assert [feed.get(), feed.get()] == [1, 2]
    with pytest.raises(StopIteration):
        feed.get()


def test_an_error_is_raised_once_after_the_items_before_it() -> None:
    feed: Feed[int] = Feed()
    feed.put(1)
    feed.end(LookupError("x"))
    assert feed.get() == 1
    with pytest.raises(LookupError):
        feed.get()
    with pytest.raises(StopIteration):
        feed.get()


def test_a_slow_reader_delays_the_writer() -> None:
    feed: Feed[int] = Feed()

    def write() -> None:
        for number in range(LIMIT + 1):
            feed.put(number)

    written = background.thread(write, "writer")
    assert feed.get() == 0
    written.result(60)
    assert len(feed._queue.items) == LIMIT


def test_the_writer_does_not_wait_for_a_reader_that_has_left() -> None:
    feed: Feed[int] = Feed()
    feed.leave()
    for number in range(2 * LIMIT):
        feed.put(number)
    assert feed.end(LookupError()) is False


async def test_a_feed_between_tasks() -> None:
    feed: AsyncFeed[int] = AsyncFeed()

    async def write() -> None:
        for number in range(LIMIT + 1):
            await feed.put(number)
        feed.end()

    written = background.task(write(), "writer")
    await asyncio.sleep(0)
    assert not written.done(), "it waits for room"
    assert [await feed.get() for _ in range(LIMIT + 1)] == list(range(LIMIT + 1))
    with pytest.raises(StopAsyncIteration):
        await feed.get()
    await written


async def test_a_task_does_not_wait_for_a_reader_that_has_left() -> None:
    feed: AsyncFeed[int] = AsyncFeed()

    async def write() -> None:
        for number in range(2 * LIMIT):
            await feed.put(number)

    written = background.task(write(), "writer")
    await asyncio.sleep(0)
    feed.leave()
    await written
    assert feed.end(LookupError()) is False
