"""Events as bytes for a browser: one class for each form that front ends of the Assistants API read."""

import logging
from typing import Any, Final, Protocol

from shim.relay.rounds import RoundLimit
from shim.wire import encoding, sse

log = logging.getLogger("shim")


class Frames(Protocol):
    """``content_type``: of the body.  ``pause``: sent during silence; readers ignore it."""

    content_type: str
    pause: bytes

    def begin(self) -> bytes:
        """The bytes before all events."""
        ...

    def event(self, event: Any, id: str) -> bytes:
        """One event; ``id``: its position for readers.  Empty for an event that this format does not have."""
        ...

    def failed(self, message: str) -> bytes:
        """The end of a stream that failed, with a message for the reader."""
        ...

    def end(self) -> bytes:
        """The bytes after all events."""
        ...


class AssistantEvents:
    """Server-sent events as the Assistants API sent them: ``event: thread.message.delta``, ``data: {...}``, and one
    ``done`` at the end of the last round.  Each has an ``id``, which browsers send back as ``Last-Event-ID``.
    """

    content_type = "text/event-stream; charset=utf-8"
    pause = b": still here\n\n"

    def begin(self) -> bytes:
        # So that headers and a first byte are sent before the model has sent anything.
        return b": hello\n\n"

    def event(self, event: Any, id: str) -> bytes:
        return f"id: {id}\n".encode() + sse.encode(event.event, _plain(event.data))

    def failed(self, message: str) -> bytes:
        return sse.encode("error", _error(message))

    def end(self) -> bytes:
        return sse.DONE


class JsonLines:
    """One event a line, ``{"event": ..., "data": {...}}``, as ``AssistantStream.toReadableStream()`` of the SDK for
    Node writes and ``AssistantStream.fromReadableStream()`` reads it.
    """

    content_type = "application/x-ndjson; charset=utf-8"
    pause = b"\n"

    def begin(self) -> bytes:
        return b""

    def event(self, event: Any, id: str) -> bytes:
        return encoding.compact({"event": event.event, "data": _plain(event.data)}) + b"\n"

    def failed(self, message: str) -> bytes:
        return encoding.compact({"event": "error", "data": _error(message)["error"]}) + b"\n"

    def end(self) -> bytes:
        return b""


class DataStream:
    """The data stream of AI SDK 4, which ``useAssistant`` reads: ``CODE:JSON``, one part a line.

    ``message_id``: the user's message, which the front end gives this id.  Calls of functions are not shown, as they
    were not by the ``AssistantResponse`` of that SDK.
    """

    content_type = "text/plain; charset=utf-8"
    pause = b"\n"

    def __init__(self, thread_id: str, message_id: str) -> None:
        self._control: Final = {"threadId": thread_id, "messageId": message_id}

    def begin(self) -> bytes:
        return _part(5, self._control)

    def event(self, event: Any, id: str) -> bytes:
        if event.event == "thread.message.created":
            empty = [{"type": "text", "text": {"value": ""}}]
            return _part(4, {"id": event.data.id, "role": "assistant", "content": empty})
        if event.event == "thread.message.delta":
            parts = [part for part in event.data.delta.content or [] if part.type == "text" and part.text]
            return b"".join(_part(0, part.text.value) for part in parts if part.text.value)
        if event.event == "thread.run.failed" and event.data.last_error is not None:
            return self.failed(event.data.last_error.message)
        return b""

    def failed(self, message: str) -> bytes:
        return _part(3, message)

    def end(self) -> bytes:
        return b""


def describe(problem: Exception) -> str:
    """The text that the browser gets for an exception: only known exceptions are described, as others may contain
    private data.
    """
    log.warning("a stream ended with %s: %s", type(problem).__name__, problem)
    return str(problem) if isinstance(problem, RoundLimit) else "The answer could not be completed."


def _part(code: int, value: Any) -> bytes:
    return b"%d:%b\n" % (code, encoding.compact(value))


def _plain(data: Any) -> Any:
    return data.to_dict(mode="json")


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "server_error", "param": None, "code": None}}
