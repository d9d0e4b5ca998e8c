"""Offers an answer's events to a listener as soon as their bytes arrive, before the task that reads the answer wakes.

A token would otherwise pass through that task and all its generators.  See `shim.ports.Answer.listen`.
"""

from collections.abc import Iterator
from typing import Final

from shim.ports import Listener
from shim.upstream import answers
from shim.upstream.colours import Offer
from shim.wire.types import Json


class Reader:
    """Reads a body in two places: `offer` is called by the event loop while the reader waits, `feed` by the reader with
    bytes that were not taken, in order.
    """

    def __init__(self, body: answers.Body, listener: Listener | None) -> None:
        self._body: Final = body
        self._listener: Final = listener
        self._events: list[Json] = []
        self._parsed = 0
        self._problem: Exception | None = None

    def offer(self, chunk: bytes) -> Offer:
        """Offer the events of a chunk to the listener.  Never raises."""
        if self._listener is None:
            return Offer.LEFT
        try:
            events = self._body.feed(chunk)
            if not events:
                return Offer.EMPTY
            if self._listener(events):
                return Offer.TAKEN
            self._events = events
        except Exception as problem:  # noqa: BLE001 - it is raised in the reader
            self._problem = problem
        # The reader gets this chunk, perhaps with more bytes behind it.
        self._parsed = len(chunk)
        return Offer.LEFT

    def feed(self, chunk: bytes) -> Iterator[list[Json]]:
        """The events that ``chunk`` completes.  Raises what the body or the listener has raised."""
        if self._parsed:
            problem, events, chunk = self._problem, self._events, chunk[self._parsed :]
            self._events, self._parsed, self._problem = [], 0, None
            if problem is not None:
                raise problem
            yield events
        if chunk and (events := self._body.feed(chunk)):
            yield events

    def close(self) -> list[Json]:
        """As the body's."""
        return self._body.close()
