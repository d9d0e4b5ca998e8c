"""An HTTP server on the loopback address that runs for the duration of a ``with`` block; and ports for tests."""

import random
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final

from typing_extensions import Self

#: Ports below those that the system gives to sockets without a chosen port, on Linux and macOS.
CHOSEN: Final = range(15_000, 32_000)


@contextmanager
def refusing_port() -> Iterator[int]:
    """A port that refuses connections.  It stays taken, so that no server of another test gets it meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def free_port() -> int:
    """A port for a program that needs its number beforehand.  The system gives it to nobody else meanwhile."""
    while True:
        port = random.choice(CHOSEN)
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, owner: Any, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.owner = owner

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore connections that break because a test killed the client during a request."""
        if not isinstance(sys.exc_info()[1], (OSError, ValueError)):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers a connection's requests; ``server.owner`` is the `Listening` object."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class Listening:
    """``with Subclass() as server: OpenAI(base_url=server.url)``; ``handler`` answers the requests."""

    handler: ClassVar[type[Handler]]

    def __enter__(self) -> Self:
        self._http = _Server(self, self.handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._http.server_port}"

    @property
    def url(self) -> str:
        """The base URL for a client, ``/v1`` included."""
        return f"http://{self.host}/v1"
