"""Connections that cost something and bring nothing are closed: a request whose head does not come, an answer that
nobody takes.
"""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds in which a caller must take a part of his answer, once the buffers on the way to him are full.
UNTAKEN: Final = 600.0


class Timed(H11Protocol):
    """``head``: seconds that a request's head may take.  How long its body may take the application decides."""

    head: float = 60.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._awaited: asyncio.TimerHandle | None = None
        self._untaken: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._awaited, self._untaken):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._untaken = self.loop.call_later(UNTAKEN, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._untaken is not None:
            self._untaken.cancel()

    def _await_head(self) -> None:
        """The time runs from a head's first byte, or from the connection's beginning, whatever comes meanwhile."""
        if self.conn.their_state is h11.IDLE:
            self._awaited = self._awaited or self.loop.call_later(self.head, self.transport.close)
        elif self._awaited is not None:
            self._awaited.cancel()
            self._awaited = None


def timed(seconds: float) -> type[Timed]:
    """The protocol with another patience."""
    return type("Timed", (Timed,), {"head": seconds})
