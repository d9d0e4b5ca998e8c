"""Server-sent events, both ways: bytes to events from any Responses server, events to bytes as the Assistants API
framed them.

Reading is lenient (LF or CRLF, several ``data:`` lines, comments, no ``event:`` line, a stray ``[DONE]``); the
payload's own ``type`` names the event, because some servers send no ``event:`` line; where it has none, the line does.
Writing is exact: ``event: NAME``, one ``data:`` line of compact JSON with non-ASCII characters unescaped, a blank line.
"""

import json
from typing import Any, Final

from pydantic_core import from_json, to_json

Json = dict[str, Any]

#: Compact JSON, non-ASCII unescaped: the form that every recorded Assistants stream has.
dumps: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
DONE: Final = b"event: done\ndata: [DONE]\n\n"


class Malformed(ValueError):
    """A ``data:`` line that is no JSON object."""


def encode(name: str, data: Json) -> bytes:
    """One event on the wire."""
    try:
        text = to_json(data)
    except ValueError:
        # Half of a surrogate pair has no UTF-8; escaped it goes through, and the reader joins it with the other half.
        text = json.dumps(data, separators=(",", ":")).encode()
    return b"event: %b\ndata: %b\n\n" % (name.encode(), text)


class Reader:
    """Cuts a byte stream into JSON events.  However the bytes are cut, the same events come out in the same order."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []

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
        return [event for block in blocks if (event := _event(block)) is not None]

    def close(self) -> list[Json]:
        """The event that lacks only its closing blank line, if any.  Half an event is nothing."""
        block = b"".join(self._pending)
        self._pending = []
        try:
            event = _event(_plain_line_ends(block))
        except Malformed:
            return []
        return [] if event is None else [event]


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
