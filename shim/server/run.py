"""Serving: where to listen, and what to refuse before that."""

import asyncio
import ctypes
import gc
import logging
import math
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import uvicorn

from shim.server import workers
from shim.server.hosts import is_loopback, listed
from shim.server.protocol import timed
from shim.settings import Settings

log = logging.getLogger("shim")
#: What a process exits with that could not begin, as the web server has it.
FAILED: Final = 3
#: Seconds that a connection may be idle: longer than the SDKs keep theirs, so that theirs end first.
IDLE: Final = 75


#: Seconds after which a thread that wants the interpreter is given it.  The store's threads want it after each of their
#: short statements, and one of them holds up all others that write.
SWITCH: Final = 0.001
#: The name of a setting of glibc (malloc.h).
M_ARENA_MAX: Final = -8
#: Seconds for the last events and the last answers to reach their readers, before connections are dropped.
FAREWELL: Final = 1.0


class Tls(NamedTuple):
    """Files in PEM, by the names that the web server has for them."""

    ssl_certfile: str
    ssl_keyfile: str | None


class Server(uvicorn.Server):
    """Says where it listens, once it does; ends streams with a last event when it is told to stop.

    ``drain``: seconds for which it takes requests after that, and says that it should get none.
    """

    def __init__(
        self, config: uvicorn.Config, grace: float, listening: Callable[[str], None], drain: float = 0.0
    ) -> None:
        super().__init__(config)
        self._grace, self._listening, self._drain = grace, listening, drain
        self._loop: asyncio.AbstractEventLoop | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        application: Any = self.config.app
        operations = application.state.operations
        if self._loop is None or not self._drain or operations.draining:
            # Whoever says it twice will not wait.
            super().handle_exit(sig, frame)
            return
        operations.draining = True
        log.info("told to stop: requests are taken for another %g seconds", self._drain)
        self._loop.call_soon_threadsafe(self._loop.call_later, self._drain, super().handle_exit, sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            self._listening(url(self.config.host, port, self.config.is_ssl))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        leaving = asyncio.create_task(self._leave())
        try:
            await super().shutdown(sockets)
        finally:
            leaving.cancel()
            # What went wrong in it is told, too.
            with suppress(asyncio.CancelledError):
                await leaving

    async def _leave(self) -> None:
        application: Any = self.config.app  # without what uvicorn puts around it
        application.state.operations.draining = True
        await application.state.leave(self._grace)
        await asyncio.sleep(FAREWELL)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def configured(
    host: str, port: int, chosen: Settings, allow_remote: bool = False, tls: Tls | None = None
) -> uvicorn.Config:
    """The web server around the application."""
    # A process that only watches others needs none, and is half as large without.
    from shim.server.app import application

    proxies = listed(chosen.trusted_proxies)
    more: dict[str, Any] = tls._asdict() if tls else {}
    return uvicorn.Config(
        application(chosen, allow_remote=allow_remote),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        ws="none",
        server_header=False,
        date_header=False,
        timeout_keep_alive=IDLE,
        # The server ends all by itself before that.
        timeout_graceful_shutdown=math.ceil(chosen.exit_grace + FAREWELL) + 5,
        limit_concurrency=chosen.max_connections,
        http=timed(chosen.request_timeout, chosen.max_header_bytes),
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        **more,
    )


class Place(NamedTuple):
    """Where to listen; ``fd``: an open socket, which is taken instead of an address of our own."""

    host: str
    port: int
    fd: int | None = None
    tls: Tls | None = None


def serve(place: Place, chosen: Settings, allow_remote: bool, listening: Callable[[str], None]) -> None:
    """Serve until interrupted.  ``listening`` is told the base URL when it is so far."""
    config = configured(place.host, place.port, chosen, allow_remote, place.tls)
    settle_in()
    sockets = [socket.socket(fileno=place.fd)] if place.fd is not None else None
    server = Server(config, chosen.exit_grace, listening, chosen.drain_seconds)
    server.run(sockets)
    if not server.started:
        raise SystemExit(FAILED)


def settle_in() -> None:
    """What suits a process that does nothing but serve.  The modules that it has loaded stay for ever: looked through
    again and again for garbage, they would hold up every stream for a tenth of a second.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    with suppress(AttributeError, OSError, TypeError):
        # glibc keeps a heap for each thread, and of each some megabytes that nobody uses.  Other systems have no such
        # function.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def serve_with_workers(arguments: list[str], place: Place, chosen: Settings, listening: Callable[[str], None]) -> None:
    """The same with several processes.  ``arguments``: of the command that each of them is."""
    try:
        listener = workers.listening(place.host, place.port)
    except OSError as problem:
        log.error("cannot listen on %s:%s: %s", place.host, place.port, problem.strerror)
        raise SystemExit(FAILED) from problem
    with listener:
        listening(url(place.host, listener.getsockname()[1], place.tls is not None))
        grace = chosen.drain_seconds + chosen.exit_grace + FAREWELL + 10
        raise SystemExit(workers.Workers(arguments, chosen.workers, listener, grace).run())


def url(host: str, port: int, secure: bool) -> str:
    """The base URL for clients."""
    return f"http{'s' if secure else ''}://{f'[{host}]' if ':' in host else host}:{port}/v1"


def is_itself(upstream: str, host: str, port: int) -> bool:
    """Whether an upstream's address is where the server is to listen: it would ask itself for ever."""
    parts = urlsplit(upstream)
    theirs, usual = parts.hostname or "", 443 if parts.scheme == "https" else 80
    return (parts.port or usual) == port and (theirs == host or (is_loopback(theirs) and is_loopback(host)))
