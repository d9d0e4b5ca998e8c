"""Signals and queues for threads and for the tasks of an event loop: the only classes of this room that exist twice.

Pumps, unread bytes and long polls are written once over a `Signal` and a `Mailbox`.  Those of threads block and never
suspend, so `drive` can finish coroutines that wait with them.
"""

import asyncio
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import Final, Protocol

import anyio

#: An entry of a queue: some bytes, or None at the end.
Chunk = bytes | None


class Signal(Protocol):
    """One thread or task waits until another one sets the signal."""

    def set(self) -> None:
        """Set it from the waiting thread or its event loop."""
        ...

    def ring(self) -> None:
        """Set it from any thread.  Never raises."""
        ...

    def clear(self) -> None:
        """Reset it, so that the next `wait` waits."""
        ...

    async def wait(self, seconds: float) -> bool:
        """Whether it was set within that time."""
        ...


class Mailbox(Protocol):
    """An unbounded queue."""

    def put(self, chunk: Chunk) -> None: ...

    async def get(self) -> Chunk: ...


class Colour(Protocol):
    """The classes for blocking or for async code."""

    def signal(self) -> Signal: ...

    def mailbox(self) -> Mailbox: ...


class _ThreadSignal(threading.Event):
    def ring(self) -> None:
        self.set()

    async def wait(self, seconds: float) -> bool:  # type: ignore[override]
        return super().wait(seconds)


class _LoopSignal:
    def __init__(self) -> None:
        self._event: Final = asyncio.Event()
        self._loop: Final = asyncio.get_running_loop()

    def set(self) -> None:
        self._event.set()

    def ring(self) -> None:
        # In a closed loop nothing waits any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._event.set)

    def clear(self) -> None:
        self._event.clear()

    async def wait(self, seconds: float) -> bool:
        with anyio.move_on_after(seconds):
            await self._event.wait()
        return self._event.is_set()


class _ThreadMailbox:
    def __init__(self) -> None:
        self._queue: Final[SimpleQueue[Chunk]] = SimpleQueue()
        self.put = self._queue.put

    async def get(self) -> Chunk:
        return self._queue.get()


class _LoopMailbox:
    """For one reader.  Chunks that were added since its last read are returned as one chunk, so that they are written
    together.
    """

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._over = False
        self._waiter: asyncio.Future[None] | None = None

    def put(self, chunk: Chunk) -> None:
        if chunk is None:
            self._over = True
        else:
            self._waiting.append(chunk)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> Chunk:
        while not self._waiting:
            if self._over:
                return None
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        waiting, self._waiting = self._waiting, []
        return waiting[0] if len(waiting) == 1 else b"".join(waiting)


class _Threads:
    def signal(self) -> Signal:
        return _ThreadSignal()

    def mailbox(self) -> Mailbox:
        return _ThreadMailbox()


class _Loop:
    def signal(self) -> Signal:
        return _LoopSignal()

    def mailbox(self) -> Mailbox:
        return _LoopMailbox()


THREADS: Final[Colour] = _Threads()
LOOP: Final[Colour] = _Loop()
