"""Pumps: carry a run to its end, whether its stream is read or not.

A pump alone iterates and closes the engine's generator.  A reader is a view on the pump's queue; leaving it leaves the
run alone.  Behind a blocking client a pump is a daemon thread in the caller's context, behind an async one a task that
is strongly held.
"""

import asyncio
import atexit
import contextvars
import logging
import os
import socket
import threading
import time
import uuid
import weakref
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from contextlib import aclosing, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, TypeVar

from shim.engine.protocol import Events, Reply, Work, encode, our_failure
from shim.ports import Interruption
from shim.runtime import drive
from shim.runtime.colours import LOOP, THREADS, Colour
from shim.runtime.unread import USUAL, Patience, Unread, last
from shim.store.errors import StoreFailed

log = logging.getLogger("shim")
#: Perhaps nobody reads the stream that tells it.
LEFT: Final = "a run was left as it is, until somebody looks at its thread: %s"
P = TypeVar("P", "Threads", "Tasks")
B = TypeVar("B")
#: What a door on asyncio passes on.
AsyncBody = AsyncGenerator[bytes, None]


class Pumps(ABC, Generic[B]):
    """Carries runs, and what has to be done behind an answer.  ``B``: the bodies that a door of this colour passes on.

    ``grace``: seconds that what still goes on is given when its client is closed.
    """

    colour: ClassVar[Colour]

    def __init__(self, patience: Patience = USUAL, grace: float = 0.0) -> None:
        self._patience: Final = patience
        self.grace: Final = grace
        self._views: weakref.WeakSet[Unread] = weakref.WeakSet()

    def view(self, events: Events, interruption: Interruption | None = None) -> B:
        """Pump ``events``; their bytes, as they come.  ``interruption``: that of the run."""
        unread = Unread(self._patience, interruption or Interruption(), self.colour)
        self._views.add(unread)
        self._begin(partial(_carried, events, unread))
        return self._body(unread.chunks())

    def whole(self, body: bytes) -> B:
        """A body that is there already."""
        return self._body(_once(body))

    def work(self, events: Events) -> None:
        """Pump ``events`` with nobody watching."""
        self._begin(partial(_carried, events, None))

    def after(self, work: Work) -> None:
        """Do what an answer leaves to be done."""
        self._begin(partial(_done, work))

    def end_views(self, ending: bytes) -> None:
        """Every stream that is being read ends, with ``ending``; the runs go on."""
        for unread in list(self._views):
            if unread.watched:
                unread.end(ending)

    @abstractmethod
    def _begin(self, work: Work) -> None:
        """Do it beside the caller."""

    @abstractmethod
    def _body(self, chunks: AsyncGenerator[bytes, None]) -> B:
        """The chunks as the door reads them; whoever leaves before the end closes it."""

    @abstractmethod
    async def settled(self, seconds: float | None = None) -> None:
        """Wait for what still goes on, at most so long, or its grace.  What is left ends by its lease."""

    @abstractmethod
    async def handled(self, work: Coroutine[Any, Any, Reply]) -> Reply:
        """The engine's reply.  If its caller leaves, what has begun is undone, or goes on without him."""


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


async def _carried(events: Events, unread: Unread | None) -> None:
    """Carry a run to its end, whether somebody reads it or not."""
    ending = b""
    try:
        async with aclosing(events) as batches:
            async for batch in batches:
                if unread is not None and unread.watched:
                    await unread.put(encode(batch))
    except StoreFailed as problem:
        log.error(LEFT, problem)
        ending = last(our_failure(problem))
    except Exception as problem:
        log.exception("a run's pump failed")
        ending = last(our_failure(problem))
    finally:
        if unread is not None:
            unread.end(ending)


async def _done(work: Work) -> None:
    try:
        await work()
    except Exception:
        log.exception("what was to be done after an answer failed")


class Threads(Pumps[Iterator[bytes]]):
    """The pumps of blocking clients that share an HTTP client.  ``everywhere``: the threads of the whole process, each
    with its grace.
    """

    colour = THREADS
    everywhere: Final[dict[threading.Thread, float]] = {}

    def __init__(self, patience: Patience = USUAL, grace: float = 0.0) -> None:
        super().__init__(patience, grace)
        self._running: set[threading.Thread] = set()

    def join(self) -> None:
        """Wait for what is still going.  What is left ends by its lease."""
        _join(dict.fromkeys(list(self._running), self.grace))

    async def settled(self, seconds: float | None = None) -> None:
        self.join()

    async def handled(self, work: Coroutine[Any, Any, Reply]) -> Reply:
        return await work

    def _body(self, chunks: AsyncGenerator[bytes, None]) -> Iterator[bytes]:
        return drive.drain(chunks)

    def _begin(self, work: Work) -> None:
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._run, work), name="shim-run", daemon=True)
        self._running.add(thread)
        self.everywhere[thread] = self.grace
        thread.start()

    def _run(self, work: Work) -> None:
        try:
            drive.finish(work())
        finally:
            self._running.discard(threading.current_thread())
            self.everywhere.pop(threading.current_thread(), None)


def _join(threads: Mapping[threading.Thread, float]) -> None:
    """Wait for each thread, so many seconds from now at most."""
    began = time.monotonic()
    for thread, seconds in list(threads.items()):
        thread.join(max(0.0, began + seconds - time.monotonic()))


class Tasks(Pumps[AsyncBody]):
    """The pumps of an async client."""

    colour = LOOP

    def __init__(self, patience: Patience = USUAL, grace: float = 0.0) -> None:
        super().__init__(patience, grace)
        self._running: set[asyncio.Task[None]] = set()

    async def join(self, seconds: float) -> None:
        """Wait for what is still going, at most so long."""
        loop = asyncio.get_running_loop()
        if mine := [task for task in self._running if task.get_loop() is loop]:
            await asyncio.wait(mine, timeout=seconds)

    async def settled(self, seconds: float | None = None) -> None:
        await self.join(self.grace if seconds is None else seconds)

    async def handled(self, work: Coroutine[Any, Any, Reply]) -> Reply:
        """In a task of its own, so that a caller who gives up cancels it but once, and what it has begun is undone
        before he hears of it.  Some libraries cancel their tasks again at every await.
        """
        task = asyncio.get_running_loop().create_task(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            while not task.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([task])
            if not task.cancelled() and task.exception() is None and (events := task.result().events) is not None:
                # It was too late to undo anything: what has begun goes on, and nobody reads it.
                self.work(events)
            raise

    def _body(self, chunks: AsyncBody) -> AsyncBody:
        return chunks

    def _begin(self, work: Work) -> None:
        begun = threading.Event()

        async def run() -> None:
            begun.set()
            await work()

        task = asyncio.get_running_loop().create_task(run(), name="shim-run")
        self._running.add(task)

        def over(task: "asyncio.Task[None]") -> None:
            self._running.discard(task)
            if not begun.is_set():
                # It was cancelled before its first step: the run has not heard of that, and nobody drives it.
                self._begin(work)

        task.add_done_callback(over)


def place() -> Callable[[], bool]:
    """Says, of the event loop or thread in which it is called, whether what is driven there can still go on.

    A loop that is closed has dropped its tasks without a word to them.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return lambda: True
    return lambda: not loop.is_closed()


def _birth_of(pid: int) -> str | None:
    """When a process began, as the kernel counts: process ids come again.  Empty for a dead one not yet buried."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in "ZX" else fields[18]
    except (OSError, IndexError, ValueError):
        return None


@cache
def _machine() -> str:
    """Where process ids mean what they mean here: one name may stand for several machines or containers."""
    found = [socket.gethostname()]
    with suppress(OSError):
        found.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8])
        found.append(str(os.stat("/proc/self/ns/pid").st_ino))
    return "/".join("".join(each.split()) for each in found)


def owner() -> str:
    """The name of this process in the runs that it drives; a forked process has another one."""
    return _name(os.getpid())


@cache
def _name(pid: int) -> str:
    return f"{_machine()} {pid} {_birth_of(pid) or uuid.uuid4().hex}"


def alive(name: str) -> bool:
    """Whether the process of that name still is.  Of other machines nothing is known here: their lease decides."""
    machine, pid, born = name.split(" ")
    if machine != _machine():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    birth = _birth_of(int(pid))
    return birth is None or birth == born


#: The pumps behind each HTTP client: copies of a client share it, and whichever is closed waits for all of them.
_pumps: Final[weakref.WeakKeyDictionary[Any, Any]] = weakref.WeakKeyDictionary()


def behind(http_client: Any, kind: type[P], patience: Patience, grace: float) -> P:
    """The pumps that live as long as an HTTP client; made when first asked for."""
    found: P = _pumps.setdefault(http_client, kind(patience, grace))
    return found


atexit.register(_join, Threads.everywhere)
