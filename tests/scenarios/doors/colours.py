"""One test for both clients: the async one, spoken to as if it were blocking.

Its event loop runs in a thread of its own, all the time, as a program's would; whatever is awaited is awaited there.
"""

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shim import AsyncOpenAI, OpenAI

SYNC, ASYNC = "sync", "async"
COLOURS = (SYNC, ASYNC)
#: Seconds after which an await has gone wrong.
PATIENCE = 60.0
#: Where the objects of clients come from.
OURS = ("openai.resources", "openai._legacy_response", "openai._response", "shim.sdk.operator", "shim.sdk.submission")


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def wait(self, work: Any) -> Any:
        async def waited() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(waited(), self._loop).result(PATIENCE)

    def call(self, function: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """In the loop's thread, as some clients look for a running loop."""

        async def called() -> Any:
            return function(*given, **named)

        return self.wait(called())

    def close(self) -> None:
        """As `asyncio.run` ends: what is left is cancelled, and given the time to clean up."""
        self.wait(_cancel_the_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


async def _cancel_the_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class Blocking:
    """An object of the async SDK, as its twin in the blocking SDK would be."""

    def __init__(self, loop: Loop, thing: Any) -> None:
        object.__setattr__(self, "_loop", loop)
        object.__setattr__(self, "_thing", thing)

    def __getattr__(self, name: str) -> Any:
        return self._wrapped(self._loop.call(getattr, self._thing, name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._thing, name, value)

    def __call__(self, *given: Any, **named: Any) -> Any:
        given = tuple(each._thing if isinstance(each, Blocking) else each for each in given)
        made = self._loop.call(self._thing, *given, **named)
        return self._wrapped(self._loop.wait(made) if inspect.isawaitable(made) else made)

    def __enter__(self) -> Any:
        return self._wrapped(self._loop.wait(self._thing.__aenter__()))

    def __exit__(self, *failure: Any) -> Any:
        return self._loop.wait(self._thing.__aexit__(*failure))

    def __iter__(self) -> Iterator[Any]:
        items = self._loop.call(self._thing.__aiter__)
        while True:
            try:
                yield self._wrapped(self._loop.wait(anext(items)))
            except StopAsyncIteration:
                return

    def _wrapped(self, found: Any) -> Any:
        speaks = ("__aenter__", "__aiter__", "__anext__")
        theirs = type(found).__module__.startswith(OURS)
        if callable(found) or theirs or any(hasattr(found, name) for name in speaks):
            return Blocking(self._loop, found)
        return found


@contextmanager
def opened(colour: str, kinds: tuple[Any, Any] = (OpenAI, AsyncOpenAI), **given: Any) -> Iterator[Any]:
    """A client of one colour with ``given`` as its arguments, to be used like the blocking one; closed at the end."""
    given = {"api_key": "test", "max_retries": 0} | given
    if colour == SYNC:
        with kinds[0](**given) as client:
            yield client
        return
    loop = Loop()
    try:
        with Blocking(loop, loop.call(kinds[1], **given)) as client:
            yield client
    finally:
        loop.close()
