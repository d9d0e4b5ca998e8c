"""Clients that are made from other clients, and clients that are changed after they were made."""

import copy
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from shim import AsyncOpenAI, OpenAI
from tests.http.test_transport import CLIENTS, both
from tests.scenarios.doors.colours import COLOURS, SYNC, opened
from tests.scenarios.doors.loopback import Gate, Loopback, Reply, Request

Json = dict[str, Any]


@pytest.fixture
def server() -> Iterator[Loopback]:
    def answer(request: Request) -> Reply | None:
        return (
            None
            if request.path.partition("?")[0].endswith("/responses")
            else Reply.json({"object": "list", "data": []})
        )

    with Loopback(answer) as found:
        yield found


@pytest.fixture(params=COLOURS)
def colour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(colour: str, server: Loopback) -> Iterator[Any]:
    with opened(colour, base_url=server.url) as made:
        yield made


def paths(server: Loopback) -> list[str]:
    return [request.path for request in server.requests]


def headers(server: Loopback, name: str) -> list[str | None]:
    return [request.header(name) for request in server.requests]


@pytest.mark.sdk("1.66")
@pytest.mark.parametrize("name", ["copy", "with_options"])
def test_a_copy_is_a_client_of_the_shim(client: Any, server: Loopback, name: str) -> None:
    made = getattr(getattr(client, name)(max_retries=1), name)(timeout=7)
    assert both(made).status == "completed"
    assert paths(server) == ["/v1/models", "/v1/responses"]
    assert headers(server, "x-stainless-read-timeout") == ["7", "7"]


def test_a_copy_with_another_http_client(client: Any, colour: str, server: Loopback) -> None:
    with client.copy(http_client=CLIENTS[colour](headers={"X-Other": "yes"})) as made:
        assert both(made).status == "completed"
    assert headers(server, "x-other") == ["yes", "yes"]
    assert both(client).status == "completed", "closing the copy's HTTP client leaves ours open"
    assert headers(server, "x-other")[2:] == [None, None]


def test_a_copy_shares_the_threads_of_its_original(client: Any) -> None:
    thread = client.beta.threads.create(metadata={"of": "the first"})
    assert client.with_options(timeout=5).beta.threads.retrieve(thread.id).metadata == {"of": "the first"}


def test_headers_and_query_of_a_copy(client: Any, server: Loopback) -> None:
    made = client.with_options(
        default_headers={"X-Team": "blue"}, default_query={"q": "1"}, organization="org-1", project="proj-1"
    )
    both(made)
    assert headers(server, "x-team") == ["blue", "blue"]
    assert headers(server, "openai-organization") == ["org-1"] * 2
    assert headers(server, "openai-project") == ["proj-1"] * 2
    assert paths(server) == ["/v1/models?q=1", "/v1/responses?q=1"]


@pytest.mark.sdk("1.66")
def test_options_that_are_set_later(client: Any, server: Loopback) -> None:
    client.api_key, client.timeout, client.organization = "later", 11, "org-later"
    both(client)
    assert headers(server, "authorization") == ["Bearer later"] * 2
    assert headers(server, "x-stainless-read-timeout") == ["11"] * 2
    assert headers(server, "openai-organization") == ["org-later"] * 2


def test_a_base_url_that_is_set_later(client: Any, server: Loopback) -> None:
    client.base_url = f"http://{server.host}/other/v7"
    both(client)
    assert paths(server) == ["/other/v7/models", "/other/v7/responses"]


def test_retries_that_are_set_later(client: Any, server: Loopback) -> None:
    server.answer = lambda request: Reply.error(503, "Busy.", retry_after_ms="1")
    client.max_retries = 2
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = {"messages": [{"role": "user", "content": "Hello"}]}
    run = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
    assert (run.status, run.last_error.message) == ("failed", "Busy.")
    assert len(server.requests) == 3


def test_headers_of_one_call(client: Any, server: Loopback) -> None:
    helper = client.beta.assistants.create(model="gpt-4o", extra_headers={"X-Lost": "1"})
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}], extra_headers={"X-Lost": "2"})
    where = {"thread_id": thread.id, "assistant_id": helper.id}
    client.beta.threads.runs.create_and_poll(**where, extra_headers={"X-Trace": "abc"})
    assert headers(server, "x-trace") == ["abc"]
    assert headers(server, "x-lost") == [None]
    assert headers(server, "openai-beta") == [None]


@pytest.mark.sdk("1.66")
def test_a_timeout_of_one_streamed_call(client: Any, server: Loopback) -> None:
    gate = Gate(chunks=3)
    server.answer = server.gated(gate)
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
    where = {"thread_id": thread.id, "assistant_id": helper.id}
    names = [event.event for event in client.beta.threads.runs.create(**where, stream=True, timeout=0.2)]
    gate.open()
    assert names[-1] == "thread.run.failed"
    assert headers(server, "x-stainless-read-timeout") == ["0.2"]


@pytest.mark.sdk("1.66")
def test_a_timeout_of_a_queued_call_does_not_apply_to_its_run(client: Any, server: Loopback) -> None:
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
    client.beta.threads.runs.create(thread_id=thread.id, assistant_id=helper.id, timeout=3)
    client.close()
    assert headers(server, "x-stainless-read-timeout") == ["600"]


@pytest.mark.parametrize("kind", [OpenAI, AsyncOpenAI])
def test_the_attributes_of_a_client(kind: Any) -> None:
    made = kind(api_key="k", base_url="http://host/v1", timeout=3, max_retries=5, default_headers={"X": "1"})
    assert (made.api_key, str(made.base_url), made.timeout, made.max_retries) == ("k", "http://host/v1/", 3, 5)
    assert made.default_headers["X"] == "1"
    assert isinstance(made, openai.OpenAI if kind is OpenAI else openai.AsyncOpenAI)
    assert type(made.copy()) is kind


def test_a_shallow_copy_by_python(server: Loopback) -> None:
    with OpenAI(api_key="test", base_url=server.url) as client:
        assert both(copy.copy(client)).status == "completed"


def test_a_users_own_subclass(server: Loopback) -> None:
    class Mine(OpenAI):
        def __init__(self, team: str, **options: Any) -> None:
            super().__init__(default_headers={"X-Team": team}, **options)

    with Mine("red", api_key="test", base_url=server.url) as client:
        assert both(client).status == "completed"
    assert headers(server, "x-team") == ["red", "red"]


def test_calls_fail_after_close(colour: str, server: Loopback) -> None:
    with opened(colour, base_url=server.url) as client:
        client.close()
        assert client.is_closed()
        with pytest.raises((RuntimeError, openai.APIConnectionError)):
            client.beta.threads.create()
    assert colour == SYNC or server.requests == []
