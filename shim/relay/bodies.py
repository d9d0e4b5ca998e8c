"""Bodies of answers for web frameworks (Starlette, FastAPI, Flask, Django, aiohttp): a stream of `stream_run` as bytes.

The events of a run are stored in a log of this process, and every body reads that log at its own speed: a slow browser
does not slow down others, and one whose connection dropped reconnects with ``Last-Event-ID`` and gets the events that
it has missed.  In another process, or too late, it gets the messages and the end of the run from the API.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, Final, overload

from shim.relay.frames import AssistantEvents, DataStream, Frames, JsonLines, describe
from shim.relay.log import LOGS, Log, Missed
from shim.relay.stream import NAME, AnyStream, AsyncRunStream, RunStream, follow_run
from shim.runtime import background

#: Seconds without an event after which a comment is sent, so that proxies keep the connection open.
HEARTBEAT: Final = 15.0
#: Seconds that a run with ``on_leave="cancel"`` waits for a reader to come back, before it is cancelled.
LINGER: Final = 5.0
#: Headers besides the content type: no proxy may buffer the events.
HEADERS: Final = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
DescribeFailure = Callable[[Exception], str]


class _Source:
    """Reads a stream into its log."""

    def __init__(self, stream: AnyStream, frames: Frames, linger: float, described: DescribeFailure) -> None:
        self.stream, self.frames = stream, frames
        self._linger, self._described = linger, described
        self.log: Final = Log(self._deserted)
        self._begun = False
        self._cancel: Callable[[], object] = stream.cancel

    def begin(self) -> None:
        """Start reading the stream to its end, with or without readers of the log; once."""
        if self._begun:
            return
        self._begun = True
        if isinstance(self.stream, RunStream):
            background.thread(partial(self._read_stream, self.stream), NAME)
        else:
            self._cancel = partial(asyncio.get_running_loop().call_soon_threadsafe, self.stream.cancel)
            background.task(self._read_stream_async(self.stream), NAME)

    def _read_stream(self, stream: RunStream) -> None:
        try:
            with stream:
                for event in stream:
                    self._add(event)
        except Exception as problem:  # noqa: BLE001 - the reader is told
            self.log.add(self.frames.failed(self._described(problem)))
        finally:
            self._end()

    async def _read_stream_async(self, stream: AsyncRunStream) -> None:
        try:
            async with aclosing(stream) as events:
                async for event in events:
                    self._add(event)
        except Exception as problem:  # noqa: BLE001 - the reader is told
            self.log.add(self.frames.failed(self._described(problem)))
        finally:
            self._end()

    def _add(self, event: Any) -> None:
        run = self.stream.run
        run_id = "" if run is None else run.id
        if run_id and self.log.next_number == 1:
            LOGS.put(self.stream.thread_id, run_id, self.log)
        self.log.add(self.frames.event(event, f"{run_id}:{self.log.next_number}"))

    def _end(self) -> None:
        self.log.add(self.frames.end())
        self.log.end()

    def _deserted(self) -> None:
        if self.stream.on_leave == "cancel":
            background.thread(self._wait_for_a_reader, NAME)

    def _wait_for_a_reader(self) -> None:
        if not self.log.is_read.wait(self._linger) and self.log.ended_at is None:
            # In a closed loop there is nothing to cancel.
            with suppress(RuntimeError):
                self._cancel()


class _Body:
    """The common part of blocking and async bodies: a reader of a log with its position.  ``headers``: for the
    answer.
    """

    def __init__(self, begin: Callable[[], None], log: Log, frames: Frames, after: int, heartbeat: float) -> None:
        self.headers: Final = {"Content-Type": frames.content_type, **HEADERS}
        self._begin, self._log, self._frames = begin, log, frames
        self._after, self._heartbeat = after, heartbeat
        self._is_open = self._is_over = False
        self._bell: Any = None

    def _opened(self, bell: Any) -> bytes:
        """The first bytes."""
        self._is_open, self._bell = True, bell
        self._log.watch(bell)
        self._begin()
        return self._frames.begin()

    def _more(self) -> bytes | None:
        """The pieces that have come since the last call; None at the end."""
        is_ended = self._log.ended_at is not None
        try:
            pieces = self._log.after(self._after)
        except Missed:
            self._leave()
            return self._frames.failed("This reader was too slow.")
        self._after += len(pieces)
        # A piece may be empty: some formats have no form for some events.
        chunk = b"".join(pieces)
        if is_ended and not chunk:
            self._leave()
            return None
        return chunk

    def _leave(self) -> None:
        self._is_over = True
        if self._bell is not None:
            self._log.unwatch(self._bell)

    def __del__(self) -> None:
        # Some frameworks drop the body of a disconnected reader without closing it.
        self._leave()


class Body(_Body, Iterator[bytes]):
    """The body of an answer, for frameworks that iterate in a thread."""

    def __next__(self) -> bytes:
        if not self._is_open and not self._is_over:
            self._rung = threading.Event()
            if first := self._opened(self._rung.set):
                return first
        while not self._is_over:
            self._rung.clear()
            if (chunk := self._more()) is None:
                break
            if chunk:
                return chunk
            if not self._rung.wait(self._heartbeat):
                return self._frames.pause
        raise StopIteration

    def close(self) -> None:
        """The reader has left."""
        self._leave()


class AsyncBody(_Body, AsyncIterator[bytes]):
    """The body of an answer, for frameworks that iterate on an event loop."""

    async def __anext__(self) -> bytes:
        if not self._is_open and not self._is_over:
            self._rung = asyncio.Event()
            if first := self._opened(partial(_ring, asyncio.get_running_loop(), self._rung)):
                return first
        while not self._is_over:
            self._rung.clear()
            if (chunk := self._more()) is None:
                break
            if chunk:
                return chunk
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._rung.wait(), self._heartbeat)
                continue
            return self._frames.pause
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """The reader has left."""
        self._leave()


def _ring(loop: asyncio.AbstractEventLoop, bell: asyncio.Event) -> None:
    # The waiting reader may be gone, and its loop closed.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(bell.set)


@overload
def to_sse(
    stream: RunStream,
    *,
    last_event_id: str | None = None,
    heartbeat: float = HEARTBEAT,
    linger: float = LINGER,
    describe_failure: DescribeFailure = describe,
) -> Body: ...


@overload
def to_sse(
    stream: AsyncRunStream,
    *,
    last_event_id: str | None = None,
    heartbeat: float = HEARTBEAT,
    linger: float = LINGER,
    describe_failure: DescribeFailure = describe,
) -> AsyncBody: ...


def to_sse(
    stream: AnyStream,
    *,
    last_event_id: str | None = None,
    heartbeat: float = HEARTBEAT,
    linger: float = LINGER,
    describe_failure: DescribeFailure = describe,
) -> Body | AsyncBody:
    """A stream as server-sent events with the names of the Assistants API.

    ``last_event_id``: the header ``Last-Event-ID`` of the request.  If it is given, no run is started: the body
    continues after that event in the event's run, which must belong to the same thread; ``RUN_ID:0`` is the run's
    beginning.  ``heartbeat``: seconds of silence after which a comment is sent.  ``linger``: seconds that a run with
    ``on_leave="cancel"`` waits for a reader to come back.  ``describe_failure``: returns the text that a browser gets
    for an exception.
    """
    frames = AssistantEvents()
    run_id, colon, number = (last_event_id or "").rpartition(":")
    if colon and number.isdecimal():
        log = LOGS.get(stream.thread_id, run_id)
        if log is not None and log.has(int(number)):
            return _kind(stream)(_nothing, log, frames, int(number), heartbeat)
        stream = follow_run(stream.client, stream.thread_id, run_id)
    return _body(stream, frames, heartbeat, linger, describe_failure)


@overload
def to_json_lines(stream: RunStream, *, linger: float = LINGER) -> Body: ...


@overload
def to_json_lines(stream: AsyncRunStream, *, linger: float = LINGER) -> AsyncBody: ...


def to_json_lines(stream: AnyStream, *, linger: float = LINGER) -> Body | AsyncBody:
    """A stream as ``AssistantStream.fromReadableStream()`` of the SDK for Node reads it: one event a line."""
    return _body(stream, JsonLines(), HEARTBEAT, linger, describe)


@overload
def to_data_stream(stream: RunStream, *, message_id: str, linger: float = LINGER) -> Body: ...


@overload
def to_data_stream(stream: AsyncRunStream, *, message_id: str, linger: float = LINGER) -> AsyncBody: ...


def to_data_stream(stream: AnyStream, *, message_id: str, linger: float = LINGER) -> Body | AsyncBody:
    """A stream as ``useAssistant`` of AI SDK 4 reads it.  ``message_id``: that of the user's message in the thread."""
    return _body(stream, DataStream(stream.thread_id, message_id), HEARTBEAT, linger, describe)


def _body(
    stream: AnyStream, frames: Frames, heartbeat: float, linger: float, described: DescribeFailure
) -> Body | AsyncBody:
    source = _Source(stream, frames, linger, described)
    return _kind(stream)(source.begin, source.log, frames, 0, heartbeat)


def _kind(stream: AnyStream) -> type[Body] | type[AsyncBody]:
    return Body if isinstance(stream, RunStream) else AsyncBody


def _nothing() -> None:
    """Used for a run whose events are already in a log."""
