"""Pumps: each drives a run to its end, whether its stream is read or not.

Only the pump iterates and closes the engine's generator.  A reader takes chunks from the pump's queue; when it stops,
the run goes on.  Behind a blocking client a pump is a daemon thread in the caller's context, behind an async one a task
with a strong reference.
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

from shim.engine.protocol import Events, Outlet, Reply, Work, encode, our_failure
from shim.ports import Interruption
from shim.runtime import drive
from shim.runtime.colours import LOOP, THREADS, Colour
from shim.runtime.errands import Errands, TaskErrands, ThreadErrands
from shim.runtime.unread import USUAL, Patience, Unread, last
from shim.store.errors import StoreFailed

log = logging.getLogger("shim")
#: Logged, as the stream that reports it may have no reader.
UNFINISHED: Final = "a run was left unfinished until its thread is next read or changed: %s"
P = TypeVar("P", "Threads", "Tasks")
B = TypeVar("B")
#: The body of an answer in async code.
AsyncBody = AsyncGenerator[bytes, None]


class Pumps(ABC, Generic[B]):
    """Drives runs, and does the work after answers.  ``B``: the type of bodies, blocking or async.

    ``grace``: seconds for active runs to finish when the client is closed.
    """

    colour: ClassVar[Colour]
    errands: Errands[Any]

    def __init__(self, patience: Patience = USUAL, grace: float = 0.0) -> None:
        self._patience: Final = patience
        self.grace: Final = grace
        self._views: weakref.WeakSet[Unread] = weakref.WeakSet()

    def view(
        self,
        events: Events,
        interruption: Interruption | None = None,
        attach: Callable[[Outlet], None] | None = None,
    ) -> B:
        """Pump ``events``; returns their bytes, as they arrive.  ``interruption``: that of the run.  ``attach``: see
        `Reply`.
        """
        unread = Unread(self._patience, interruption or Interruption(), self.colour)
        if attach is not None:
            attach(unread)
        self._views.add(unread)
        self._begin(partial(_drive, events, unread))
        return self._body(unread.chunks())

    def whole(self, body: bytes) -> B:
        """A body that is complete."""
        return self._body(_once(body))

    def work(self, events: Events) -> None:
        """Pump ``events`` without a reader."""
        self._begin(partial(_drive, events, None))

    def after(self, work: Work) -> None:
        """Do the work after an answer, in the background."""
        self._begin(partial(_done, work))

    def end_views(self, ending: bytes) -> None:
        """End every open stream with the chunk ``ending``; the runs go on."""
        for unread in list(self._views):
            if unread.watched:
                unread.end(ending)

    @abstractmethod
    def _begin(self, work: Work) -> None:
        """Run the coroutine in the background."""

    @abstractmethod
    def _body(self, chunks: AsyncGenerator[bytes, None]) -> B:
        """The chunks as a body; a reader that stops before the end must close it."""

    @abstractmethod
    async def wait_for_runs(self, seconds: float | None = None) -> None:
        """Wait for active runs, at most ``seconds`` or their grace.  One that does not finish can be taken over when
        its lease ends.
        """

    @abstractmethod
    async def handled(self, work: Coroutine[Any, Any, Reply]) -> Reply:
        """The engine's reply.  If the caller is cancelled, the work is undone or goes on without it."""


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


async def _drive(events: Events, unread: Unread | None) -> None:
    """Drive a run to its end, with or without a reader."""
    ending = b""
    try:
        async with aclosing(events) as batches:
            async for batch in batches:
                if unread is not None and unread.watched:
                    await unread.put(encode(batch))
    except StoreFailed as problem:
        log.error(UNFINISHED, problem)
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
        log.exception("the work after an answer failed")


class Threads(Pumps[Iterator[bytes]]):
    """The pumps of blocking clients that share an HTTP client.  ``everywhere``: the threads of the whole process, with
    the grace of each.
    """

    colour = THREADS
    everywhere: Final[dict[threading.Thread, float]] = {}

    def __init__(self, patience: Patience = USUAL, grace: float = 0.0) -> None:
        super().__init__(patience, grace)
        self.errands = ThreadErrands(grace)
        self._running: set[threading.Thread] = set()

    def join(self) -> None:
        """Wait for active runs at the exit of the process.  One that does not finish can be taken over when its lease
        ends.
        """
        _join(dict.fromkeys(list(self._running), self.grace))

    async def wait_for_runs(self, seconds: float | None = None) -> None:
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
    """Wait for each thread, at most its number of seconds from now."""
    began = time.monotonic()
    for thread, seconds in list(threads.items()):
        thread.join(max(0.0, began + seconds - time.monotonic()))


class Tasks(Pumps[AsyncBody]):
    """The pumps of an async client."""

    colour = LOOP

    def __init__(self, patience: Patience = USUAL, grace: float = 0.0) -> None:
        super().__init__(patience, grace)
        self.errands = TaskErrands(grace)
        self._running: set[asyncio.Task[None]] = set()

    async def join(self, seconds: float) -> None:
        """Wait for active runs, at most ``seconds``."""
        loop = asyncio.get_running_loop()
        if tasks := [task for task in self._running if task.get_loop() is loop]:
            await asyncio.wait(tasks, timeout=seconds)

    async def wait_for_runs(self, seconds: float | None = None) -> None:
        await self.join(self.grace if seconds is None else seconds)

    async def handled(self, work: Coroutine[Any, Any, Reply]) -> Reply:
        """In a task of its own, so that a cancelled caller cancels it only once, and its work is undone before the
        caller continues.  Some libraries cancel their tasks again at every await.
        """
        loop = asyncio.get_running_loop()
        over = loop.create_future()

        async def run() -> Reply:
            try:
                return await work
            finally:
                # So the caller goes on in the event loop's next turn; by a callback it would do so a turn later.
                end()

        def end(_: object = None) -> None:
            work.close()
            if not over.done():
                over.set_result(None)

        task = loop.create_task(run())
        # It may be cancelled before its first step.
        task.add_done_callback(end)
        try:
            await over
        except asyncio.CancelledError:
            task.cancel()
            while not task.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([task])
            if not task.cancelled() and task.exception() is None and (events := task.result().events) is not None:
                # It was too late to undo the work: the run goes on without a reader.
                self.work(events)
            raise
        return task.result()

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
                # It was cancelled before its first step: the engine's generator has not started, so the run must be
                # released here.
                self._begin(work)

        task.add_done_callback(over)


def liveness() -> Callable[[], bool]:
    """Returns a test whether runs that are driven in the current event loop or thread can still go on.

    A closed loop has dropped its tasks without cancelling them.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return lambda: True
    return lambda: not loop.is_closed()


def _birth_of(pid: int) -> str | None:
    """When a process started, in the kernel's count, as process ids are reused.  Empty for a zombie."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in "ZX" else fields[18]
    except (OSError, IndexError, ValueError):
        return None


@cache
def _machine() -> str:
    """Identifies the machine or container in which process ids are valid; host names may be shared."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8])
        parts.append(str(os.stat("/proc/self/ns/pid").st_ino))
    return "/".join("".join(each.split()) for each in parts)


def owner() -> str:
    """The name of this process in the runs that it drives; a forked process has another one."""
    return _name(os.getpid())


@cache
def _name(pid: int) -> str:
    return f"{_machine()} {pid} {_birth_of(pid) or uuid.uuid4().hex}"


def alive(name: str) -> bool:
    """Whether the process of that name still runs.  For processes of other machines this is unknown, so their lease
    decides.
    """
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


#: The pumps behind each HTTP client: copies of a client share it, and closing any of them waits for all.
_pumps: Final[weakref.WeakKeyDictionary[Any, Any]] = weakref.WeakKeyDictionary()


def pumps_of(http_client: Any, kind: type[P], patience: Patience, grace: float) -> P:
    """The pumps of an HTTP client, created at the first call."""
    pumps: P = _pumps.setdefault(http_client, kind(patience, grace))
    return pumps


atexit.register(_join, Threads.everywhere)
