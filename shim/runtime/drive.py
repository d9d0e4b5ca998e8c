"""Run the engine's coroutines without an event loop.

The engine is written once, as ``async def``.  Behind a blocking client every port that it awaits blocks, so no
coroutine ever suspends and one ``send(None)`` runs it to its end; inside a running loop, too.
"""

from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class Suspended(RuntimeError):
    """A port suspended behind a blocking client: a bug of that port."""


def finish(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never suspends.  Raises what it raises, or `Suspended`."""
    try:
        work.send(None)
    except StopIteration as stop:
        value: T = stop.value
        return value
    # If the port awaits again while it is closed, that error must not hide this one.
    with suppress(Exception):
        work.close()
    raise Suspended(f"{getattr(work, '__qualname__', work)} suspended behind a blocking client")


def drain(items: AsyncGenerator[T, None]) -> Iterator[T]:
    """The items of an async generator that never suspends; closed with the iterator."""
    try:
        while True:
            try:
                item = finish(items.__anext__())
            except StopAsyncIteration:
                return
            yield item
    finally:
        finish(items.aclose())
