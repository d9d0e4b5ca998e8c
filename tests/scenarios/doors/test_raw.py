"""``with_raw_response`` and ``with_streaming_response`` on the calls that the shim answers."""

import json
import re
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from shim.sandbox.http import running
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.recorded import events

REQUEST_ID = re.compile(r"req_[0-9a-f]{32}")


@pytest.fixture(params=COLOURS)
def client(request: pytest.FixtureRequest) -> Iterator[Any]:
    with running() as url, opened(request.param, base_url=url) as made:
        yield made


def test_a_raw_response(client: Any) -> None:
    raw = client.beta.threads.with_raw_response.create(metadata={"a": "b"})
    assert raw.status_code == 200
    assert raw.headers["content-type"] == "application/json"
    assert REQUEST_ID.fullmatch(raw.headers["x-request-id"])
    assert raw.headers["openai-version"] == "2020-10-01"
    assert int(raw.headers["openai-processing-ms"]) >= 0
    assert raw.request_id == raw.headers["x-request-id"]
    assert raw.elapsed.total_seconds() >= 0
    assert (raw.method, raw.url.path) == ("POST", "/v1/threads")
    thread = raw.parse()
    assert thread.metadata == {"a": "b"}
    assert raw.text == json.dumps(json.loads(raw.text), indent=2), "as the API wrote its bodies"


@pytest.mark.sdk("1.66")
def test_every_object_has_its_request_id(client: Any) -> None:
    one, two = client.beta.threads.create(), client.beta.threads.create()
    assert REQUEST_ID.fullmatch(one._request_id)
    assert one._request_id != two._request_id


def test_an_error_has_its_request_id(client: Any) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.beta.threads.retrieve("thread_" + "0" * 24)
    assert REQUEST_ID.fullmatch(caught.value.request_id)
    assert caught.value.response.headers["content-type"] == "application/json"


def test_a_raw_retrieve_has_the_polling_interval(client: Any) -> None:
    run = finished(client)
    raw = client.beta.threads.runs.with_raw_response.retrieve(run.id, thread_id=run.thread_id)
    assert int(raw.headers["openai-poll-after-ms"]) <= 50
    assert raw.parse().status == "completed"


def finished(client: Any) -> Any:
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = {"messages": [{"role": "user", "content": "Hello"}]}
    return client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)


def test_a_raw_stream(client: Any) -> None:
    run = finished(client)
    client.beta.threads.messages.create(run.thread_id, role="user", content="More")
    where = {"thread_id": run.thread_id, "assistant_id": run.assistant_id}
    raw = client.beta.threads.runs.with_raw_response.create(**where, stream=True)
    assert raw.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert REQUEST_ID.fullmatch(raw.headers["x-request-id"])
    names = [event.event for event in raw.parse()]
    assert (names[0], names[-1]) == ("thread.run.created", "thread.run.completed")


def test_a_streaming_response_by_bytes_and_by_lines(client: Any) -> None:
    run = finished(client)
    where = {"thread_id": run.thread_id, "assistant_id": run.assistant_id}
    create = client.beta.threads.runs.with_streaming_response.create
    client.beta.threads.messages.create(run.thread_id, role="user", content="Bytes é😀")
    with create(**where, stream=True) as response:
        assert response.status_code == 200
        received = events(b"".join(response.iter_bytes()))
    assert [name for name, _ in received][-2:] == ["thread.run.completed", "done"]
    client.beta.threads.messages.create(run.thread_id, role="user", content="Lines")
    with create(**where, stream=True) as response:
        lines = list(response.iter_lines())
    assert lines[0] == "event: thread.run.created"
    assert lines[-3:-1] == ["event: done", "data: [DONE]"] or lines[-2:] == ["event: done", "data: [DONE]"]


def test_a_streaming_response_that_is_json(client: Any) -> None:
    with client.beta.assistants.with_streaming_response.create(model="gpt-4o") as response:
        assert response.http_response.status_code == 200
        assert response.parse().model == "gpt-4o"
    with client.beta.assistants.with_streaming_response.list() as response:
        assert response.json()["object"] == "list"
