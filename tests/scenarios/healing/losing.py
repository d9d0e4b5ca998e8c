"""A server that loses its responses, in each of the known ways; a sandbox makes its other answers."""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from shim import OpenAI
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import RunResult, carry_out, secret
from tests.scenarios.healing.wordings import Wording

Json = dict[str, Any]
WAYS = ("stream", "poll")


def is_call(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/responses")


def refused(wording: Wording, previous: str) -> Reply:
    """The error of a server that has lost the response ``previous``."""
    error = json.loads(json.dumps(wording.body).replace("{id}", previous))
    if wording.status is not None:
        return Reply.json(error, wording.status)
    opening = {
        "id": "resp_failed",
        "status": "in_progress",
        "previous_response_id": previous,
        "store": True,
        "output": [],
    }
    events = [{"type": "response.created", "response": opening}] * wording.opened + [error]
    whole = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return Reply(200, (("content-type", "text/event-stream"),), (whole.encode(),))


@dataclass
class Losing:
    """``Loopback(answer=Losing(...))``: requests that continue from a response in ``lost`` are refused.

    If ``due`` is set, the next request's previous response is added to ``lost``.
    """

    wording: Wording
    due: bool = False
    lost: set[str] = field(default_factory=set)

    def __call__(self, request: Request) -> Reply | None:
        previous = request.json.get("previous_response_id") if is_call(request) else None
        if previous is None:
            return None
        if self.due:
            self.due = False
            self.lost.add(previous)
        return refused(self.wording, previous) if previous in self.lost else None


@dataclass
class IgnoresPrevious:
    """Answers as if the request had no previous response; ``shown`` changes the form of the answer."""

    shown: Callable[[Reply], Reply] = lambda reply: reply
    server: Loopback = field(init=False)

    def __call__(self, request: Request) -> Reply | None:
        if not is_call(request) or "previous_response_id" not in request.json:
            return None
        body = {key: value for key, value in request.json.items() if key != "previous_response_id"}
        return self.shown(self.server.usual(replace(request, body=json.dumps(body).encode())))


def blocks(reply: Reply, change: Callable[[Json], Json | None]) -> Reply:
    """A stream whose events are each changed or removed by ``change``."""

    def changed() -> Iterable[bytes]:
        for block in b"".join(reply.body).split(b"\n\n"):
            if block and (event := change(json.loads(block.partition(b"data: ")[2]))) is not None:
                yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()

    return Reply(reply.status, reply.headers, tuple(changed()))


@dataclass
class Talk:
    """A thread whose first message contains a random fact."""

    client: OpenAI
    way: str
    fact: str = field(default_factory=secret)
    model: str = "gpt-4o"
    tools: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        threads, assistants = self.client.beta.threads, self.client.beta.assistants
        self.assistant = assistants.create(model=self.model, tools=self.tools).id
        self.thread = threads.create(messages=[{"role": "user", "content": f"My word is {self.fact}."}]).id

    def run(self, **functions: Callable[[Json], str]) -> RunResult:
        return carry_out(self.client, self.way, self.thread, self.assistant, functions)

    def ask(self, text: str, **functions: Callable[[Json], str]) -> RunResult:
        self.client.beta.threads.messages.create(self.thread, role="user", content=text)
        return self.run(**functions)


def input_texts(body: Json) -> list[str]:
    """The texts of a request's messages, and the types of its other items."""
    return [
        "".join(part["text"] for part in item["content"]) if item["type"] == "message" else item["type"]
        for item in body["input"]
    ]


def streamed_text(result: RunResult) -> str:
    """The text of all deltas that a reader received."""
    return "".join(
        part["text"]["value"]
        for events in result.rounds
        for name, data in events
        if name == "thread.message.delta"
        for part in data["delta"]["content"]
        if part["text"].get("value")
    )


def warnings(log: pytest.LogCaptureFixture) -> list[str]:
    """The shim's log records of level WARNING and above."""
    return [
        record.getMessage() for record in log.records if record.name == "shim" and record.levelno >= logging.WARNING
    ]
