"""Web frameworks send a run of several tool rounds as one response, and resume it after a dropped connection."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import pytest

from shim import OpenAI
from shim.relay import tool_schema
from tests.relay.talking import PARIS, until
from tests.relay.test_bodies import events, text
from tests.scenarios.doors.loopback import Gate, Loopback
from tests.scenarios.frameworks.applications import FRAMEWORKS, TOOLS

ASK = f"Call get_weather {PARIS}, then get_time {PARIS}. essay-20"


@contextmanager
def response_to(url: str, text: str, last: str | None = None) -> Iterator[http.client.HTTPResponse]:
    """A response whose body has not been read yet."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    headers = {} if last is None else {"Last-Event-ID": last}
    connection.request("GET", f"/chat?text={quote(text)}", headers=headers)
    try:
        yield connection.getresponse()
    finally:
        connection.close()


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_one_answer_through_all_rounds_and_a_dropped_connection(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, serve = FRAMEWORKS[name]
    with Loopback() as server, OpenAI(base_url=server.url, api_key="x") as client:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "x")
        assistant = client.beta.assistants.create(model="gpt-4o", tools=[tool_schema(each) for each in TOOLS])
        thread = client.beta.threads.create()
        with serve(make(assistant.id, thread.id)) as url:
            with response_to(url, ASK) as answer:
                assert answer.status == 200
                assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
                assert answer.headers["x-accel-buffering"] == "no"
                whole = events([answer.read()])
            gate = Gate()
            server.answer = server.gated(gate)
            with response_to(url, ASK) as answer:
                head = answer.read(600)
            last = head.split(b"id: ", 1)[1].split(b"\n")[0].decode()
            gate.wait()
            gate.open()
            until(lambda: client.beta.threads.runs.list(thread.id, limit=1).data[0].status == "completed")
            with response_to(url, "", last) as answer:
                rest = events([answer.read()])
        assert len(client.beta.threads.runs.list(thread.id).data) == 2
    assert [name for _, name, _ in whole].count("thread.run.requires_action") == 2
    assert [name for _, name, _ in whole][-2:] == ["thread.run.completed", "done"]
    assert 'get_time returned "{"city":"Paris","time":"14:05"}"' in text(whole)
    run, number = last.split(":")
    assert number == "1"
    assert [id for id, _, _ in rest[:-1]] == [f"{run}:{number}" for number in range(2, len(rest) + 1)]
    assert [name for _, name, _ in rest].count("thread.run.requires_action") == 2
    assert [name for _, name, _ in rest][-2:] == ["thread.run.completed", "done"]
