"""A server that implements only Chat Completions, as strict as the real one, and with chunks in the same order.

A test sets in `turns` what the model does; a request that the real API would refuse is refused and recorded.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.listening import Handler, Listening
from tests.scenarios.completions import rules

Json = dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """What the model does: write ``text``, call functions (name, arguments), or fail with ``status``.

    ``finish``: the finish reason, if it is not the usual one; ``cut``: the connection breaks before the end.
    ``silent``: no chunk follows the first.  ``counted``: whether the usage is sent.
    """

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    status: int = 200
    error: Json = field(default_factory=dict)
    finish: str | None = None
    counted: bool = True
    cut: bool = False
    silent: bool = False


class Completions(Listening):
    """The state of the server: the turns to play, the received requests, and their errors."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.bodies: list[Json] = []
        self.headers: list[Any] = []
        self.faults: list[str] = []
        self.reading = threading.Event()
        self.left = threading.Event()

    @property
    def messages(self) -> list[list[Json]]:
        """The messages of each request."""
        return [body["messages"] for body in self.bodies]


@contextmanager
def served() -> Iterator[tuple[Completions, str]]:
    """The server and its base URL."""
    with Completions() as state:
        yield state, state.url


class _Handler(Handler):
    @property
    def _place(self) -> str:
        # Clients of Azure add ``api-version`` to every URL.
        return self.path.partition("?")[0]

    def do_GET(self) -> None:
        if self._place == "/v1/models":
            return self._json(200, {"object": "list", "data": [{"id": "chatty", "object": "model", "owned_by": "me"}]})
        self._refuse(404, f"Unknown request URL: GET {self.path}.")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self._place != "/v1/chat/completions":
            return self._refuse(404, f"Unknown request URL: POST {self.path}.")
        if fault := rules.fault(body):
            self.server.owner.faults.append(fault)
            return self._refuse(400, fault)
        self.server.owner.headers.append(self.headers)
        self.server.owner.bodies.append(body)
        turn = self.server.owner.turns.pop(0)
        if turn.status != 200:
            return self._json(turn.status, {"error": turn.error})
        if body.get("stream"):
            return self._stream(turn, body)
        self._json(200, self._whole(turn))

    def _refuse(self, status: int, message: str) -> None:
        self._json(
            status, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
        )

    def _json(self, status: int, body: Json) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("x-request-id", "req_completions")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _base(self) -> Json:
        return {"id": f"chatcmpl-{len(self.server.owner.bodies)}", "created": 1_700_000_000, "model": "chatty-2026"}

    def _calls(self, turn: Turn) -> list[Json]:
        number = len(self.server.owner.bodies)
        return [
            {"id": f"call_{number}_{place}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for place, (name, arguments) in enumerate(turn.calls)
        ]

    def _whole(self, turn: Turn) -> Json:
        answer: Json = {"role": "assistant", "content": turn.text or None, "refusal": None}
        answer |= {"tool_calls": self._calls(turn)} if turn.calls else {}
        choice = {"index": 0, "message": answer, "finish_reason": _finish(turn), "logprobs": None}
        return {**self._base(), "object": "chat.completion", "choices": [choice], "usage": _usage(turn)}

    def _stream(self, turn: Turn, body: Json) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        counted = bool((body.get("stream_options") or {}).get("include_usage"))
        for number, chunk in enumerate(self._chunks(turn, counted)):
            self._send(json.dumps(chunk))
            if number == 0 and turn.silent:
                self.server.owner.reading.set()
                # Until the client disconnects, which may appear as a connection reset.
                with suppress(ConnectionError):
                    assert self.connection.recv(1) == b""
                return self.server.owner.left.set()
        if not turn.cut:
            self._send("[DONE]")

    def _send(self, data: str) -> None:
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def _chunks(self, turn: Turn, counted: bool) -> Iterator[Json]:
        base = {**self._base(), "object": "chat.completion.chunk"} | ({"usage": None} if counted else {})

        def chunk(delta: Json, finish: str | None = None) -> Json:
            return base | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}

        yield chunk({"role": "assistant", "content": None if turn.calls else "", "refusal": None})
        for place in range(0, len(turn.text), 4):
            yield chunk({"content": turn.text[place : place + 4]})
        for index, call in enumerate(self._calls(turn)):
            arguments = call["function"]["arguments"]
            opened = call | {"index": index, "function": call["function"] | {"arguments": ""}}
            yield chunk({"tool_calls": [opened]})
            for place in range(0, len(arguments), 5):
                piece = {"index": index, "function": {"arguments": arguments[place : place + 5]}}
                yield chunk({"tool_calls": [piece]})
        if turn.cut:
            return
        yield chunk({}, _finish(turn))
        if counted and turn.counted:
            yield base | {"choices": [], "usage": _usage(turn)}


def _finish(turn: Turn) -> str:
    return turn.finish or ("tool_calls" if turn.calls else "stop")


def _usage(turn: Turn) -> Json:
    tokens = len(turn.text.split()) + 5 * len(turn.calls)
    return {
        "prompt_tokens": 11,
        "completion_tokens": tokens,
        "total_tokens": 11 + tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


Completions.handler = _Handler
