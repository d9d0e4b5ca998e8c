"""A store that fails, seen from the client: the error, and that nothing is lost, doubled or locked afterwards."""

import json
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import openai
import pytest

from shim.engine.run import backlog
from shim.store.errors import StoreFailed
from tests.scenarios.crash.lawful import check_thread
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Gate, Loopback, Reply, Request
from tests.scenarios.doors.talking import secret, tool, until_ended
from tests.scenarios.store_failures.causes import FROM_THE_START, WHILE_IN_USE
from tests.server.served import until

#: The part of the answer after which the store begins to fail: before upstream's first event, which contains the
#: response's id; in the text; before the last event.
MOMENTS = {"opening": 0.0, "text": 0.5, "ending": 1.0}
FATES = ("passes", "lasts")
WAYS = [(colour, way) for way in ("stream", "poll") for colour in COLOURS]
#: Each cause at each moment, short and lasting; the clients and ways of starting a run take turns.
CASES = [
    (cause, moment, fate, *WAYS[number % len(WAYS)])
    for number, (fate, moment, cause) in enumerate(
        (fate, moment, cause) for fate in FATES for moment in MOMENTS for cause in WHILE_IN_USE
    )
]


class Backlog:
    """Lets a test wait for the failure, and makes the failure look like a lasting one."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.met, self.lasts = threading.Event(), False
        failed = backlog.Backlog.failed

        def watched(each: backlog.Backlog, problem: StoreFailed, last: bool = False) -> None:
            self.met.set()
            if self.lasts:
                each.since = 0.0
            failed(each, problem, last)

        patch.setattr(backlog, "PAUSE", 0.01)
        patch.setattr(backlog.Backlog, "failed", watched)


@dataclass
class Scene:
    """A client, an upstream that completes every answer, and the database."""

    client: Any
    server: Loopback
    path: Path
    gate: Gate = field(default_factory=Gate)
    part: float | None = None
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.answer = self._answer
        self.assistant = self.client.beta.assistants.create(model="gpt-4o", tools=[tool("one")]).id
        # Long enough that its answer makes the file grow.
        self.question = " ".join(secret() for _ in range(70))
        self.thread = self.client.beta.threads.create().id

    @property
    def threads(self) -> Any:
        return self.client.beta.threads

    def _answer(self, request: Request) -> Reply:
        usual = self.server.usual(request)
        chunks = list(usual.body)
        self.texts += [event["text"] for event in _events(chunks) if event["type"] == "response.output_text.done"]
        if self.part is None or not request.path.endswith("/responses"):
            return replace(usual, body=chunks)
        gate = Gate(chunks=int(self.part * (len(chunks) - 1)), reached=self.gate.reached, opened=self.gate.opened)
        return replace(usual, body=gate.through(chunks))

    def add_message(self, text: str) -> None:
        self.threads.messages.create(self.thread, role="user", content=text)

    def run(self) -> Any:
        return self.threads.runs.create_and_poll(thread_id=self.thread, assistant_id=self.assistant)

    def texts_of_messages(self) -> list[str]:
        return ["".join(part.text.value for part in each.content) for each in self.messages()]

    def messages(self) -> list[Any]:
        return list(self.threads.messages.list(self.thread, order="asc"))

    def check(self, questions: int) -> None:
        """The thread is complete, and can be continued with all its messages."""
        check_thread(self.threads, self.thread)
        before, text = self.texts_of_messages(), secret()
        assert [each.role for each in self.messages()] == ["user", "assistant"] * questions
        self.add_message(text)
        requests = len(self.server.bodies)
        assert self.run().status == "completed"
        assert self.texts_of_messages()[: len(before) + 1] == [*before, text]
        assert len(self.server.bodies) == requests + 1


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with Loopback() as server, opened(request.param, base_url=server.url, max_retries=2) as client:
        yield Scene(client, server, tmp_path / "shim.db")


def check_message(problem: openai.APIError, words: str, path: Path) -> None:
    """The error says what happened and what to do, in the old API's form, without SQL statements and values."""
    body: Any = problem.body
    assert re.search(words, body["message"])
    assert body["type"] == "server_error"
    assert str(path) in body["message"]
    assert not re.search(r"SELECT|INSERT|UPDATE|PRAGMA|sqlite3\.|\[SQL|sqlalche", json.dumps(body))
    if isinstance(problem, openai.APIStatusError):
        assert problem.status_code == 500
        assert problem.response.request.headers["x-stainless-retry-count"] == "0", "to ask again would be senseless"


def in_turn(causes: Iterable[str]) -> list[tuple[str, str]]:
    """Each cause, with a blocking and an async client in turn."""
    return list(zip(cycle(COLOURS), causes, strict=False))


@pytest.mark.parametrize("scene,cause", in_turn(FROM_THE_START), indirect=["scene"])
def test_a_store_that_fails_before_or_between_calls(scene: Scene, cause: str) -> None:
    """The call fails and has no effect; after the cause has ended the same client works."""
    breaks, words = FROM_THE_START[cause]
    scene.add_message("Hello")
    # As when a program starts: no connection is open, and the schema has not been checked.
    base = scene.client._client._transport
    (open_database,) = {_store(base).database}
    open_database.close()
    open_database._ready = False
    with breaks(scene.path):
        for call in (lambda: scene.add_message(scene.question), scene.threads.create, scene.run):
            with pytest.raises(openai.InternalServerError) as caught:
                call()
            check_message(caught.value, words, scene.path)
    assert scene.texts_of_messages() == ["Hello"]
    assert scene.server.bodies == []
    assert scene.run().status == "completed"
    scene.check(1)


def _events(chunks: list[bytes]) -> Iterator[Any]:
    """The events of a stream; none for another answer."""
    for line in b"".join(chunks).split(b"\n"):
        if line.startswith(b"data: {"):
            yield json.loads(line.removeprefix(b"data: "))


def _store(transport: Any) -> Any:
    engine = getattr(transport, "engine", None) or transport.dispatcher.engine
    return engine.context.store


def logged(caplog: pytest.LogCaptureFixture, words: str) -> int:
    return len([each for each in caplog.records if re.search(words, each.getMessage())])


@pytest.mark.parametrize("cause,moment,fate,scene,way", CASES, indirect=["scene"])
def test_a_store_that_fails_during_an_answer(
    scene: Scene,
    cause: str,
    moment: str,
    fate: str,
    way: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A short failure has no effect; a lasting one is an error, and the answer is fetched after it has ended."""
    breaks, words = WHILE_IN_USE[cause]
    watched = Backlog(monkeypatch)
    watched.lasts = fate == "lasts"
    # The answer is longer than a page of the database: the file must grow for its last part, too.
    scene.add_message("essay-1500")
    scene.part = MOMENTS[moment]
    made = scene.threads.runs.create(scene.thread, assistant_id=scene.assistant, stream=way == "stream")
    scene.gate.wait()
    broken = breaks(scene.path)
    with broken:
        scene.gate.open()
        assert watched.met.wait(30)
        if watched.lasts:
            with pytest.raises(openai.APIError) as caught:
                list(made) if way == "stream" else until_ended(scene.threads, scene.thread, made.id)
            check_message(caught.value, words, scene.path)
    if not watched.lasts:
        events = [event.event for event in made][-1:] if way == "stream" else []
        assert events in ([], ["thread.run.completed"])
    scene.part = None
    (run,) = scene.threads.runs.list(scene.thread)
    assert until_ended(scene.threads, scene.thread, run.id)["status"] == "completed"
    assert len(scene.server.bodies) == 1
    assert scene.texts_of_messages()[1] in scene.texts
    # The line is logged after the run has ended in the store.
    until(lambda: logged(caplog, words))
    assert logged(caplog, words) == 1
    scene.check(1)


@pytest.mark.parametrize("scene,cause", in_turn(WHILE_IN_USE), indirect=["scene"])
@pytest.mark.parametrize("streamed", [True, False])
def test_a_store_that_fails_when_outputs_are_submitted(scene: Scene, cause: str, streamed: bool) -> None:
    """The outputs are not accepted, the run still waits, and then accepts them once."""
    breaks, words = WHILE_IN_USE[cause]
    scene.add_message("one")
    run = scene.run()
    assert run.status == "requires_action"
    (call,) = run.required_action.submit_tool_outputs.tool_calls
    outputs = [{"tool_call_id": call.id, "output": scene.question * 3}]
    where = {"thread_id": scene.thread, "run_id": run.id}
    with breaks(scene.path), pytest.raises(openai.InternalServerError) as caught:
        scene.threads.runs.submit_tool_outputs(**where, tool_outputs=outputs, stream=streamed)
    check_message(caught.value, words, scene.path)
    assert scene.threads.runs.retrieve(**where) == run
    assert scene.threads.runs.submit_tool_outputs_and_poll(**where, tool_outputs=outputs).status == "completed"
    assert [item["output"] for item in scene.server.bodies[-1]["input"]] == [scene.question * 3]
    assert len(scene.server.bodies) == 2
    scene.check(1)
