"""Connection pools to upstream: one for each process and event loop, as a shared connection would mix up answers.

The HTTP libraries have one pool of idle connections for each client.  A forked process inherits the pool, and two
processes on one connection would get each other's answers.  An async connection belongs to the loop that opened it, and
fails in any other one.
"""

import asyncio
import copy
import os
import weakref
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

#: The HTTP clients of this process.
_networks: "Final[weakref.WeakSet[Any]]" = weakref.WeakSet()


def keep_apart(network: Any) -> None:
    """Give an HTTP client of either library, blocking or async, separate pools.  A user's own transport without a pool
    is not changed.
    """
    if network in _networks:
        return
    _networks.add(network)
    for transport, pool in _pools(network):
        if hasattr(pool, "handle_async_request"):
            transport._pool = _ByLoop(pool)


def _pools(network: Any) -> Iterator[tuple[Any, Any]]:
    for transport in (network._transport, *network._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if hasattr(pool, "_connections"):
            yield transport, pool


class _ByLoop:
    """Replaces an async client's pool by one for each loop, all with the settings of the first."""

    def __init__(self, pool: Any) -> None:
        self._blank = pool
        self._by_loop: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mine(), name)

    def _mine(self) -> Any:
        loop = running_loop()
        if loop not in self._by_loop:
            # Open connections of a closed loop cannot be closed any more: they are dropped.
            for closed in [other for other in list(self._by_loop) if other is not None and other.is_closed()]:
                self._by_loop.pop(closed, None)
            self._by_loop[loop] = _empty(self._blank)
        return self._by_loop[loop]

    def forget(self) -> None:
        self._by_loop = {}


def by_origin(network: Any) -> None:
    """Give each transport of an async client a pool for each upstream, so that a slow one takes no connections from
    another.  The client's limits hold for each pool.
    """
    for transport, _ in _pools(network):
        split(transport)


def split(transport: Any) -> None:
    """The same for one transport of the HTTP library."""
    transport._pool = _ByOrigin(transport._pool)


class _ByOrigin:
    """Replaces an async transport's pool by one for each upstream, all with the settings of the first."""

    def __init__(self, pool: Any) -> None:
        self._blank = pool
        self._by_origin: dict[Any, Any] = {}

    async def handle_async_request(self, request: Any) -> Any:
        origin = request.url.origin
        key = (origin.scheme, origin.host, origin.port)
        if key not in self._by_origin:
            self._by_origin[key] = _empty(self._blank)
        return await self._by_origin[key].handle_async_request(request)

    async def __aenter__(self) -> "_ByOrigin":
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        for pool in self._by_origin.values():
            await pool.aclose()


def running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _empty(pool: Any) -> Any:
    new_pool = copy.copy(pool)
    new_pool._connections, new_pool._requests = [], []
    return new_pool


def _in_child() -> None:
    for network in list(_networks):
        for _, pool in _pools(network):
            if isinstance(pool, _ByLoop):
                pool.forget()
            else:
                _forget(pool)


def _forget(pool: Any) -> None:
    """Drop an inherited pool, as its lock and its requests may wait for a thread of the parent for ever.  The sockets
    are closed in this process only: if they stayed open, upstream would not notice that the parent has closed them.
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
