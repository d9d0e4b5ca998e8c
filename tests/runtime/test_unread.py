"""A reader that is slower than upstream slows upstream down; a reader that takes nothing is disconnected; a reader
that has left costs nothing.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from typing import Any

from shim.engine.protocol import DONE, Emitted, encode
from shim.runtime.pump import Tasks, Threads
from shim.runtime.unread import Patience

DELTA: Emitted = ("thread.message.delta", {"delta": "a" * 1000})
LIMIT, BATCHES = 20_000, 200
PATIENT = Patience(LIMIT, 30)
SHORT = Patience(LIMIT, 0.05)


class Source:
    """Emits items as fast as they are requested; ``emitted`` is the number of emitted items."""

    def __init__(self) -> None:
        self.emitted, self.over = 0, threading.Event()

    async def events(self) -> AsyncGenerator[list[Emitted], None]:
        try:
            for _ in range(BATCHES):
                self.emitted += 1
                yield [DELTA]
            yield [DONE]
        finally:
            self.over.set()


def settled(source: Source) -> int:
    """The number of emitted items after it no longer grows."""
    before = -1
    while before != source.emitted:
        before = source.emitted
        threading.Event().wait(0.05)
    return before


async def settled_async(source: Source) -> int:
    before = -1
    while before != source.emitted:
        before = source.emitted
        await asyncio.sleep(0.01)
    return before


def is_cut_off(chunks: list[bytes]) -> None:
    assert len(chunks) < BATCHES
    assert chunks[-1].startswith(b"event: error\n")
    assert b"more than 20000 bytes waited" in chunks[-1]


class TestThreads:
    def test_a_slow_reader_slows_the_pump_down(self) -> None:
        source = Source()
        view = Threads(PATIENT).view(source.events())
        assert settled(source) <= LIMIT / 1000 + 1
        chunks = list(view)
        assert len(chunks) == BATCHES + 1
        assert chunks[-1] == b"event: done\ndata: [DONE]\n\n"

    def test_a_reader_that_takes_nothing_is_disconnected_and_the_run_continues(self) -> None:
        source = Source()
        view = Threads(SHORT).view(source.events())
        assert source.over.wait(10)
        assert source.emitted == BATCHES
        is_cut_off(list(view))

    def test_a_reader_that_leaves_delays_nothing(self) -> None:
        source = Source()
        view: Iterator[bytes] = Threads(PATIENT).view(source.events())
        next(view)
        settled(source)
        view.close()  # type: ignore[attr-defined]
        assert source.over.wait(10)
        assert source.emitted == BATCHES

    def test_a_run_without_a_reader_stores_no_items(self) -> None:
        source = Source()
        Threads(PATIENT).work(source.events())
        assert source.over.wait(10)
        assert source.emitted == BATCHES


class TestTasks:
    async def test_a_slow_reader_slows_the_pump_down(self) -> None:
        source = Source()
        view = Tasks(PATIENT).view(source.events())
        assert await settled_async(source) <= LIMIT / 1000 + 1
        # Waiting items are returned without suspending.
        received = b"".join([chunk async for chunk in view])
        assert received == encode([DELTA]) * BATCHES + encode([DONE])

    async def test_a_reader_that_takes_nothing_is_disconnected_and_the_run_continues(self) -> None:
        source, tasks = Source(), Tasks(SHORT)
        view = tasks.view(source.events())
        await tasks.join(10)
        assert source.emitted == BATCHES
        received = b"".join([chunk async for chunk in view])
        is_cut_off([event + b"\n\n" for event in received.split(b"\n\n")[:-1]])

    async def test_a_reader_that_leaves_delays_nothing(self) -> None:
        source, tasks = Source(), Tasks(PATIENT)
        view = tasks.view(source.events())
        await anext(view)
        await settled_async(source)
        await view.aclose()
        await tasks.join(10)
        assert source.emitted == BATCHES

    async def test_streams_are_ended_from_outside_and_the_runs_continue(self) -> None:
        source, tasks = Source(), Tasks(PATIENT)
        view: Any = tasks.view(source.events())
        await anext(view)
        tasks.end_views(b"the last")
        await tasks.join(10)
        assert source.emitted == BATCHES
        assert b"".join([chunk async for chunk in view]).endswith(b"the last")
