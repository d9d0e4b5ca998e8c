"""Closes useless connections: the request's head does not come or does not end, or the answer is not read."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shim.server.line import SCOPE_KEY, Line

#: Seconds in which a caller must read a part of the answer, when the buffers are full.
UNTAKEN: Final = 600.0
TOO_LONG: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 31\r\nconnection: close\r\n\r\nThe request's head is too long."
)


class Timed(HttpToolsProtocol):
    """``head``: seconds that a request's head may take; ``longest``: its largest size in bytes.  The application limits
    the time of the body.
    """

    head: float = 60.0
    longest: int = 65_536

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._awaited: asyncio.TimerHandle | None = None
        self._untaken: asyncio.TimerHandle | None = None
        self._coming = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._line = Line(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._awaited, self._untaken):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)
        self._line.lose()

    def data_received(self, data: bytes) -> None:
        awaited = self._awaited
        super().data_received(data)
        # The head has not ended in these bytes.
        if awaited is not None and self._awaited is awaited:
            self._coming += len(data)
            if self._coming > self.longest and not self.transport.is_closing():
                self.transport.write(TOO_LONG)
                self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: Any = self.scope
        scope[SCOPE_KEY] = self._line
        self._await_head()

    def on_headers_complete(self) -> None:
        if self._awaited is not None:
            self._awaited.cancel()
            self._awaited = None
        super().on_headers_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._untaken = self.loop.call_later(UNTAKEN, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._untaken is not None:
            self._untaken.cancel()

    def _await_head(self) -> None:
        """The time is counted from the connection's beginning, or from a later head's first byte, whatever arrives
        meanwhile.
        """
        if self._awaited is None:
            self._coming = 0
            self._awaited = self.loop.call_later(self.head, self.transport.close)


def timed(seconds: float, longest: int) -> type[Timed]:
    """The protocol with these limits."""
    return type("Timed", (Timed,), {"head": seconds, "longest": longest})
