"""Interruptible waits for upstream's headers and for its next bytes, for blocking and async clients.

A server may accept a request and send nothing for minutes.  The run must still expire, or be cancelled, in time.
"""

import asyncio
import contextvars
import os
import socket
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final, TypeVar

import anyio

from shim.ports import Interruption, Refusal

T = TypeVar("T")
INTERRUPTED: Final = "The wait for the model's answer was interrupted."


def wait(work: Callable[[], T], interruption: Interruption, late: Callable[[T], None]) -> T:
    """What ``work`` returns or raises; `Refusal` when it is interrupted.

    The work runs in a thread of its own, as a blocking call cannot be stopped from outside; a result that comes too
    late is passed to ``late``, which never raises.
    """
    done: Future[T] = Future()
    woken = threading.Event()
    done.add_done_callback(lambda _: woken.set())
    thread = threading.Thread(
        target=contextvars.copy_context().run, args=(_work, work, done), name="shim-upstream", daemon=True
    )
    with interruption.stopping(woken.set):
        try:
            thread.start()
            woken.wait()
        except RuntimeError:
            # The interpreter is about to exit, and starts no more threads.
            return work()
        except BaseException:
            done.add_done_callback(lambda it: _pass_late(it, late))
            raise
    if done.done():
        return done.result()
    done.add_done_callback(lambda it: _pass_late(it, late))
    raise Refusal(None, INTERRUPTED)


def _work(work: Callable[[], T], done: "Future[T]") -> None:
    try:
        done.set_result(work())
    except BaseException as problem:  # noqa: BLE001 - it is raised where the result is waited for
        done.set_exception(problem)


def _pass_late(done: "Future[T]", late: Callable[[T], None]) -> None:
    if done.exception() is None:
        late(done.result())


async def wait_async(work: Awaitable[T], interruption: Interruption) -> T:
    """The same for an awaitable, which is cancelled."""
    loop = asyncio.get_running_loop()
    scope = anyio.CancelScope()

    def stop() -> None:
        # The loop may be closed.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(scope.cancel)

    with scope, interruption.stopping(stop):
        return await work
    raise Refusal(None, INTERRUPTED)


class Line:
    """The connection of an answer that is being read.  After the answer is released, the connection may be used for
    another one and must not be shut.
    """

    def __init__(self, response: Any) -> None:
        self._response: Any = response
        self._lock = threading.Lock()

    def shut(self) -> None:
        with self._lock:
            if self._response is not None:
                shut(self._response)

    def release(self) -> None:
        with self._lock:
            self._response = None


def shut(response: Any) -> None:
    """Shut the connection's socket down: this wakes a thread that waits for bytes, which closing the socket would not
    do.

    An HTTP/2 connection is shared with other answers and is not shut; the wait ends with the next bytes.
    """
    stream = response.extensions.get("network_stream") if response.http_version != "HTTP/2" else None
    if stream is None:
        return
    with suppress(Exception):
        _shut(stream.get_extra_info("socket"))


def _shut(sock: Any) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except TypeError:
        # uvloop's replacement for a socket does not support this.
        with socket.socket(fileno=os.dup(sock.fileno())) as twin:
            twin.shutdown(socket.SHUT_RDWR)
