"""The functions of a client that the relay needs, for blocking and async clients.

The rounds are written once, as ``async def``.  Behind a blocking client everything here blocks, and
`shim.runtime.drive` runs them without an event loop.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from concurrent import futures
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, Final, Protocol

import openai

from shim.relay.tools import Call, Toolbox
from shim.runtime import background
from shim.wire.types import Json

#: Arguments of a call of the SDK.


class Port(Protocol):
    """A client, and a way to run functions in parallel."""

    def events(self, method: str, arguments: Json) -> AsyncGenerator[Any, None]:
        """The events of a call of ``client.beta.threads.runs`` that streams."""
        ...

    async def call(self, method: str, arguments: Json) -> Any:
        """Any other call of ``client.beta.threads.runs``."""
        ...

    async def messages(self, thread_id: str, run_id: str) -> list[Any]:
        """The messages of a run, the oldest first."""
        ...

    async def wait(self, seconds: float) -> None:
        """Wait for ``seconds``, or until `stop`."""
        ...

    def start(self, call: Call) -> "Started":
        """Start a function in parallel."""
        ...

    def stop(self) -> None:
        """Stop waiting for functions."""
        ...


class Started(Protocol):
    """A function that was started."""

    async def output(self) -> str | None:
        """The output for the model, also if it fails or takes too long; None after `Port.stop`."""
        ...


class SyncPort:
    """Behind a blocking client: each function in a thread of its own."""

    def __init__(self, client: openai.OpenAI, toolbox: Toolbox) -> None:
        self._client, self._toolbox = client, toolbox
        self._runs: Final[Any] = client.beta.threads.runs
        self.stopped: Final[futures.Future[None]] = futures.Future()

    async def events(self, method: str, arguments: Json) -> AsyncGenerator[Any, None]:
        with getattr(self._runs, method)(**arguments, stream=True) as stream:
            for event in stream:
                yield event

    async def call(self, method: str, arguments: Json) -> Any:
        return getattr(self._runs, method)(**arguments)

    async def messages(self, thread_id: str, run_id: str) -> list[Any]:
        resource: Any = self._client.beta.threads.messages
        return list(resource.list(thread_id, run_id=run_id, order="asc"))

    async def wait(self, seconds: float) -> None:
        futures.wait([self.stopped], seconds)

    def start(self, call: Call) -> Started:
        return _InThread(self, self._toolbox, call)

    def stop(self) -> None:
        # Several threads may stop it.
        with suppress(futures.InvalidStateError):
            self.stopped.set_result(None)


class _InThread:
    def __init__(self, port: SyncPort, toolbox: Toolbox, call: Call) -> None:
        self._port, self._toolbox, self._call = port, toolbox, call
        self._began = time.monotonic()
        self._work = background.thread(partial(toolbox.run, call), f"shim-call-{call.name}")

    async def output(self) -> str | None:
        left = _left(self._toolbox.seconds(self._call), self._began)
        waited_for: list[futures.Future[Any]] = [self._work, self._port.stopped]
        futures.wait(waited_for, left, futures.FIRST_COMPLETED)
        if self._work.done():
            return self._work.result()
        return None if self._port.stopped.done() else self._toolbox.timed_out(self._call)


class AsyncPort:
    """Behind an async client: a coroutine in a task, any other function in a thread."""

    def __init__(self, client: openai.AsyncOpenAI, toolbox: Toolbox) -> None:
        self._client, self._toolbox = client, toolbox
        self._runs: Final[Any] = client.beta.threads.runs
        self.stopped: Final = asyncio.Event()

    async def events(self, method: str, arguments: Json) -> AsyncGenerator[Any, None]:
        stream = await getattr(self._runs, method)(**arguments, stream=True)
        async with stream, aclosing(aiter(stream)) as events:
            async for event in events:
                yield event

    async def call(self, method: str, arguments: Json) -> Any:
        return await getattr(self._runs, method)(**arguments)

    async def messages(self, thread_id: str, run_id: str) -> list[Any]:
        resource: Any = self._client.beta.threads.messages
        async with aclosing(aiter(resource.list(thread_id, run_id=run_id, order="asc"))) as messages:
            return [each async for each in messages]

    async def wait(self, seconds: float) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.stopped.wait(), seconds)

    def start(self, call: Call) -> Started:
        return _InTask(self, self._toolbox, call)

    def stop(self) -> None:
        self.stopped.set()


class _InTask:
    def __init__(self, port: AsyncPort, toolbox: Toolbox, call: Call) -> None:
        self._port, self._toolbox, self._call = port, toolbox, call
        self._began = time.monotonic()
        self._is_cancelled = False
        work = self._awaited() if toolbox.is_async(call) else self._threaded()
        self._work = background.task(work, f"shim-call-{call.name}")

    async def _awaited(self) -> str:
        try:
            return await self._toolbox.run_async(self._call)
        except asyncio.CancelledError as problem:
            if self._is_cancelled:
                raise
            # Something that the function awaits was cancelled, which is a failure like any other.
            return self._toolbox.failed(self._call, problem)

    async def _threaded(self) -> str:
        work = partial(self._toolbox.run, self._call)
        return await asyncio.wrap_future(background.thread(work, f"shim-call-{self._call.name}"))

    async def output(self) -> str | None:
        left = _left(self._toolbox.seconds(self._call), self._began)
        stopped = background.task(self._port.stopped.wait(), "shim-stop")
        try:
            await asyncio.wait([self._work, stopped], timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            if not self._work.done():
                self._is_cancelled = True
                self._work.cancel()
        if self._work.done():
            return self._work.result()
        return None if self._port.stopped.is_set() else self._toolbox.timed_out(self._call)


def _left(seconds: float | None, began: float) -> float | None:
    return None if seconds is None else max(0.0, began + seconds - time.monotonic())
