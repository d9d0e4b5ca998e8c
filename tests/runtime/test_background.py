"""Work that runs beside the caller, in a thread or a task."""

import asyncio
import contextvars
import gc
import threading

import pytest

from shim.runtime import background

name: contextvars.ContextVar[str] = contextvars.ContextVar("name")


def test_a_thread_has_the_callers_context() -> None:
    name.set("Ada")
    assert background.thread(name.get, "reader").result(60) == "Ada"


def test_its_exception_is_in_the_future() -> None:
    def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        background.thread(fail, "failing").result(60)


def test_a_thread_does_not_prevent_the_process_from_ending() -> None:
    assert background.thread(lambda: threading.current_thread().daemon, "daemon").result(60)


async def test_a_task_is_referenced_until_it_ends() -> None:
    ended = asyncio.Event()
    go_on = asyncio.Event()

    async def wait() -> None:
        await go_on.wait()
        ended.set()

    background.task(wait(), "waiting")
    gc.collect()
    go_on.set()
    await ended.wait()
    await asyncio.sleep(0)
    assert not background._tasks
