"""Half of a surrogate pair, and NUL, in every text field: every text can be read again, through the client and the
server, from either store, and is sent upstream in a form that the strictest reader accepts.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import pytest
from pydantic_core import from_json

from shim import OpenAI
from tests.scenarios.doors.loopback import Loopback, Reply
from tests.scenarios.encoding.telling import MARK, says, stream
from tests.server.served import served
from tests.stores import KINDS, empty

Json = dict[str, Any]
#: The JSON escape that is sent, and the text that is read back.
ODD = {
    "a first half": (r"\ud83d", "\ufffd"),
    "a second half": (r"\ude00", "\ufffd"),
    "both halves": (r"\ud83d\ude00", "😀"),
    "NUL": (r"\u0000", "\x00"),
}


@contextmanager
def through(door: str, upstream: Loopback) -> Iterator[Any]:
    """A client with the shim in its process, or a plain SDK client of the shim's server."""
    options = {"base_url": upstream.url, "api_key": "test", "max_retries": 0}
    if door == "in process":
        with OpenAI(**options) as client:
            yield client
        return
    with (
        served(upstream=upstream.url) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="test", max_retries=0) as client,
    ):
        yield client


class Caller:
    """Sends plain HTTP requests, as an SDK would not send such a body."""

    def __init__(self, client: Any, odd: str) -> None:
        self.client, self.odd = client, odd

    def post(self, path: str, **body: Any) -> Json:
        content = json.dumps(body).replace(MARK, self.odd).encode()
        return self._request("POST", path, content=content)

    def get(self, path: str) -> Json:
        return self._request("GET", path)

    def stream(self, path: str, **body: Any) -> list[tuple[str, Json]]:
        """The events of a stream; the data of each must be strict JSON."""
        content = json.dumps(body | {"stream": True}).replace(MARK, self.odd).encode()
        found = self._send("POST", path, content=content)
        blocks = [block.split("\n") for block in found.content.decode().split("\n\n") if block]
        return [
            (name.removeprefix("event: "), {} if name == "event: done" else from_json(data.removeprefix("data: ")))
            for name, data in blocks
        ]

    def _request(self, method: str, path: str, **more: Any) -> Json:
        found: Json = from_json(self._send(method, path, **more).content)
        return found

    def _send(self, method: str, path: str, **more: Any) -> Any:
        url = f"{str(self.client.base_url).rstrip('/')}/{path}"
        headers = {"authorization": "Bearer test", "content-type": "application/json", "openai-beta": "assistants=v2"}
        found = self.client._client.request(method, url, headers=headers, **more)
        assert found.status_code == 200, found.content
        return found


def texts_in(value: Any) -> list[str]:
    """Every text in an object, including keys."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in texts_in(each)]
    return [text for each in value for text in texts_in(each)] if isinstance(value, list) else []


FUNCTION = {"name": "f", "description": f"d{MARK}", "parameters": {"type": "object", "description": f"p{MARK}"}}
ASSISTANT = {
    "model": "gpt-4o",
    "name": f"n{MARK}",
    "description": f"d{MARK}",
    "instructions": f"i{MARK}",
    "metadata": {f"k{MARK}": f"v{MARK}"},
    "tools": [{"type": "function", "function": FUNCTION}, {"type": "code_interpreter"}, {"type": "file_search"}],
}
MESSAGE = {"role": "user", "content": f"c{MARK}", "metadata": {f"k{MARK}": f"v{MARK}"}}
PARTS = {"role": "user", "content": [{"type": "text", "text": f"c{MARK}"}]}
RUN = {
    "instructions": f"i{MARK}",
    "additional_instructions": f"a{MARK}",
    "additional_messages": [MESSAGE],
    "metadata": {f"k{MARK}": f"v{MARK}"},
}


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty(request.param, tmp_path / "odd") as url:
        yield url


@pytest.mark.parametrize("door", ["in process", "server"])
@pytest.mark.parametrize("odd, read", ODD.values(), ids=ODD)
def test_in_every_text(door: str, odd: str, read: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_DATABASE_URL", place)
    with Loopback(answer=says(odd)) as upstream, through(door, upstream) as client:
        caller = Caller(client, odd)
        assistant = caller.post("assistants", **ASSISTANT)
        thread = caller.post("threads", messages=[MESSAGE, PARTS], metadata={f"k{MARK}": f"v{MARK}"})["id"]
        caller.post(f"threads/{thread}/messages", **MESSAGE)
        shown = [_run(caller, thread, assistant["id"], read) for _ in range(2)][-1]
        seen = [assistant, shown, *_all(caller, thread, assistant["id"], shown["run_id"])]
        odd_texts = [text for text in texts_in(seen) if read in text]
        assert {"n", "d", "i", "k", "v", "c", "p"} <= {text.removesuffix(read) for text in odd_texts}
        assert any(text.startswith(f"a{read}") for text in odd_texts)
        for request in upstream.requests:
            sent = from_json(request.body) if request.body else {}
            assert not [text for text in texts_in(sent) if MARK in text]


def _run(caller: Caller, thread: str, assistant: str, read: str) -> Json:
    """A streamed run with a tool round; returns its final message."""
    events = caller.stream(f"threads/{thread}/runs", assistant_id=assistant, **RUN)
    waiting = [data for name, data in events if name == "thread.run.requires_action"][-1]
    (call,) = waiting["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert call["function"]["name"] == f"f{read}"
    outputs = [{"tool_call_id": call["id"], "output": f"o{MARK}"}]
    place = f"threads/{thread}/runs/{waiting['id']}/submit_tool_outputs"
    ended = caller.stream(place, tool_outputs=outputs)
    assert [name for name, _ in ended][-2:] == ["thread.run.completed", "done"]
    message = [data for name, data in ended if name == "thread.message.completed"][-1]
    deltas = [data["delta"]["content"][0] for name, data in ended if name == "thread.message.delta"]
    streamed = "".join(delta["text"].get("value", "") for delta in deltas if delta["type"] == "text")
    assert streamed == message["content"][0]["text"]["value"]
    found: Json = message
    return found


def _all(caller: Caller, thread: str, assistant: str, run: str) -> list[Json]:
    """All the objects that a program can read later."""
    places = [
        f"assistants/{assistant}",
        "assistants",
        f"threads/{thread}",
        f"threads/{thread}/messages",
        f"threads/{thread}/runs",
        f"threads/{thread}/runs/{run}",
        f"threads/{thread}/runs/{run}/steps?include[]=step_details.tool_calls[*].file_search.results[*].content",
    ]
    return [caller.get(place) for place in places]


@pytest.mark.parametrize("odd, read", ODD.values(), ids=ODD)
def test_in_an_error(odd: str, read: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    failed = {"type": "response.failed", "response": {"id": "resp_1", "status": "failed", "error": None}}
    failed["response"]["error"] = {"code": "server_error", "message": f"bad{MARK}"}  # type: ignore[index]
    strange = {"type": f"response.dream{MARK}"}

    def answers(request: Any) -> Reply | None:
        return stream(odd, strange, failed) if request.path.endswith("/responses") else None

    with Loopback(answer=answers) as upstream, through("in process", upstream) as client, caplog.at_level(logging.INFO):
        caller = Caller(client, odd)
        assistant = caller.post("assistants", model="gpt-4o")["id"]
        thread = caller.post("threads", messages=[MESSAGE])["id"]
        run = [data for name, data in caller.stream(f"threads/{thread}/runs", assistant_id=assistant) if data][-1]
        assert run["last_error"]["message"] == f"bad{read}"
        assert caller.get(f"threads/{thread}/runs/{run['id']}")["last_error"] == run["last_error"]
    lines = [record.getMessage() for record in caplog.records]
    assert any("dream" in line for line in lines)
    for line in lines:
        line.encode()


@pytest.mark.parametrize("path", ["threads/thread_a%00b", "threads/thread_%ED%A0%BD", "assistants?after=a%00b"])
@pytest.mark.parametrize("door", ["in process", "server"])
def test_in_a_path_or_a_query(door: str, path: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_DATABASE_URL", place)
    with Loopback() as upstream, through(door, upstream) as client:
        url = f"{str(client.base_url).rstrip('/')}/{path}"
        found = client._client.get(url, headers={"authorization": "Bearer test"})
        assert found.status_code in (400, 404)
        assert from_json(found.content)["error"]["message"]
