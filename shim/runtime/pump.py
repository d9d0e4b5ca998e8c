"""Pumps: whoever reads a run, it is carried to its end.

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
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from shim.engine.protocol import Events, encode, our_failure
from shim.ports import Interruption
from shim.runtime import drive
from shim.runtime.unread import USUAL, AsyncUnread, Patience, Unread, last
from shim.store.errors import StoreFailed

log = logging.getLogger("shim")
#: Perhaps nobody reads the stream that tells it.
LEFT: Final = "a run was left as it is, until somebody looks at its thread: %s"
P = TypeVar("P", "Threads", "Tasks")


class Threads:
    """The pumps of blocking clients that share an HTTP client.

    ``grace``: seconds that a run still going is given when its client is closed or the process ends.  ``everywhere``:
    the threads of the whole process, each with its grace.
    """

    everywhere: Final[dict[threading.Thread, float]] = {}

    def __init__(self, patience: Patience = USUAL, grace: float = 0.0) -> None:
        self._patience: Final = patience
        self.grace: Final = grace
        self._running: set[threading.Thread] = set()

    def view(self, events: Events, interruption: Interruption | None = None) -> Iterator[bytes]:
        """Pump ``events``; their bytes, as they come.  ``interruption``: that of the run."""
        unread = Unread(self._patience, interruption or Interruption())
        self._start(events, unread)
        return unread.chunks()

    def work(self, events: Events) -> None:
        """Pump ``events`` with nobody watching."""
        self._start(events, None)

    def join(self) -> None:
        """Wait for what is still going.  What is left ends by its lease."""
        _join(dict.fromkeys(list(self._running), self.grace))

    def _start(self, events: Events, unread: Unread | None) -> None:
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._pump, events, unread), name="shim-run", daemon=True)
        self._running.add(thread)
        self.everywhere[thread] = self.grace
        thread.start()

    def _pump(self, events: Events, unread: Unread | None) -> None:
        ending = b""
        try:
            for batch in drive.drain(events):
                if unread is not None and unread.watched:
                    unread.put(encode(batch))
        except StoreFailed as problem:
            log.error(LEFT, problem)
            ending = last(our_failure(problem))
        except Exception as problem:
            log.exception("a run's pump failed")
            ending = last(our_failure(problem))
        finally:
            if unread is not None:
                unread.end(ending)
            self._running.discard(threading.current_thread())
            self.everywhere.pop(threading.current_thread(), None)


def _join(threads: Mapping[threading.Thread, float]) -> None:
    """Wait for each thread, so many seconds from now at most."""
    began = time.monotonic()
    for thread, seconds in list(threads.items()):
        thread.join(max(0.0, began + seconds - time.monotonic()))


class Tasks:
    """The pumps of an async client.  ``grace``: seconds that a run still going is given when the client is closed."""

    def __init__(self, patience: Patience = USUAL, grace: float = 0.0) -> None:
        self._patience: Final = patience
        self.grace: Final = grace
        self._running: set[asyncio.Task[None]] = set()
        self._views: weakref.WeakSet[AsyncUnread] = weakref.WeakSet()

    def view(self, events: Events, interruption: Interruption | None = None) -> AsyncGenerator[bytes, None]:
        """Pump ``events``; their bytes, as they come.  ``interruption``: that of the run."""
        unread = AsyncUnread(self._patience, interruption or Interruption())
        self._views.add(unread)
        self._start(events, unread)
        return unread.chunks()

    def work(self, events: Events) -> None:
        """Pump ``events`` with nobody watching."""
        self._start(events, None)

    def end_views(self, ending: bytes) -> None:
        """Every stream that is being read ends, with ``ending``; the runs go on."""
        for unread in list(self._views):
            if unread.watched:
                unread.end(ending)

    async def join(self, seconds: float) -> None:
        """Wait for what is still going, at most so long."""
        loop = asyncio.get_running_loop()
        if mine := [task for task in self._running if task.get_loop() is loop]:
            await asyncio.wait(mine, timeout=seconds)

    def _start(self, events: Events, unread: AsyncUnread | None) -> None:
        begun = threading.Event()
        task = asyncio.get_running_loop().create_task(self._pump(events, unread, begun), name="shim-run")
        self._running.add(task)

        def over(task: "asyncio.Task[None]") -> None:
            self._running.discard(task)
            if not begun.is_set():
                # It was cancelled before its first step: the run has not heard of that, and nobody drives it.
                self._start(events, unread)

        task.add_done_callback(over)

    async def _pump(self, events: Events, unread: AsyncUnread | None, begun: threading.Event) -> None:
        begun.set()
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
