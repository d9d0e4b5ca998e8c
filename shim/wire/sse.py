"""Server-sent events, both ways: bytes to events from any Responses server, events to bytes as the Assistants API
framed them.

Reading is lenient (LF or CRLF, several ``data:`` lines, comments, no ``event:`` line, a stray ``[DONE]``); the
payload's own ``type`` names the event, because some servers send no ``event:`` line; where it has none, the line does.
Writing is exact: ``event: NAME``, one ``data:`` line of compact JSON with non-ASCII characters unescaped, a blank line.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from pydantic_core import from_json

from shim.wire import encoding

Json = dict[str, Any]

DONE: Final = b"event: done\ndata: [DONE]\n\n"


class Malformed(ValueError):
    """A ``data:`` line that is no JSON object."""


def encode(name: str, data: Json) -> bytes:
    """One event on the wire."""
    return b"event: %b\ndata: %b\n\n" % (encoding.utf8(name), encoding.compact(data))


class Reader:
    """Cuts a byte stream into JSON events.  However the bytes are cut, the same events come out in the same order."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._halves = Halves()

    def feed(self, chunk: bytes) -> list[Json]:
        """The events that ``chunk`` completes; what is incomplete waits for more.  Raises `Malformed`."""
        if b"\n" not in chunk and b"\r" not in chunk:
            # Nothing can end here.  Joining only at line ends keeps a large event in small pieces linear.
            self._pending.append(chunk)
            return []
        data = b"".join([*self._pending, chunk])
        if b"\r" in data:
            data = _plain_line_ends(data)
        *blocks, rest = data.split(b"\n\n")
        self._pending = [rest] if rest else []
        return self._halves.joined([event for block in blocks if (event := _event(block)) is not None])

    def close(self) -> list[Json]:
        """The event that lacks only its closing blank line, if any.  Half an event is nothing."""
        block = b"".join(self._pending)
        self._pending = []
        try:
            event = _event(_plain_line_ends(block))
        except Malformed:
            return []
        return self._halves.joined([] if event is None else [event])


class Halves:
    """Joins a character that upstream cut in two between two deltas.

    A delta that ends with the first half is given without it, and the next delta of the same place begins with it.
    Where none follows, the half is given by itself before whatever comes instead: the finished text ends with it, too.
    """

    def __init__(self) -> None:
        self._held: dict[str, Json] = {}

    def joined(self, events: list[Json]) -> list[Json]:
        """The events, in order; a delta of which nothing is left is left out."""
        if not self._held and not any(_is_cut(event.get("delta")) for event in events):
            return events
        return [each for event in events for each in self._one(event)]

    def _one(self, event: Json) -> Iterator[Json]:
        delta, place = event.get("delta"), repr([event.get(name) for name in PLACE])
        if not isinstance(delta, str):
            yield from self._held.values()
            self._held.clear()
            yield event
            return
        if place in self._held:
            delta = encoding.joined(self._held.pop(place)["delta"] + delta)
        if _is_cut(delta):
            self._held[place], delta = event | {"delta": delta[-1]}, delta[:-1]
        if delta:
            yield event | {"delta": delta}


#: What says to which text a delta belongs.
PLACE: Final = ("type", "item_id", "output_index", "content_index", "summary_index")


def _is_cut(delta: Any) -> bool:
    """Whether a text ends with the first half of a character."""
    return isinstance(delta, str) and "\ud800" <= delta[-1:] <= "\udbff"


def _plain_line_ends(data: bytes) -> bytes:
    """CRLF and CR as LF.  A CR at the very end may be half of a CRLF, so it stays and waits for its other half."""
    held = data.endswith(b"\r")
    return data[: -1 if held else None].replace(b"\r\n", b"\n").replace(b"\r", b"\n") + b"\r" * held


def _event(block: bytes) -> Json | None:
    lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
    data = b"\n".join(lines)
    if not data or data.startswith(b"[DONE]"):
        return None
    try:
        event = _parsed(data)
    except ValueError as problem:
        raise Malformed(f"a data line that is no JSON: {data[:80]!r}") from problem
    if not isinstance(event, dict):
        raise Malformed(f"a data line that is no object: {data[:80]!r}")
    if not isinstance(event.get("type"), str):
        event["type"] = _named(block, event)
    return event


def _named(block: bytes, event: Json) -> str:
    """What an event is that does not say so itself.  Some servers send a bare error."""
    lines = [line[6:].strip() for line in block.split(b"\n") if line.startswith(b"event:")]
    return lines[-1].decode("utf-8", "replace") if lines else ("error" if event.get("error") else "")


def _parsed(data: bytes) -> Any:
    try:
        return from_json(data)
    except ValueError:
        # The fast parser refuses an escaped half of a surrogate pair, which the slow one knows.
        return json.loads(data)
