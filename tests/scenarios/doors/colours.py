"""One test for both clients: the async client is wrapped so that it can be called like the blocking one.

Its event loop runs permanently in a thread of its own, as in a program; every awaitable is awaited there.
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
#: Seconds after which an await counts as stuck.
PATIENCE = 60.0
#: Modules of the clients' objects, which are wrapped.
OURS = ("openai.resources", "openai._legacy_response", "openai._response", "shim.sdk.operator", "shim.sdk.submission")


class Loop:
    """An event loop that runs in its own thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def wait(self, work: Any) -> Any:
        async def waited() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(waited(), self._loop).result(PATIENCE)

    def call(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        """Call the function in the loop's thread, as some clients require a running loop."""

        async def called() -> Any:
            return function(*arguments, **keywords)

        return self.wait(called())

    def close(self) -> None:
        """Close as `asyncio.run` does: the remaining tasks are cancelled, and may clean up."""
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
    """Wraps an object of the async SDK so that it is used like its counterpart in the blocking SDK."""

    def __init__(self, loop: Loop, thing: Any) -> None:
        object.__setattr__(self, "_loop", loop)
        object.__setattr__(self, "_thing", thing)

    def __getattr__(self, name: str) -> Any:
        return self._wrapped(self._loop.call(getattr, self._thing, name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._thing, name, value)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        arguments = tuple(each._thing if isinstance(each, Blocking) else each for each in arguments)
        made = self._loop.call(self._thing, *arguments, **keywords)
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
        protocols = ("__aenter__", "__aiter__", "__anext__")
        of_the_sdk = type(found).__module__.startswith(OURS)
        if callable(found) or of_the_sdk or any(hasattr(found, name) for name in protocols):
            return Blocking(self._loop, found)
        return found


@contextmanager
def opened(colour: str, kinds: tuple[Any, Any] = (OpenAI, AsyncOpenAI), **options: Any) -> Iterator[Any]:
    """A client of one colour, made with the arguments ``given``, used like the blocking client; closed at the end."""
    options = {"api_key": "test", "max_retries": 0} | options
    if colour == SYNC:
        with kinds[0](**options) as client:
            yield client
        return
    loop = Loop()
    try:
        with Blocking(loop, loop.call(kinds[1], **options)) as client:
            yield client
    finally:
        loop.close()
