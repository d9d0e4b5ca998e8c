"""The writers of one process take turns, and brief transactions share an event loop with everything else.

SQLite's waiting writers try again every few milliseconds; a queue is faster and fair.
"""

import asyncio
import random
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

from shim.store.tx import Lengthy
from shim.store.uninterrupted import outlasting

T = TypeVar("T")
#: How long a brief transaction may keep the event loop waiting for its turn, in seconds: about as long as another one
#: takes.
BRIEF_PATIENCE: Final = 0.005
#: For how long it then goes on without another such wait.
REST: Final = 0.01
#: The shortest and the longest time between its attempts, while the loop goes on.
PAUSES: Final = (0.002, 0.006)
#: The time of all attempts together, after which a thread does the work.
ALL_ATTEMPTS: Final = 1.0
#: Seconds in each turn of an event loop in which brief transactions may begin, while others wait for a later turn.
MOST: Final = 0.05


class Busy(Exception):
    """Another thread or process is writing; nothing was done."""


class Turn:
    """The lock for writers.  Brief work does not wait for it as others do.

    A write within a write would wait for itself: with this kind of lock it fails when SQLite's own patience ends, with
    another kind it would hang.
    """

    def __init__(self) -> None:
        self._lock: Final = threading.RLock()
        #: Until then nobody keeps the event loop waiting, as somebody has just done so in vain.
        self._crowded = 0.0
        #: Whether brief work has waited for `ALL_ATTEMPTS` in vain: other such work goes to a thread at once, until one
        #: has written.
        self.hopeless = False

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, problem: object, *_: object) -> None:
        self.hopeless = self.hopeless and problem is not None
        self._lock.release()

    @contextmanager
    def briefly(self) -> Iterator[None]:
        """The turn of brief work.  Raises `Busy` if it does not come soon; so may the work, for another process."""
        patience = self.patience
        try:
            if not self._lock.acquire(timeout=patience):
                raise Busy
            try:
                yield
            finally:
                self._lock.release()
        except Busy:
            if patience:
                self.crowd()
            raise

    def crowd(self) -> None:
        """Let nobody keep the event loop waiting for some time."""
        self._crowded = time.monotonic() + REST

    @property
    def patience(self) -> float:
        """How long the loop waits for another writer, in seconds."""
        return 0.0 if time.monotonic() < self._crowded else BRIEF_PATIENCE


class Share:
    """The part of each turn of one event loop that brief transactions may take, in the order of their callers.

    When hundreds of callers begin together, all their transactions would else be in one turn, and every stream would
    stop for so long.  What a stream under way waits for comes first: then runs that have begun go on, and those that
    begin wait for their turn.
    """

    def __init__(self, turn: Turn) -> None:
        self._turn: Final = turn
        self._used, self._usual = 0.0, MOST
        self._urgent, self._others = deque[asyncio.Future[None]](), deque[asyncio.Future[None]]()
        self._scheduled = False

    async def run(self, attempt: Callable[[], T], urgent: bool) -> T:
        """What ``attempt`` returns, which is repeated while it raises `Busy`.  Raises `Lengthy` after `ALL_ATTEMPTS`.

        It is not given to a thread at once: that would wait for the interpreter as well, and all other writers for it.
        """
        if self._used < MOST and not self._urgent and not self._others:
            with suppress(Busy):
                return self._attempted(attempt)
        return await outlasting(asyncio.get_running_loop().create_task(self._later(attempt, urgent)), True)

    async def _later(self, attempt: Callable[[], T], urgent: bool) -> T:
        deadline: float | None = None
        while not self._turn.hopeless:
            await self._room(urgent)
            with suppress(Busy):
                return self._attempted(attempt)
            now = time.monotonic()
            deadline = deadline or now + ALL_ATTEMPTS
            self._turn.hopeless |= now >= deadline
            # By chance, so that those who wait do not all come back together.
            await asyncio.sleep(random.uniform(*PAUSES))
        raise Lengthy

    def _attempted(self, attempt: Callable[[], T]) -> T:
        began = time.perf_counter()
        try:
            return attempt()
        finally:
            seconds = time.perf_counter() - began
            self._used += seconds
            self._usual += (seconds - self._usual) / 16
            self._begin_next_turn()

    async def _room(self, urgent: bool) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._others).append(waiter)
        self._begin_next_turn()
        await waiter

    def _begin_next_turn(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._next_turn)

    def _next_turn(self) -> None:
        """Wake as many as there will be time for, at least one."""
        self._scheduled, self._used = False, 0.0
        left = max(1, int(MOST / self._usual))
        for waiting in (self._urgent, self._others):
            while waiting and left:
                waiter = waiting.popleft()
                if not waiter.done():
                    waiter.set_result(None)
                    left -= 1
        if self._urgent or self._others:
            self._begin_next_turn()


class Shares:
    """The share of each event loop."""

    def __init__(self, turn: Turn) -> None:
        self._turn: Final = turn
        self._of: Final[weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Share]] = weakref.WeakKeyDictionary()

    def here(self) -> Share:
        """That of the running loop."""
        loop = asyncio.get_running_loop()
        share = self._of.get(loop)
        if share is None:
            share = self._of[loop] = Share(self._turn)
        return share
