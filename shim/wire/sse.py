"""Server-sent events, both ways: bytes to events from any Responses server, events to bytes as the Assistants API
framed them.

Reading is lenient (LF or CRLF, several ``data:`` lines, comments, no ``event:`` line, a stray ``[DONE]``); the
payload's own ``type`` names the event, because some servers send no ``event:`` line; without a ``type``, the line does.
Writing is exact: ``event: NAME``, one ``data:`` line of compact JSON with non-ASCII characters unescaped, a blank line.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from shim.wire import encoding
from shim.wire.types import Json

DONE: Final = b"event: done\ndata: [DONE]\n\n"


#: The type of an event that replaces a ``data:`` line which is no JSON object, or is nested too deeply.  Later lines
#: may contain the same information.
UNREADABLE: Final = "unreadable"


class TooLarge(ValueError):
    """An event or answer is larger than `Limits` allow."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one answer is read at most, in bytes.

    ``event``: the largest event, and the largest answer that is no stream.  ``message``: all deltas of an answer
    together (text, arguments, code), without the JSON around each.  All other events of an answer together may be
    `ITEMS` times as large as one event.
    """

    event: int = 64_000_000
    message: int = 16_000_000

    def check_event(self, size: int, what: str = "An event") -> None:
        """Raises `TooLarge`."""
        check(what, size, self.event)


LIMITS: Final = Limits()
#: An answer contains its text several times: in the deltas, the ``done`` events, the finished items and the last event.
ITEMS: Final = 4


def check(what: str, size: int, limit: int) -> None:
    """Raises `TooLarge`."""
    if size > limit:
        raise TooLarge(f"{what} of the model is larger than {limit} bytes, the most that is read")


def encode(name: str, data: Json) -> bytes:
    """One event on the wire."""
    return b"%b%b\n\n" % (_beginning(name), encoding.compact(data))


@lru_cache(256)
def _beginning(name: str) -> bytes:
    """The lines before an event's data, cached, as there are few names."""
    return b"event: %b\ndata: " % encoding.utf8(name)


class Reader:
    """Cuts a byte stream into JSON events.  The result does not depend on how the bytes are cut.

    Takes time proportional to the bytes, and holds at most one event in memory.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits: Final = limits
        self._pending = bytearray()
        self._pending_cr = b""
        self._problem: TooLarge | None = None
        self._halves = Halves()
        self._deltas = self._items = 0

    def feed(self, chunk: bytes) -> list[Json]:
        """The events that ``chunk`` completes; an incomplete rest waits for the next chunk.

        Raises `TooLarge`; if complete events come before that one, they are returned first, and the next call raises.
        """
        self._raise()
        data = self._plain_line_ends(chunk)
        if self._pending:
            # Only the new bytes are searched: a large event in small pieces stays linear.
            start = len(self._pending) - 1
            self._pending += data
            if self._pending.find(b"\n\n", start) < 0:
                self._limits.check_event(len(self._pending))
                return []
            data = bytes(self._pending)
        *blocks, rest = data.split(b"\n\n")
        events = self._events(blocks)
        if rest or self._pending:
            self._pending = bytearray(rest)
            self._check_pending(bool(events))
        return self._halves.joined(events)

    def close(self) -> list[Json]:
        """The last event, if only its closing blank line is missing.  An incomplete line is dropped.

        Raises `TooLarge` if `feed` has not raised it yet.
        """
        self._raise()
        block = bytes(self._pending + self._pending_cr.replace(b"\r", b"\n"))
        self._pending, self._pending_cr = bytearray(), b""
        event = _event(block)
        return self._halves.joined([] if event is None or event["type"] == UNREADABLE else [event])

    def _plain_line_ends(self, chunk: bytes) -> bytes:
        """CRLF and CR as LF.  A CR at the very end may be half of a CRLF, so it waits for the next byte."""
        if not self._pending_cr and b"\r" not in chunk:
            return chunk
        data = self._pending_cr + chunk
        self._pending_cr = b"\r" if data.endswith(b"\r") else b""
        return data.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _events(self, blocks: list[bytes]) -> list[Json]:
        events: list[Json] = []
        for block in blocks:
            try:
                self._limits.check_event(len(block))
                event = _event(block)
                if event is not None:
                    self._count(event, len(block))
                    events.append(event)
            except TooLarge as problem:
                if not events:
                    raise
                # A reader that got the last event of an answer does not call again.
                self._problem = problem
                break
        return events

    def _count(self, event: Json, size: int) -> None:
        delta = event.get("delta")
        if isinstance(delta, str):
            self._deltas += len(delta)
            if self._deltas > self._limits.message:
                check("A message", self._deltas, self._limits.message)
        else:
            self._items += size
            check("An answer", self._items, ITEMS * self._limits.event)

    def _check_pending(self, later: bool) -> None:
        try:
            self._limits.check_event(len(self._pending))
        except TooLarge as problem:
            if not later:
                raise
            self._problem = self._problem or problem

    def _raise(self) -> None:
        if (problem := self._problem) is not None:
            self._problem = None
            raise problem


class Halves:
    """Joins a character that upstream cut in two between two deltas.

    A delta that ends with the first half is returned without it, and the next delta of the same text begins with it.
    If none follows, the half is returned as a delta of its own before the next event: the finished text ends with it,
    too.
    """

    def __init__(self) -> None:
        self._incomplete: dict[str, Json] = {}

    def joined(self, events: list[Json]) -> list[Json]:
        """The events, in order, without deltas that have become empty."""
        if not self._incomplete:
            for event in events:
                if _is_cut(event.get("delta")):
                    break
            else:
                return events
        return [each for event in events for each in self._one(event)]

    def _one(self, event: Json) -> Iterator[Json]:
        delta, position = event.get("delta"), repr([event.get(name) for name in POSITION])
        if not isinstance(delta, str):
            yield from self._incomplete.values()
            self._incomplete.clear()
            yield event
            return
        if position in self._incomplete:
            delta = encoding.joined(self._incomplete.pop(position)["delta"] + delta)
        if _is_cut(delta):
            self._incomplete[position], delta = event | {"delta": delta[-1]}, delta[:-1]
        if delta:
            yield event | {"delta": delta}


#: The fields that identify the text to which a delta belongs.
POSITION: Final = ("type", "item_id", "output_index", "content_index", "summary_index")


def _is_cut(delta: Any) -> bool:
    """Whether a text ends with the first half of a character."""
    return isinstance(delta, str) and "\ud800" <= delta[-1:] <= "\udbff"


def _event(block: bytes) -> Json | None:
    data = _data(block)
    if not data or data.startswith(b"[DONE]"):
        return None
    try:
        event = encoding.from_json(data)
    except (ValueError, RecursionError) as problem:
        event = _parsed(data, problem)
    if not isinstance(event, dict):
        return {"type": UNREADABLE}
    if not isinstance(event.get("type"), str):
        event["type"] = _type_of(block, event)
    return event


def _type_of(block: bytes, event: Json) -> str:
    """The type of an event without ``type``.  Some servers send a bare error object."""
    lines = [line[6:].strip() for line in block.split(b"\n") if line.startswith(b"event:")]
    return lines[-1].decode("utf-8", "replace") if lines else ("error" if event.get("error") else "")


def _parsed(data: bytes, problem: Exception) -> Any:
    """The result of the slow parser, or None: the fast one refuses an escaped half of a surrogate pair."""
    if "recursion" in str(problem):
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _data(block: bytes) -> bytes:
    """An event's data; usually there is one data line, and it is the last line."""
    start = block.find(b"data:")
    if start >= 0 and (not start or block[start - 1] == _LF) and block.find(b"\n", start) < 0:
        return block[start + 5 :].removeprefix(b" ")
    return b"\n".join([line[5:].removeprefix(b" ") for line in block.split(b"\n") if line.startswith(b"data:")])


_LF: Final = 10
