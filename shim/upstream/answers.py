"""Reads the body of an answer with status 200 as events, in any form in which servers send it.

Most servers send server-sent events.  A server that does not stream sends one JSON object: it is turned into the first
and the last event of a stream, so that the same code reads both.  The first bytes decide which of the two it is, as
proxies send wrong content types.  A body that is neither a stream nor a response raises `NoResponse`, in spite of the
status.
"""

import json
from typing import Final

from shim.wire import sse
from shim.wire.types import Json

#: The statuses of a response, and whether a response of that status must have a list of output items.
STATUSES: Final[dict[str, bool]] = {
    "completed": True,
    "incomplete": False,
    "failed": False,
    "cancelled": False,
    "in_progress": False,
    "queued": False,
}
#: The final ones of them.
FINISHED: Final = ("completed", "incomplete", "failed", "cancelled")
#: How many characters of an unexpected body are shown.
SHOWN: Final = 80
_BOM: Final = b"\xef\xbb\xbf"
PARTS: Final = (_BOM[:1], _BOM[:2])


class NoResponse(ValueError):
    """The server answered with status 200, but the body is not a response of the Responses API."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The upstream server answered with status 200, but sent {what} instead of a response.")


class Body:
    """Takes the bytes of a body as they arrive, and returns the events that they complete."""

    def __init__(self, limits: sse.Limits = sse.LIMITS) -> None:
        self._limits: Final = limits
        self._reader = sse.Reader(limits)
        self._start = b""
        self._stream: bool | None = None
        self._pieces = bytearray()
        self._begun = False

    def feed(self, chunk: bytes) -> list[Json]:
        """The events that ``chunk`` completes."""
        if self._stream is None:
            self._start += chunk
            if (start := _beginning(self._start)) is None:
                # White space before the body is dropped, so that it needs no memory.
                self._start = self._start if self._start in PARTS else b""
                return []
            # No line of an event stream begins like JSON.
            self._stream, chunk = start[:1] not in (b"{", b"["), start
            self._start = b""
        if not self._stream:
            self._pieces += chunk
            self._limits.check_event(len(self._pieces), "An answer")
            return []
        if not self._begun:
            self._start = (self._start + chunk[:SHOWN])[:SHOWN]
        return self._noted(self._reader.feed(chunk))

    def close(self) -> list[Json]:
        """The events that the end of the body completes.  Raises `NoResponse`."""
        if self._pieces:
            return unfolded(_parsed(bytes(self._pieces)))
        events = self._noted(self._reader.close())
        if not self._begun:
            raise NoResponse(_described(self._start))
        return events

    def _noted(self, events: list[Json]) -> list[Json]:
        if not self._begun:
            kinds = [event["type"] for event in events]
            self._begun = any(kind.startswith("response.") or kind == "error" for kind in kinds)
        return events


def _beginning(start: bytes) -> bytes | None:
    """The first character of a body, without a byte order mark and white space; None while more bytes are needed."""
    if start in PARTS:
        return None
    return start.removeprefix(_BOM).lstrip() or None


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise NoResponse(f"JSON that cannot be read ({body[:SHOWN].decode('utf-8', 'replace')!r})") from problem


def unfolded(answer: object) -> list[Json]:
    """A whole response as the events of a stream: the first, and the last with everything.  Raises `NoResponse`."""
    if isinstance(answer, dict) and refuses(answer):
        return [{"type": "error", "error": answer["error"]}]
    response = checked(answer)
    status = response.get("status") or "completed"
    if status not in FINISHED:
        raise NoResponse(f"a response that is not finished (status {status!r})")
    opened = {"type": "response.created", "response": response | {"status": "in_progress"}}
    return [opened, {"type": f"response.{status}", "response": response}]


def of_text(text: str) -> object:
    """The JSON in a body with another content type.  Raises `NoResponse`."""
    body = text.encode("utf-8", "replace").strip()
    if body[:1] in (b"{", b"["):
        return _parsed(body)
    raise NoResponse(_described(body[:SHOWN]))


def refuses(answer: Json) -> bool:
    """Whether an answer with status 200 is a refusal, as some proxies send it, and not a response that has failed."""
    return bool(answer.get("error")) and not answer.get("status")


def checked(answer: object) -> Json:
    """The answer, if it is a response.  Raises `NoResponse`.

    A few servers leave `object` or `status` out: then the list of output items shows that it is one.
    """
    if not isinstance(answer, dict):
        raise NoResponse(f"JSON that is no object ({type(answer).__name__})")
    if answer.get("object", "response") != "response":
        raise NoResponse(f"an object of the kind {str(answer['object'])[:SHOWN]!r}")
    status = answer.get("status")
    if status is not None and str(status) not in STATUSES:
        raise NoResponse(f"an object with the status {str(status)[:SHOWN]!r}")
    whole = isinstance(answer.get("output"), list)
    marked = status is not None and (answer.get("object") == "response" or bool(answer.get("error")))
    if not whole and (not marked or STATUSES[str(status)]):
        fields = ", ".join(map(str, list(answer)[:8]))[:SHOWN] or "no fields"
        raise NoResponse(f"an object without output (with {fields})")
    return answer


def _described(start: bytes) -> str:
    if not start.strip():
        return "an empty body"
    if start.startswith(b"<"):
        return "a web page"
    return f"no event of such a response, but {start.decode('utf-8', 'replace')!r}"
