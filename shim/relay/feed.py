"""A bounded queue between the driver of a run and the reader of its events, for threads and for tasks.

A reader that is slower than the run slows it down: at most `LIMIT` events wait.  After the reader has left, nothing
waits and nothing is stored.
"""

import asyncio
import threading
from collections import deque
from typing import Final, Generic, TypeVar

T = TypeVar("T")
LIMIT: Final = 1000


class _Ended(Exception):
    """Nothing comes any more."""


class _Queue(Generic[T]):
    """The items that were added and not read yet."""

    def __init__(self) -> None:
        self.items: deque[T] = deque()
        self.watched = True
        self.over = False
        self.error: BaseException | None = None

    def has_room(self) -> bool:
        return not self.watched or len(self.items) < LIMIT

    def has_news(self) -> bool:
        return bool(self.items) or self.over or not self.watched

    def add(self, item: T) -> None:
        if self.watched:
            self.items.append(item)

    def take(self) -> T:
        """The next item.  Raises the run's exception, or `_Ended`."""
        if self.items:
            return self.items.popleft()
        error, self.error = self.error, None
        raise error or _Ended

    def end(self, error: BaseException | None) -> bool:
        self.over, self.error = True, error
        return self.watched

    def leave(self) -> None:
        self.watched = False
        self.items.clear()


class Feed(Generic[T]):
    """Between two threads."""

    def __init__(self) -> None:
        self._queue: Final[_Queue[T]] = _Queue()
        self._changed: Final = threading.Condition()

    def put(self, item: T) -> None:
        """Add an item; wait while too many are unread."""
        with self._changed:
            self._changed.wait_for(self._queue.has_room)
            self._queue.add(item)
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> bool:
        """End the queue; ``error`` is raised to the reader.  Returns whether there is a reader."""
        with self._changed:
            self._changed.notify_all()
            return self._queue.end(error)

    @property
    def is_over(self) -> bool:
        """Whether the queue has ended."""
        return self._queue.over

    def get(self) -> T:
        """The next item.  Raises StopIteration at the end."""
        with self._changed:
            self._changed.wait_for(self._queue.has_news)
            try:
                return self._queue.take()
            except _Ended:
                raise StopIteration from None
            finally:
                self._changed.notify_all()

    def leave(self) -> None:
        """The reader leaves."""
        with self._changed:
            self._queue.leave()
            self._changed.notify_all()


class AsyncFeed(Generic[T]):
    """The same between two tasks of one event loop."""

    def __init__(self) -> None:
        self._queue: Final[_Queue[T]] = _Queue()
        self._news: Final = asyncio.Event()
        self._room: Final = asyncio.Event()

    async def put(self, item: T) -> None:
        """As `Feed.put`."""
        while not self._queue.has_room():
            self._room.clear()
            await self._room.wait()
        self._queue.add(item)
        self._news.set()

    def end(self, error: BaseException | None = None) -> bool:
        """As `Feed.end`."""
        self._news.set()
        return self._queue.end(error)

    @property
    def is_over(self) -> bool:
        """As `Feed.is_over`."""
        return self._queue.over

    async def get(self) -> T:
        """As `Feed.get`; raises StopAsyncIteration at the end."""
        while not self._queue.has_news():
            self._news.clear()
            await self._news.wait()
        self._room.set()
        try:
            return self._queue.take()
        except _Ended:
            raise StopAsyncIteration from None

    def leave(self) -> None:
        """As `Feed.leave`."""
        self._queue.leave()
        self._news.set()
        self._room.set()
