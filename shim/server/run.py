"""Runs the web server: listening, signals, the end."""

import asyncio
import ctypes
import gc
import logging
import math
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Final, NamedTuple, NoReturn
from urllib.parse import urlsplit

import uvicorn

from shim.server import workers
from shim.server.hosts import is_loopback, listed
from shim.server.protocol import timed
from shim.settings import Settings

log = logging.getLogger("shim")
#: The exit status of a process that could not start, as in the web server.
FAILED: Final = 3
#: Seconds that a connection may be idle: longer than in the SDKs, so that the client closes it first.
IDLE: Final = 75


#: Python's switch interval in seconds.  The store's threads need the interpreter after each of their short statements,
#: and a delayed one delays all other writers.
SWITCH: Final = 0.001
#: The name of a setting of glibc (malloc.h).
M_ARENA_MAX: Final = -8
#: Seconds for the last events and the last answers to reach their readers, before connections are dropped.
FAREWELL: Final = 1.0


class Tls(NamedTuple):
    """Files in PEM, with the web server's names for them."""

    ssl_certfile: str
    ssl_keyfile: str | None


class Server(uvicorn.Server):
    """Reports its address when it listens; ends streams with a last event when it stops.

    ``drain``: seconds after the signal for which it still accepts requests, while `/readyz` answers 503.
    ``supervisor``: the process id of a worker's supervisor.  A worker whose supervisor was killed stops as if told to:
    nobody else could stop it, and it would keep the address.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        grace: float,
        listening: Callable[[str], None],
        drain: float = 0.0,
        supervisor: int | None = None,
    ) -> None:
        super().__init__(config)
        self._grace, self._listening, self._drain = grace, listening, drain
        self._supervisor, self._orphaned = supervisor, False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def on_tick(self, counter: int) -> bool:
        if self._supervisor is not None and os.getppid() != self._supervisor:
            log.warning("the supervisor %s has ended: this worker stops", self._supervisor)
            self._supervisor, self._orphaned = None, True
            self.handle_exit(signal.SIGTERM, None)
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        application: Any = self.config.app
        operations = application.state.operations
        if self._loop is None or not self._drain or operations.draining:
            # A second signal skips the wait.
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
            # Its exception is logged, too.
            with suppress(asyncio.CancelledError):
                await leaving
            if self._orphaned:
                workers.leave_folder()

    async def _leave(self) -> None:
        application: Any = self.config.app  # without uvicorn's middleware
        application.state.operations.draining = True
        await application.state.leave(self._grace)
        await asyncio.sleep(FAREWELL)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def configured(
    host: str, port: int, settings: Settings, allow_remote: bool = False, tls: Tls | None = None
) -> uvicorn.Config:
    """The web server around the application."""
    # Not loaded in a process that only supervises workers, which then needs half the memory.
    from shim.server.app import application

    proxies = listed(settings.trusted_proxies)
    more: dict[str, Any] = tls._asdict() if tls else {}
    return uvicorn.Config(
        application(settings, allow_remote=allow_remote),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        ws="none",
        server_header=False,
        date_header=False,
        timeout_keep_alive=IDLE,
        # The server ends everything itself before that.
        timeout_graceful_shutdown=math.ceil(settings.exit_grace + FAREWELL) + 5,
        limit_concurrency=settings.max_connections,
        http=timed(settings.request_timeout, settings.max_header_bytes),
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        **more,
    )


class Binding(NamedTuple):
    """Where to listen; ``fd``: an open socket to use instead of the address; ``supervisor``: the id of the process that
    opened it and supervises this one.
    """

    host: str
    port: int
    fd: int | None = None
    tls: Tls | None = None
    supervisor: int | None = None


def serve(binding: Binding, settings: Settings, allow_remote: bool, listening: Callable[[str], None]) -> None:
    """Serve until interrupted.  ``listening`` is called with the base URL when the server listens."""
    config = configured(binding.host, binding.port, settings, allow_remote, binding.tls)
    settle_in()
    sockets = [socket.socket(fileno=binding.fd)] if binding.fd is not None else None
    server = Server(config, settings.exit_grace, listening, settings.drain_seconds, binding.supervisor)
    server.run(sockets)
    if not server.started:
        raise SystemExit(FAILED)


def settle_in() -> None:
    """Settings for a process that only serves.  Its loaded modules are excluded from garbage collection: to search them
    again and again would delay every stream by a tenth of a second.
    """
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    with suppress(AttributeError, OSError, TypeError):
        # glibc has a heap for each thread, each with some unused megabytes.  Other systems do not have this function.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def serve_with_workers(
    arguments: list[str], binding: Binding, settings: Settings, listening: Callable[[str], None]
) -> NoReturn:
    """The same with several processes.  ``arguments``: the command line of each."""
    try:
        listener = workers.listening(binding.host, binding.port)
    except OSError as problem:
        log.error("cannot listen on %s:%s: %s", binding.host, binding.port, problem.strerror)
        raise SystemExit(FAILED) from problem
    workers.postpone_stops()
    with listener:
        listening(url(binding.host, listener.getsockname()[1], binding.tls is not None))
        grace = settings.drain_seconds + settings.exit_grace + FAREWELL + 10
        plan = workers.Plan(settings.workers, listener.fileno(), grace, settings.log_level, settings.log_format)
        workers.supervise(plan, arguments)


def url(host: str, port: int, secure: bool) -> str:
    """The base URL for clients."""
    return f"http{'s' if secure else ''}://{f'[{host}]' if ':' in host else host}:{port}/v1"


def is_itself(upstream: str, host: str, port: int) -> bool:
    """Whether an upstream's address is the server's own, so that it would send its requests to itself."""
    parts = urlsplit(upstream)
    upstream_host, usual = parts.hostname or "", 443 if parts.scheme == "https" else 80
    same_host = upstream_host == host or (is_loopback(upstream_host) and is_loopback(host))
    return (parts.port or usual) == port and same_host
