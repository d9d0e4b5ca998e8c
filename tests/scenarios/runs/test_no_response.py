"""An answer with status 200 that is no response fails the run; the thread can be continued.

The same is true for a model that refuses to stream, whose answers are requested in one piece.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shim import OpenAI
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.healing.losing import is_call

Json = dict[str, Any]
HTML = (("content-type", "text/html"),)
CHAT = {"id": "c", "object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": "Hi."}}]}
CHUNK = {"object": "chat.completion.chunk", "choices": [{"delta": {"content": "Hi."}}]}
STREAM = (("content-type", "text/event-stream"),)
#: A server's answer, and a part of the run's last error.
BODIES: dict[str, tuple[Reply, str]] = {
    "an object of another kind": (Reply.json(CHAT), "chat.completion"),
    "an empty object": (Reply.json({}), "without output"),
    "a list": (Reply.json([{"object": "response", "status": "completed", "output": []}]), "no object"),
    "an unknown status": (Reply.json({"object": "response", "status": "fine", "output": []}), "'fine'"),
    "no output": (Reply.json({"object": "response", "status": "completed"}), "without output"),
    "a web page": (Reply(200, HTML, (b"<html>Sign in</html>",)), "web page"),
    "JSON called a page": (Reply(200, HTML, (json.dumps(CHAT).encode(),)), "chat.completion"),
    "nothing": (Reply(200, STREAM, ()), "empty body"),
    "JSON that is nothing": (Reply(200, (("content-type", "application/json"),), ()), "empty body"),
    "another API's stream": (Reply(200, STREAM, (b"data: " + json.dumps(CHUNK).encode() + b"\n\n",)), "no event"),
}
UNVERIFIED = Reply.json({"error": {"message": "You must be verified to stream this model.", "param": "stream"}}, 400)
WAYS = ("stream", "poll", "whole", "background")


class Scene:
    """A client with a thread, and a server that answers with ``reply`` instead of a response."""

    def __init__(self, server: Loopback, client: OpenAI) -> None:
        self.server, self.client = server, client
        self.reply: Reply | None = None
        self.streams = True
        server.answer = self.answer
        self.assistant = client.beta.assistants.create(model="gpt-4o").id
        self.thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}]).id

    def answer(self, request: Request) -> Reply | None:
        if not is_call(request):
            return None
        if not self.streams and request.json.get("stream"):
            return UNVERIFIED
        return self.reply

    def run(self, way: str) -> tuple[list[str], Any]:
        runs, given = self.client.beta.threads.runs, {"thread_id": self.thread, "assistant_id": self.assistant}
        self.streams = way != "whole"
        if way != "stream":
            return [], runs.create_and_poll(**given)  # type: ignore[arg-type]
        with runs.stream(**given) as stream:  # type: ignore[arg-type]
            received = [event.event for event in stream]
        return received, runs.list(self.thread).data[0]


@pytest.fixture
def scene(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("SHIM_BACKGROUND", "always" if request.node.callspec.params["way"] == "background" else "never")
    with Loopback() as server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        yield Scene(server, client)


@pytest.mark.parametrize("way", WAYS)
def test_a_200_that_is_no_response_fails_the_run(scene: Scene, way: str) -> None:
    for name, (body, message) in BODIES.items():
        scene.reply = body
        received, run = scene.run(way)
        assert (run.status, run.last_error.code) == ("failed", "server_error"), name
        said_so = "with status 200" in run.last_error.message and message in run.last_error.message
        # With a background request the SDK itself parses JSON, so the message differs.
        assert said_so or (way, name) == ("background", "JSON that is nothing"), run.last_error.message
        assert received[-1:] in ([], ["thread.run.failed"]), name
        assert len(scene.client.beta.threads.messages.list(scene.thread).data) == 1, name
    scene.reply = None
    _, run = scene.run(way)
    assert run.status == "completed"


@pytest.mark.parametrize("way", ["stream"])
def test_a_streamed_run_of_a_server_that_does_not_stream(scene: Scene, way: str) -> None:
    scene.run("stream")
    scene.streams = False
    runs = scene.client.beta.threads.runs
    with runs.stream(thread_id=scene.thread, assistant_id=scene.assistant) as stream:
        received = [event.event for event in stream]
        text = stream.get_final_messages()[0].content[0].text.value  # type: ignore[union-attr]
    assert received[-1] == "thread.run.completed"
    assert received.count("thread.message.completed") == 1
    assert text == scene.client.beta.threads.messages.list(scene.thread).data[0].content[0].text.value  # type: ignore[union-attr]
    assert [body.get("stream") for body in scene.server.bodies] == [True, True, False]
