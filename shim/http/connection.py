"""One HTTP/1.1 connection to an upstream, on asyncio: few writes per request, answers read by a parser in C.

The server reads its requests with the same parser.

It is used for one exchange at a time.  Anything that is not plain HTTP/1.1 ends the connection: nothing is guessed.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import httptools

from shim.http.addresses import is_readable
from shim.http.guard import http
from shim.http.pace import Pace
from shim.upstream.colours import OfBytes, Offer

#: The largest number of bytes of an answer's head, or between two pieces of its body.
LONGEST: Final = 131_072
#: Bytes that may wait for their reader: reading from upstream pauses at the first number, and goes on at the second.
FULL: Final = 262_144
LOW: Final = 65_536
#: The error of an answer that breaks off.
SILENT: Final = "Server disconnected without sending a response."
MALFORMED: Final = "the answer is no plain HTTP/1.1:"
BROKEN_OFF: Final = "peer closed connection without sending complete message body"


class Connection(asyncio.Protocol):
    """``gone``: called once when the connection cannot be used for another exchange.

    ``head``: the answer's status, reason and headers, after they have arrived; ``complete``: its body has arrived, too.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, gone: "Callable[[Connection], None]", pace: Pace) -> None:
        self.loop: Final = loop
        self._pace: Final = pace
        self._gone: Callable[[Connection], None] | None = gone
        self.idle_since = 0.0
        self.transport: Any = None
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline, self._late = 0.0, (http.ReadTimeout, "")
        self._patience: float | None = None
        self._busy = self._full = self._paused = False
        self._sent = True
        #: Called with bytes of the body that have arrived while the reader waits for them.  The reader goes on waiting,
        #: unless they are left to it.
        self.listener: OfBytes | None = None
        self._held: asyncio.TimerHandle | None = None
        #: The number of the exchange.
        self.exchange = 0
        self.begin()
        self._busy = False

    def begin(self) -> None:
        """Begin an exchange."""
        self.exchange += 1
        self._parser: Any = httptools.HttpResponseParser(self)
        self._reason, self._headers = b"", list[tuple[bytes, bytes]]()
        self.head: tuple[int, bytes, list[tuple[bytes, bytes]]] | None = None
        self.complete = self._spoiled = self._framed = self._answered = False
        self._problem: Exception | None = None
        self._pieces, self._unread, self._loose = list[bytes](), 0, 0
        self._busy, self._sent = True, False
        self._flowing = False
        self.listener = None

    @property
    def version(self) -> bytes:
        """The HTTP version of the answer."""
        return b"HTTP/" + str(self._parser.get_http_version()).encode()

    @property
    def reusable(self) -> bool:
        """Whether the exchange has ended and another one may follow on this connection."""
        return self.complete and self._sent and not self._spoiled and not self.transport.is_closing()

    @property
    def stale(self) -> bool:
        """Whether an idle connection has been closed, or has received bytes without a request."""
        return bool(self.transport.is_closing()) or is_readable(self.transport.get_extra_info("socket"))

    def rest(self) -> None:
        """End the exchange; the connection is idle."""
        self._busy, self.idle_since = False, self.loop.time()
        self._parser = self.listener = None
        self._release()
        self._quiet()
        self._flow()

    def abort(self) -> None:
        """Close it at once, also during an exchange."""
        self._release()
        self._quiet()
        if self.transport is not None:
            self.transport.abort()
        self._leave()

    def interrupt(self, exchange: int) -> None:
        """End the reader's wait with an error, if the exchange with this number still goes on.  Safe in any thread."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._interrupted, exchange)

    def _interrupted(self, exchange: int) -> None:
        # On a busy loop this comes late: the connection may already be used for the request of another run.
        if exchange == self.exchange:
            self._fail(http.ReadError("the wait for the answer was interrupted"))

    # Called by the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not self._busy or self.complete:
            # Bytes without a request: they could be taken for the answer to the next request.
            self._spoiled = True
            if not self._busy:
                self.abort()
            return
        self._answered = True
        self._loose += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as problem:
            self._spoiled = True
            self._fail(http.RemoteProtocolError(f"{MALFORMED} {problem}"))
        if self._loose > LONGEST and not self.complete:
            self._fail(http.RemoteProtocolError("the head of the answer is too long"))
        if self._unread > FULL and not self._paused and not self.transport.is_closing():
            self._paused = True
            self.transport.pause_reading()
        if self.listener is None:
            self._wake()
        else:
            self._offer(self.listener)

    def eof_received(self) -> bool:
        if self._busy and self.head is not None and not self._framed and self._problem is None:
            self.complete = self._spoiled = True
        self._end(None)
        return False

    def connection_lost(self, problem: Exception | None) -> None:
        self._end(problem)
        self._leave()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    # Called by the parser.

    def on_message_begin(self) -> None:
        if self.complete:
            self._spoiled = True

    def on_status(self, reason: bytes) -> None:
        # It may come in several parts.
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        # Trailers are left out.
        if self.head is None:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self.complete:
            return
        status = self._parser.get_status_code()
        if status < 200:
            # The final answer follows, except after 101, where the parser ends.
            self._reason, self._headers = b"", []
            return
        headers = {name.lower(): value.strip().lower() for name, value in self._headers}
        coded = headers.get(b"transfer-encoding")
        if coded not in (None, b"chunked"):
            self._fail(http.RemoteProtocolError(f"a transfer coding that is not known: {coded!r}"))
        self._framed = coded is not None or b"content-length" in headers or status in (204, 304)
        self.head = status, self._reason, self._headers

    def on_body(self, piece: bytes) -> None:
        if self.complete:
            return
        self._loose = 0
        self._pieces.append(piece)
        self._unread += len(piece)

    def on_message_complete(self) -> None:
        if self.head is not None:
            self.complete = True
            self._spoiled = self._spoiled or not self._parser.should_keep_alive()

    # Called by users of the connection.

    async def write(self, data: bytes, seconds: float | None) -> bool:
        """Send bytes; returns whether more should be sent: an answer that comes before the end of the request ends the
        sending.  Raises the HTTP library's errors.
        """
        if self.transport.is_closing():
            raise self._problem or http.WriteError(SILENT)
        self.transport.write(data)
        while self._full and self._problem is None and self.head is None:
            await self._wait(seconds, http.WriteTimeout, "the request could not be sent in time")
        if self._problem is not None and self.head is None:
            raise self._problem
        return self.head is None

    def written(self) -> None:
        """All bytes of the request were passed to the transport."""
        self._sent = not self._full

    async def answered(self, seconds: float | None) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        """Wait for the head of the answer.  Raises the HTTP library's errors."""
        while self.head is None:
            if self._problem is not None:
                raise self._problem
            await self._wait(seconds, http.ReadTimeout, "no answer came in time")
        return self.head

    async def read(self, seconds: float | None) -> bytes | None:
        """The part of the body that has arrived since the last call, in one piece; None at its end.  Raises the HTTP
        library's errors.
        """
        while not self._pieces:
            if self._problem is not None:
                raise self._problem
            if self.complete:
                return None
            await self._wait(seconds, http.ReadTimeout, "the answer did not go on in time")
        pieces = self._pieces
        self._pieces, self._unread = [], 0
        self._release()
        if self._paused:
            self._flow()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _flow(self) -> None:
        if self._paused and not self.transport.is_closing():
            self._paused = False
            self.transport.resume_reading()

    async def _wait(self, seconds: float | None, late: type[Exception], why: str) -> None:
        """Wait for an event, or raise ``late`` at the deadline.  One timer serves many waits, as most of them are
        short.
        """
        self._waiter, self._patience = self.loop.create_future(), seconds
        if seconds is not None:
            self._deadline, self._late = self.loop.time() + seconds, (late, why)
            if self._timer is None or self._timer.when() > self._deadline:
                self._quiet()
                self._timer = self.loop.call_at(self._deadline, self._tick)
        else:
            self._quiet()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _tick(self) -> None:
        self._timer = None
        if self._waiter is None or self._waiter.done():
            # No wait, or one that bytes ended in this turn of the loop.
            return
        if self.loop.time() < self._deadline:
            self._timer = self.loop.call_at(self._deadline, self._tick)
            return
        late, why = self._late
        self._fail(late(why))

    def _quiet(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _offer(self, listener: OfBytes) -> None:
        """Let the listener take what has arrived, or wake the reader.  Bytes that complete the body, or that come
        behind others which the reader has not got yet, are the reader's.

        While the listener takes all that comes and the process is busy, bytes are held for a moment: they and those
        that follow are taken together.
        """
        if self.complete or self._problem is not None or not self._is_awaited():
            self._wake()
            return
        now = self.loop.time()
        self._deadline = now + (self._patience or 0.0)
        if self._unread > LOW or not self._flowing:
            self._deliver(listener)
        elif self._held is None:
            if seconds := self._pace.delay(now):
                self._held = self.loop.call_later(seconds, self._deliver, listener)
            else:
                self._deliver(listener)

    def _deliver(self, listener: OfBytes) -> None:
        self._release()
        pieces = self._pieces
        if not pieces or not self._is_awaited():
            return
        offered = listener(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        self._flowing = offered is Offer.TAKEN or (self._flowing and offered is Offer.EMPTY)
        if offered is Offer.LEFT:
            self._wake()
            return
        self._pieces, self._unread = [], 0
        if self._paused:
            self._flow()

    def _release(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None

    def _is_awaited(self) -> bool:
        """Whether the reader waits and has not been woken."""
        return self._waiter is not None and not self._waiter.done()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, problem: Exception) -> None:
        if self._busy and not self.complete and self._problem is None:
            self._problem = problem
            self._spoiled = True
            self._wake()
            if self.transport is not None:
                self.transport.abort()

    def _end(self, problem: Exception | None) -> None:
        """Record that nothing more will arrive."""
        if problem is not None:
            self._fail(http.ReadError(str(problem) or type(problem).__name__))
        self._fail(http.RemoteProtocolError(BROKEN_OFF if self._answered else SILENT))
        self._wake()

    def _leave(self) -> None:
        self._parser = None
        gone, self._gone = self._gone, None
        if gone is not None:
            gone(self)
