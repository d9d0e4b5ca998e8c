"""Waits for a transaction to its end, however often the waiting task is cancelled."""

import asyncio
import contextvars
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def in_thread(threads: ThreadPoolExecutor, transaction: Callable[[], T], write: bool) -> T:
    """Like `asyncio.to_thread`, but a cancelled task waits for its transaction, see `outlasting`."""
    context = contextvars.copy_context()
    return await outlasting(asyncio.get_running_loop().run_in_executor(threads, context.run, transaction), write)


async def outlasting(future: "asyncio.Future[T]", write: bool) -> T:
    """The result of a transaction, which goes on if the waiting task is cancelled.

    A write that was committed still returns its result, so that the caller can drive or undo what it has stored; the
    cancellation is repeated at the task's next wait, if there is one.  A transaction that failed, or only read, has
    changed nothing: then the task is cancelled when the transaction has ended.
    """
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if future.cancelled() or not await _outlived(future):
            raise
        # A cancelled task does not need its failure, but asyncio logs an exception that is never retrieved.
        if future.exception() is not None or not write:
            raise
        _cancel_later(asyncio.current_task())
        return future.result()


async def _outlived(future: "asyncio.Future[Any]") -> bool:
    """Wait for a transaction, however often the task is cancelled meanwhile; returns False if the transaction itself
    was cancelled.
    """
    while not future.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future])
    return not future.cancelled()


def _cancel_later(task: "asyncio.Task[Any] | None") -> None:
    """Cancel the task when it waits again.  A task that has ended by then keeps its result."""
    if task is not None:
        if sys.version_info >= (3, 11):
            task.uncancel()
        asyncio.get_running_loop().call_soon(task.cancel)
