"""What a pump has emitted and the reader of its stream has not read yet.

A reader that is slower than upstream slows the pump down, and thereby the reading from upstream: at most
`Patience.limit` bytes wait here.  The stream of a reader that reads nothing for `Patience.seconds` is ended with a last
event; the run goes on.  A run that was interrupted does not wait for its reader: only its last events are left.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from shim.ports import Interruption
from shim.runtime.colours import Colour
from shim.wire import sse
from shim.wire.errors import ApiError, error


@dataclass(frozen=True, slots=True)
class Patience:
    """At most ``limit`` bytes wait for a reader; if there are more, the pump waits up to ``seconds``."""

    limit: int = 16_000_000
    seconds: float = 30.0

    def too_slow(self) -> bytes:
        """The last event of a stream whose reader was too slow."""
        return last(error("reader_too_slow", limit=self.limit, seconds=f"{self.seconds:g}"))


#: The defaults of the settings.
USUAL: Final = Patience()


def last(problem: ApiError) -> bytes:
    """An error as the last event of a stream; the SDKs raise it.  No `done` came after it."""
    return sse.encode("error", problem.body)


class Unread:
    """The queue between one pump and one reader, in two threads or in two tasks of one event loop.

    ``written`` is changed by the pump alone and ``read`` by the reader alone, so neither needs a lock.
    """

    def __init__(self, patience: Patience, interruption: Interruption, colour: Colour) -> None:
        self._patience: Final = patience
        self._interruption: Final = interruption
        self._queue: Final = colour.mailbox()
        self._room: Final = colour.signal()
        self.watched, self.written, self.read = True, 0, 0

    async def put(self, chunk: bytes) -> None:
        """Add a chunk, unless the reader has left; wait while too much is unread."""
        if self.watched:
            self.put_now(chunk)
            if self.is_full():
                with self._interruption.stopping(self._room.ring):
                    await self._wait()

    def put_now(self, chunk: bytes) -> None:
        """Add a chunk, unless the reader has left, without a wait."""
        if self.watched:
            self.written += len(chunk)
            self._queue.put(chunk)

    def end(self, chunk: bytes = b"") -> None:
        """End the queue, after a last ``chunk`` if there is one."""
        if self.watched and chunk:
            self._queue.put(chunk)
        self.watched = False
        self._queue.put(None)
        self._room.set()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The reader's iterator.  After it is closed nothing is stored in the queue."""
        try:
            while (chunk := await self._queue.get()) is not None:
                self.read += len(chunk)
                self._room.set()
                yield chunk
        finally:
            self.watched = False
            self._room.set()

    def is_full(self) -> bool:
        """Whether the pump has to wait for the reader."""
        waited_for = self.watched and not self._interruption.happened
        return waited_for and self.written - self.read > self._patience.limit

    async def _wait(self) -> None:
        while self.is_full():
            before = self.read
            self._room.clear()
            if self.is_full() and not await self._room.wait(self._patience.seconds) and before == self.read:
                self.end(self._patience.too_slow())
