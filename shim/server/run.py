"""Serving: where to listen, and what to refuse before that."""

import asyncio
import math
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import uvicorn

from shim.server.app import application
from shim.server.hosts import is_loopback, listed
from shim.server.protocol import timed
from shim.settings import Settings

#: Seconds that a connection may be idle: longer than the SDKs keep theirs, so that theirs end first.
IDLE: Final = 75


#: Seconds for the last events and the last answers to reach their readers, before connections are dropped.
FAREWELL: Final = 1.0


class Tls(NamedTuple):
    """Files in PEM, by the names that the web server has for them."""

    ssl_certfile: str
    ssl_keyfile: str | None


class Server(uvicorn.Server):
    """Says where it listens, once it does; ends streams with a last event when it is told to stop."""

    def __init__(self, config: uvicorn.Config, grace: float, listening: Callable[[str], None]) -> None:
        super().__init__(config)
        self._grace, self._listening = grace, listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            host = self.config.host
            scheme = "https" if self.config.is_ssl else "http"
            self._listening(f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}/v1")

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
        await application.state.leave(self._grace)
        await asyncio.sleep(FAREWELL)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def configured(
    host: str, port: int, chosen: Settings, allow_remote: bool = False, tls: Tls | None = None
) -> uvicorn.Config:
    """The web server around the application."""
    proxies = listed(chosen.trusted_proxies)
    more: dict[str, Any] = tls._asdict() if tls else {}
    return uvicorn.Config(
        application(chosen, allow_remote=allow_remote),
        host=host,
        port=port,
        log_level="warning",
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


def serve(
    host: str,
    port: int,
    chosen: Settings,
    allow_remote: bool,
    listening: Callable[[str], None],
    tls: Tls | None = None,
) -> None:
    """Serve until interrupted.  ``listening`` is told the base URL when it is so far."""
    Server(configured(host, port, chosen, allow_remote, tls), chosen.exit_grace, listening).run()


def is_itself(upstream: str, host: str, port: int) -> bool:
    """Whether an upstream's address is where the server is to listen: it would ask itself for ever."""
    parts = urlsplit(upstream)
    theirs, usual = parts.hostname or "", 443 if parts.scheme == "https" else 80
    return (parts.port or usual) == port and (theirs == host or (is_loopback(theirs) and is_loopback(host)))
