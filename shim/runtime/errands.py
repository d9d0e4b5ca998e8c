"""Errands: work that calls a client by itself, such as the rounds of a relayed run, which go on without a reader.

A client that is closed waits for its errands first, as they need it to send requests.  One that takes longer than the
client's grace is given up: what it has begun is ended properly while the client still works.  A process that ends waits
in the same way for the errands in its threads; an event loop that ends cancels those in its tasks.
"""

import asyncio

# Loaded before the hook below is registered: hooks are called in reverse, and after that module's no function can use
# an executor.
import concurrent.futures.thread  # noqa: F401
import os
import threading
import time
from atexit import register
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from shim.runtime import background

#: Seconds in which errands that were given up may end, after their grace.
FAREWELL: Final = 2.0
W = TypeVar("W", contravariant=True)


class Errands(Protocol[W]):
    """The errands of the clients that share an HTTP client.  ``W``: a function, or a function of a coroutine."""

    def begin(self, work: W, name: str, give_up: W | None = None) -> None:
        """Start ``work`` in the background.  ``give_up``: ends what it has begun."""
        ...

    async def finish(self) -> None:
        """Wait for all errands, and give up those that take too long."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Errand:
    """An errand in a thread."""

    home: "ThreadErrands"
    name: str
    give_up: Callable[[], object] | None


class ThreadErrands:
    """Behind a blocking client: functions in threads.  ``everywhere``: those of the whole process."""

    everywhere: "Final[dict[Future[Any], _Errand]]" = {}

    def __init__(self, grace: float) -> None:
        self.grace: Final = grace

    def begin(self, work: Callable[[], object], name: str, give_up: Callable[[], object] | None = None) -> None:
        """As `Errands.begin`."""
        future = background.thread(work, name)
        self.everywhere[future] = _Errand(self, name, give_up)
        future.add_done_callback(lambda done: self.everywhere.pop(done, None))

    async def finish(self) -> None:
        """As `Errands.finish`; it blocks."""
        _finish(lambda: {work: each for work, each in list(self.everywhere.items()) if each.home is self})


def _finish(still: "Callable[[], dict[Future[Any], _Errand]]") -> None:
    """``still``: returns the errands that have not ended, which may have begun meanwhile."""
    began = time.monotonic()
    for work, errand in still().items():
        wait([work], max(0.0, began + errand.home.grace - time.monotonic()))
    late = still()
    endings = [background.thread(each.give_up, each.name) for each in late.values() if each.give_up is not None]
    wait([*late, *endings], FAREWELL)


class TaskErrands:
    """Behind an async client: coroutines in tasks."""

    def __init__(self, grace: float) -> None:
        self.grace: Final = grace
        self._running: dict[asyncio.Task[Any], tuple[str, Callable[[], Coroutine[Any, Any, object]] | None]] = {}

    def begin(
        self,
        work: Callable[[], Coroutine[Any, Any, object]],
        name: str,
        give_up: Callable[[], Coroutine[Any, Any, object]] | None = None,
    ) -> None:
        """As `Errands.begin`."""
        task = background.task(work(), name)
        self._running[task] = name, give_up
        task.add_done_callback(lambda done: self._running.pop(done, None))

    async def finish(self) -> None:
        """As `Errands.finish`, for the errands of the running event loop."""
        if begun := self._still():
            await asyncio.wait(begun, timeout=self.grace)
        if late := self._still():
            made = [self._running[each] for each in late]
            endings = [background.task(give_up(), name) for name, give_up in made if give_up is not None]
            await asyncio.wait([*late, *endings], timeout=FAREWELL)

    def _still(self) -> list["asyncio.Task[Any]"]:
        loop, this = asyncio.get_running_loop(), asyncio.current_task()
        return [each for each in self._running if each.get_loop() is loop and each is not this and not each.done()]


def _at_exit() -> None:
    _finish(lambda: dict(ThreadErrands.everywhere))


# An errand may have to start threads, which newer Pythons refuse when the hooks of atexit are called; the hooks of
# threading, which executors use, are called before.
getattr(threading, "_register_atexit", register)(_at_exit)
if hasattr(os, "register_at_fork"):
    # A child has none of its parent's threads, and must not end what they have begun.
    os.register_at_fork(after_in_child=ThreadErrands.everywhere.clear)
