"""Conversations with any server, and the conditions that every run must fulfil."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import RunResult, carry_out

Json = dict[str, Any]
Functions = dict[str, Callable[[Json], str]]
WAYS = ("stream", "poll")
#: Parameters that make a real model's answer short and deterministic.
BRIEF: Json = {"max_completion_tokens": 16, "temperature": 0.0}
#: The names of the closing events of a run.
CLOSING = ("completed", "incomplete", "failed", "cancelled", "expired", "requires_action")


class Thread:
    """An assistant and a thread."""

    def __init__(self, client: Any, model: str, **assistant: Any) -> None:
        self.client = client
        self.assistant = client.beta.assistants.create(model=model, **assistant).id
        self.id = client.beta.threads.create().id

    def ask(self, way: str, text: str, functions: Functions | None = None, **more: Any) -> RunResult:
        self.client.beta.threads.messages.create(self.id, role="user", content=text)
        result = carry_out(self.client, way, self.id, self.assistant, functions or {}, **more)
        check(result)
        return result


def check(result: RunResult) -> None:
    """Conditions for every run with any status: the streamed text equals the stored text."""
    for events in result.rounds:
        names = [name for name, _ in events]
        assert len([name for name in names if name.removeprefix("thread.run.") in CLOSING]) == 1
        assert names[-1].removeprefix("thread.run.") in CLOSING
        seen: dict[str, str] = {}
        for name, data in events:
            if name == "thread.message.delta":
                for part in data["delta"]["content"]:
                    seen[data["id"]] = seen.get(data["id"], "") + ((part["text"] or {}).get("value") or "")
        stored = {message["id"]: message for message in result.messages}
        for message_id, text in seen.items():
            assert text == stored[message_id]["content"][0]["text"]["value"]
    if result.run["status"] == "completed":
        assert result.run["usage"]["total_tokens"] > 0
        assert {step["status"] for step in result.steps} == {"completed"}


def delete_all(client: Any) -> int:
    """Delete every response that the server stores; returns how many there were."""
    listed = client.get("/responses", cast_to=object)["data"]
    for response in listed:
        client.delete(f"/responses/{response['id']}", cast_to=object)
    return len(listed)


@dataclass
class Line:
    """A proxy in front of a server.  While ``breaks`` is set, every answer breaks off in the middle."""

    behind: str
    breaks: bool = False
    url: str = ""

    def __call__(self, request: Request) -> Reply:
        there = http.client.HTTPConnection(self.behind)
        there.request(request.method, request.path, request.body, dict(request.headers))
        answer = there.getresponse()
        return Reply(answer.status, (("content-type", answer.headers["content-type"]),), self._through(there, answer))

    def _through(self, there: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        try:
            pieces = 0
            while piece := answer.read1():
                yield piece
                pieces += 1
                if self.breaks and pieces > 4:
                    raise ConnectionResetError("broken by intention")
        finally:
            there.close()


@contextmanager
def break_off(url: str) -> Iterator[Line]:
    """A proxy in front of the server at ``url``."""
    line = Line(urlsplit(url).netloc)
    with Loopback(line) as server:
        line.url = server.url
        yield line
