"""Background work: functions in daemon threads, and coroutines in tasks that are referenced until they end.

The threads are daemons: a function that nobody waits for any more must not keep the process from ending.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar

T = TypeVar("T")
#: An event loop has only weak references to its tasks.
_tasks: "Final[set[asyncio.Task[Any]]]" = set()


def thread(work: Callable[[], T], name: str) -> "Future[T]":
    """Start ``work`` in a thread of its own, in a copy of the caller's context; returns a future of its result."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            future.set_result(context.run(work))
        except BaseException as problem:  # noqa: BLE001 - the future has it
            future.set_exception(problem)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


def task(work: Coroutine[Any, Any, T], name: str) -> "asyncio.Task[T]":
    """Start ``work`` in a task of the running event loop, which is referenced until it ends."""
    new_task = asyncio.get_running_loop().create_task(work, name=name)
    _tasks.add(new_task)
    new_task.add_done_callback(_tasks.discard)
    return new_task
