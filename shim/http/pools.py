"""Connection pools to upstream: one for each process and event loop, as a shared connection would mix up answers.

The HTTP libraries hold idle connections in one pool a client.  A forked process inherits the pool; two who speak on one
connection hear each other's answers.  An async connection belongs to the loop that opened it, and fails in any other
one.
"""

import asyncio
import copy
import os
import weakref
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

#: The networks of this process's clients.
_networks: "Final[weakref.WeakSet[Any]]" = weakref.WeakSet()


def keep_apart(network: Any) -> None:
    """From now on, for an HTTP client of either library, blocking or async.  A transport of the user's own that has no
    pool is left as it is.
    """
    if network in _networks:
        return
    _networks.add(network)
    for held, pool in _pools(network):
        if hasattr(pool, "handle_async_request"):
            held._pool = _ByLoop(pool)


def _pools(network: Any) -> Iterator[tuple[Any, Any]]:
    for held in (network._transport, *network._mounts.values()):
        pool = getattr(held, "_pool", None)
        if hasattr(pool, "_connections"):
            yield held, pool


class _ByLoop:
    """In the place of an async client's pool: one for each loop, all set up as the first is."""

    def __init__(self, pool: Any) -> None:
        self._blank = pool
        self._made: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mine(), name)

    def _mine(self) -> Any:
        loop = running_loop()
        if loop not in self._made:
            # Of a loop that was closed with connections open nobody can close them any more: they are dropped.
            for closed in [other for other in list(self._made) if other is not None and other.is_closed()]:
                self._made.pop(closed, None)
            self._made[loop] = _empty(self._blank)
        return self._made[loop]

    def forget(self) -> None:
        self._made = {}


def running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _empty(pool: Any) -> Any:
    made = copy.copy(pool)
    made._connections, made._requests = [], []
    return made


def _in_child() -> None:
    for network in list(_networks):
        for _, pool in _pools(network):
            if isinstance(pool, _ByLoop):
                pool.forget()
            else:
                _forget(pool)


def _forget(pool: Any) -> None:
    """What hangs on a thread of the parent does so for ever, be it a request that waits or the pool's lock.  The
    sockets are closed, here alone: held open they would keep upstream from hearing that the parent has left.
    """
    for connection in pool._connections:
        with suppress(AttributeError, OSError):
            connection._connection._network_stream.close()
    pool._connections.clear()
    pool._requests.clear()
    with suppress(AttributeError):
        pool._optional_thread_lock = type(pool._optional_thread_lock)()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
