"""Stores the numbered pieces that a stream has sent, in this process, for a reader that reconnects.

One writer, any number of readers, each with its own position; readers may be threads or tasks of any event loop.  If a
run sends more than `LIMIT` bytes, the oldest pieces are dropped.  A log is dropped some minutes after its end.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

#: The largest number of bytes of one log.
LIMIT: Final = 16_000_000
#: Seconds for which a log is stored after its end.
KEPT: Final = 300.0
Notify = Callable[[], None]


class Missed(LookupError):
    """The piece that the reader needs next has been dropped."""


class Log:
    """``next_number``: that of the next piece; the first one is 1.  ``deserted``: called when the last reader has
    left before the end.  ``is_read``: set while there is a reader.
    """

    def __init__(self, deserted: Callable[[], None], limit: int = LIMIT) -> None:
        self._pieces: Final[deque[bytes]] = deque()
        # Reentrant, as the garbage collector may close a reader while this thread holds the lock.
        self._lock: Final = threading.RLock()
        self._bells: Final[set[Notify]] = set()
        self._deserted, self._limit, self._size = deserted, limit, 0
        self.is_read: Final = threading.Event()
        self.next_number = 1
        self.ended_at: float | None = None

    def add(self, piece: bytes) -> None:
        """Add a piece."""
        with self._lock:
            self._pieces.append(piece)
            self._size += len(piece)
            self.next_number += 1
            while self._size > self._limit and len(self._pieces) > 1:
                self._size -= len(self._pieces.popleft())
        self._notify_all()

    def end(self) -> None:
        """Nothing comes any more."""
        self.ended_at = time.monotonic()
        self._notify_all()

    def after(self, number: int) -> list[bytes]:
        """The pieces after ``number``.  Raises `Missed`."""
        with self._lock:
            skipped = number - (self.next_number - 1 - len(self._pieces))
            if skipped < 0:
                raise Missed(number)
            return list(self._pieces)[skipped:] if skipped < len(self._pieces) else []

    def has(self, number: int) -> bool:
        """Whether a reader can continue after that number."""
        with self._lock:
            return self.next_number - 1 - len(self._pieces) <= number < self.next_number

    def watch(self, notify: Notify) -> None:
        """Add a reader: ``notify`` is called whenever there is something to read, from any thread."""
        with self._lock:
            self._bells.add(notify)
            self.is_read.set()

    def unwatch(self, notify: Notify) -> None:
        """The reader leaves."""
        with self._lock:
            was_read = self.is_read.is_set()
            self._bells.discard(notify)
            if not self._bells:
                self.is_read.clear()
            is_deserted = was_read and not self.is_read.is_set() and self.ended_at is None
        if is_deserted:
            self._deserted()

    def _notify_all(self) -> None:
        with self._lock:
            bells = list(self._bells)
        for notify in bells:
            notify()


class Logs:
    """The logs of this process, by thread and run."""

    def __init__(self, seconds: float = KEPT) -> None:
        self._kept: Final = seconds
        self._logs: Final[dict[tuple[str, str], Log]] = {}

    def put(self, thread_id: str, run_id: str, log: Log) -> None:
        """Store a log, and drop those whose time is over."""
        now = time.monotonic()
        for key, each in list(self._logs.items()):
            if each.ended_at is not None and now - each.ended_at > self._kept:
                self._logs.pop(key, None)
        self._logs[thread_id, run_id] = log

    def get(self, thread_id: str, run_id: str) -> Log | None:
        """The log of a run, if this process has it."""
        return self._logs.get((thread_id, run_id))


#: The logs of `shim.relay.bodies`.
LOGS: Final = Logs()
