"""Points at which a process can be killed, and the means to kill it there.

Every write transaction has two points: when its work is done but not committed, and when it is committed.  Every answer
of upstream has one point when it opens, and one after each read, before the read events are processed.  The reads have
fixed sizes here, as the network puts more events into one read on a busy machine: then there were fewer reads, commits
and points in one process than in the next, and a number named no point.  For the same reason the heartbeat, which
writes when time has passed, has no points.
"""

import itertools
import os
import signal
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any, Final

from shim.store import leases
from shim.store.database import Transactions
from shim.store.tx import Tx
from shim.upstream import responses

#: The number of events in each read, over and over.
READ_SIZES: Final = (1, 1, 2)


class Points:
    """Counts the points that are passed; the process kills itself at the point numbered ``fatal``, like ``kill -9``."""

    def __init__(self, fatal: int | None) -> None:
        self.fatal = fatal
        self.passed: list[str] = []
        self._lock = threading.Lock()

    def passing(self, name: str) -> None:
        with self._lock:
            self.passed.append(name)
            if len(self.passed) == self.fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Patch this process, which is used for one job only."""
        _around_writes(self)
        _around_upstream(self)


def _around_writes(points: Points) -> None:
    write = Transactions.write

    def watched(self: Transactions, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if work is leases.renew:
            return write(self, work, *args, **kwargs)

        def working(tx: Tx, *args: Any, **kwargs: Any) -> Any:
            made = work(tx, *args, **kwargs)
            points.passing(f"in {work.__name__}")
            return made

        made = write(self, working, *args, **kwargs)
        points.passing(f"after {work.__name__}")
        return made

    Transactions.write = watched  # type: ignore[method-assign]


def _around_upstream(points: Points) -> None:
    stream, create, retrieve = responses.Upstream.stream, responses.Upstream.create, responses.Upstream.retrieve
    events = responses._Answer.events

    async def streaming(self: Any, body: Any, call: Any) -> Any:
        answer = await stream(self, body, call)
        points.passing("opened")
        return answer

    async def creating(self: Any, body: Any, call: Any) -> Any:
        made = await create(self, body, call)
        points.passing("begun")
        return made

    async def retrieving(self: Any, response_id: str) -> Any:
        found = await retrieve(self, response_id)
        points.passing(f"found {found['status']}")
        return found

    async def reading(self: Any) -> AsyncGenerator[list[Any], None]:
        # A blocking client does not suspend here, and this generator is closed with the answer.
        async for batch in _regrouped(events(self)):
            points.passing(f"read {batch[-1]['type']}")
            yield batch

    responses.Upstream.stream, responses.Upstream.create = streaming, creating  # type: ignore[method-assign]
    responses.Upstream.retrieve = retrieving  # type: ignore[method-assign]
    responses._Answer.events = reading  # type: ignore[method-assign]


async def _regrouped(reads: AsyncIterator[list[Any]]) -> AsyncGenerator[list[Any], None]:
    """The same events in reads of fixed sizes."""
    sizes = itertools.cycle(READ_SIZES)
    group: list[Any] = []
    size = next(sizes)
    async for read in reads:
        for event in read:
            group.append(event)
            if len(group) == size:
                yield group
                group, size = [], next(sizes)
    if group:
        yield group
