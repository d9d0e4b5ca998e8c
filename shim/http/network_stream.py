"""A connection as a network stream of the HTTP libraries."""

import socket
from typing import Any, Final

from shim.http.connection import Connection


class NetworkStream:
    """A network stream in the sense of the HTTP libraries, with which a wait for an answer is interrupted.

    It belongs to the connection's current exchange.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection
        self._exchange: Final = connection.exchange

    def get_extra_info(self, name: str) -> Any:
        """``socket``: an object that can be shut down from any thread; other values are the transport's."""
        return self if name == "socket" else self._connection.transport.get_extra_info(name)

    def shutdown(self, how: int = socket.SHUT_RDWR) -> None:
        """As a socket's."""
        self._connection.interrupt(self._exchange)
