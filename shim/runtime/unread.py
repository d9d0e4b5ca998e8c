"""What a pump has emitted and the reader of its stream has not read yet.

A reader who is slower than upstream slows the pump down, and upstream through it: at most `Patience.limit` wait here.
A reader who takes nothing at all for `Patience.seconds` is cut off with a last event; his run goes on without him.
A run that was interrupted waits for no reader: it has only its end to tell.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

from shim.ports import Interruption
from shim.wire import sse
from shim.wire.errors import ApiError, error

#: What a reader gets: some bytes, or None at the end.
Chunk = bytes | None


@dataclass(frozen=True, slots=True)
class Patience:
    """``limit`` bytes may wait for a reader, who is waited for ``seconds`` once there are more."""

    limit: int = 16_000_000
    seconds: float = 30.0

    def too_slow(self) -> bytes:
        """The last event of a stream that nobody reads."""
        return last(error("reader_too_slow", limit=self.limit, seconds=f"{self.seconds:g}"))


#: What the settings begin with.
USUAL: Final = Patience()


def last(problem: ApiError) -> bytes:
    """An error as the last event of a stream; the SDKs raise it.  No `done` came after it."""
    return sse.encode("error", problem.body)


class Unread:
    """Between one pump and one reader, each in a thread of its own.

    ``written`` is changed by the pump alone and ``read`` by the reader alone, so neither needs a lock.
    """

    def __init__(self, patience: Patience, interruption: Interruption) -> None:
        self._patience: Final = patience
        self._interruption: Final = interruption
        self._queue: Final[SimpleQueue[Chunk]] = SimpleQueue()
        self._room: Final = threading.Event()
        self.watched, self.written, self.read = True, 0, 0

    def put(self, chunk: bytes) -> None:
        """Add something for the reader, if he is still there; wait while too much is unread."""
        if self.watched:
            self.written += len(chunk)
            self._queue.put(chunk)
            if self._is_full():
                with self._interruption.stopping(self._room.set):
                    self._wait()

    def end(self, chunk: bytes = b"") -> None:
        """Nothing comes any more, but for ``chunk``."""
        if self.watched and chunk:
            self._queue.put(chunk)
        self.watched = False
        self._queue.put(None)

    def chunks(self) -> Iterator[bytes]:
        """What the reader gets.  Once it is closed nothing is kept for him."""
        try:
            while (chunk := self._queue.get()) is not None:
                self.read += len(chunk)
                self._room.set()
                yield chunk
        finally:
            self.watched = False
            self._room.set()

    def _is_full(self) -> bool:
        waited_for = self.watched and not self._interruption.happened
        return waited_for and self.written - self.read > self._patience.limit

    def _wait(self) -> None:
        while self._is_full():
            before = self.read
            self._room.clear()
            if self._is_full() and not self._room.wait(self._patience.seconds) and before == self.read:
                self.end(self._patience.too_slow())


class AsyncUnread:
    """The same between two tasks of one event loop."""

    def __init__(self, patience: Patience, interruption: Interruption) -> None:
        self._patience: Final = patience
        self._interruption: Final = interruption
        self._queue: Final[asyncio.Queue[Chunk]] = asyncio.Queue()
        self._room: Final = asyncio.Event()
        self.watched, self.written, self.read = True, 0, 0

    async def put(self, chunk: bytes) -> None:
        """Add something for the reader, if he is still there; wait while too much is unread."""
        if self.watched:
            self.written += len(chunk)
            self._queue.put_nowait(chunk)
            if self._is_full():
                with self._interruption.stopping(self._hurry()):
                    await self._wait()

    def end(self, chunk: bytes = b"") -> None:
        """Nothing comes any more, but for ``chunk``."""
        if self.watched and chunk:
            self._queue.put_nowait(chunk)
        self.watched = False
        self._queue.put_nowait(None)
        self._room.set()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """What the reader gets.  Once it is closed nothing is kept for him."""
        try:
            while (chunk := await self._queue.get()) is not None:
                self.read += len(chunk)
                self._room.set()
                yield chunk
        finally:
            self.watched = False
            self._room.set()

    def _is_full(self) -> bool:
        waited_for = self.watched and not self._interruption.happened
        return waited_for and self.written - self.read > self._patience.limit

    def _hurry(self) -> Callable[[], None]:
        """Ends the wait, from any thread."""
        loop = asyncio.get_running_loop()

        def hurry() -> None:
            # A loop that is closed waits no more.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._room.set)

        return hurry

    async def _wait(self) -> None:
        while self._is_full():
            before = self.read
            self._room.clear()
            try:
                async with asyncio.timeout(self._patience.seconds):
                    await self._room.wait()
            except TimeoutError:
                if before == self.read:
                    self.end(self._patience.too_slow())
