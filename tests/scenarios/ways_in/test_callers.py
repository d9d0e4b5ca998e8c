"""Credentials that are given with one call are sent with every upstream call for it, and with no other."""

import secrets
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from shim import AsyncAzureOpenAI, AzureOpenAI
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.ways_in.conversation import DEPLOYMENT, converse, either, server


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    with server() as found:
        yield found


@pytest.fixture(params=COLOURS)
def client(request: pytest.FixtureRequest, upstream: Loopback) -> Iterator[Any]:
    with opened(request.param, base_url=upstream.url) as made:
        yield made


def values(request: Request, name: str = "authorization") -> list[str]:
    """The values of all headers with that name, so that a duplicate is found."""
    return [value for key, value in request.headers if key.lower() == name]


def test_the_key_of_one_call_is_sent_upstream(client: Any, upstream: Loopback) -> None:
    key = f"Bearer {secrets.token_hex(8)}"
    converse(client, extra_headers={"Authorization": key})
    assert [values(request) for request in upstream.requests] == [[key]] * 2
    converse(client)
    assert [values(request) for request in upstream.requests[2:]] == [["Bearer test"]] * 2


def test_the_organization_of_one_call_is_sent_upstream(client: Any, upstream: Loopback) -> None:
    more = {"OpenAI-Organization": secrets.token_hex(8), "OpenAI-Project": secrets.token_hex(8)}
    converse(client, extra_headers=more)
    for request in upstream.requests:
        assert {name: values(request, name.lower()) for name in more} == {name: [value] for name, value in more.items()}


@pytest.mark.parametrize("colour", COLOURS)
def test_the_key_of_a_call_is_sent_for_its_background_run(
    colour: str, upstream: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_BACKGROUND", "always")
    options: Any = {"extra_headers": {"Authorization": f"Bearer {secrets.token_hex(8)}"}}
    with opened(colour, base_url=upstream.url) as client:
        threads = client.beta.threads
        helper = client.beta.assistants.create(model="gpt-4o", **options)
        thread = threads.create(messages=[{"role": "user", "content": "essay-400 slowly"}], **options)
        run = threads.runs.create(thread_id=thread.id, assistant_id=helper.id, **options)
        threads.runs.retrieve(run.id, thread_id=thread.id, **options)
        threads.runs.cancel(run.id, thread_id=thread.id, **options)
    kinds = {(request.method, request.path.rpartition("/")[2].partition("_")[0]) for request in upstream.requests}
    assert {("POST", "responses"), ("GET", "resp"), ("POST", "cancel")} <= kinds
    assert {tuple(values(request)) for request in upstream.requests} == {(options["extra_headers"]["Authorization"],)}


def test_the_key_of_a_call_is_sent_for_its_attachments(client: Any, upstream: Loopback) -> None:
    options: Any = {"extra_headers": {"Authorization": f"Bearer {secrets.token_hex(8)}"}}
    file = client.files.create(file=("notes.txt", b"Otters hold hands."), purpose="assistants", **options)
    tools: Any = [{"type": "file_search"}]
    attached: Any = [{"role": "user", "content": "Hello", "attachments": [{"file_id": file.id, "tools": tools}]}]
    client.beta.threads.create(messages=attached, **options)
    assert [request.path for request in upstream.requests][:2] == ["/v1/files", "/v1/vector_stores"]
    assert {tuple(values(request)) for request in upstream.requests} == {(options["extra_headers"]["Authorization"],)}


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("name", ["api-key", "Authorization"])
def test_the_key_of_one_call_is_sent_to_azure(colour: str, name: str, upstream: Loopback) -> None:
    options: Any = {"azure_endpoint": f"http://{upstream.host}", "api_version": "2024-05-01-preview", "api_key": "mine"}
    value = f"Bearer {secrets.token_hex(8)}"
    with either(colour, AzureOpenAI, AsyncAzureOpenAI, **options) as client:
        converse(client, model=DEPLOYMENT, extra_headers={name: value})
    assert [values(request, name.lower()) for request in upstream.requests] == [[value]] * 2


def test_a_key_that_upstream_refuses_raises_an_error(client: Any, upstream: Loopback) -> None:
    def answer(request: Request) -> Reply | None:
        if values(request) != ["Bearer good"]:
            return Reply.error(401, "Incorrect API key provided: bad.", "invalid_api_key")
        return None

    upstream.answer = answer
    with pytest.raises(openai.AuthenticationError, match="Incorrect API key"):
        converse(client)
    assert converse(client, extra_headers={"Authorization": "Bearer good"})
