"""Copies and options of a client, given to the client or to one call: they apply to the calls to upstream, too."""

import asyncio
from collections.abc import Iterator
from typing import Any

import openai
import openai._base_client as sdk
import pytest

from shim import AsyncOpenAI, OpenAI
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.ways_in.conversation import converse, server

http: Any = getattr(sdk, "httpx2", None) or sdk.httpx  # type: ignore[attr-defined]
Json = dict[str, Any]


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    with server() as found:
        yield found


@pytest.fixture(params=COLOURS)
def client(request: pytest.FixtureRequest, upstream: Loopback) -> Iterator[Any]:
    with opened(request.param, base_url=upstream.url) as made:
        yield made


COPIES = {
    "with_options": lambda client: client.with_options(timeout=7, max_retries=1),
    "copy": lambda client: client.copy(api_key="another"),
    "copy of a copy": lambda client: client.copy().with_options(default_headers={"x-app": "forum"}),
    "headers": lambda client: client.with_options(default_headers={"x-app": "forum"}, default_query={"q": "1"}),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_of_a_client_has_the_shim_too(client: Any, upstream: Loopback, name: str) -> None:
    made = COPIES[name](client)
    assert converse(made)
    assert {request.path.partition("?")[0] for request in upstream.requests} == {"/v1/responses"}
    assert len(upstream.requests) == 2


def test_options_of_a_copy_are_sent_upstream(client: Any, upstream: Loopback) -> None:
    options: Json = {"default_headers": {"x-app": "forum"}, "default_query": {"team": "blue"}, "api_key": "another"}
    converse(client.copy(**options))
    for request in upstream.requests:
        assert request.path == "/v1/responses?team=blue"
        assert request.header("x-app") == "forum"
        assert request.header("authorization") == "Bearer another"
    converse(client)
    assert upstream.requests[-1].path == "/v1/responses"
    assert upstream.requests[-1].header("x-app") is None


def test_headers_of_one_call_are_sent_upstream(client: Any, upstream: Loopback) -> None:
    converse(client, extra_headers={"x-trace": "abc", "x-app": "one"})
    assert [request.header("x-trace") for request in upstream.requests] == ["abc"] * 2
    assert all((request.header("openai-beta") or "").startswith("assistants") is False for request in upstream.requests)


def test_extra_body_and_query_are_part_of_the_request(client: Any) -> None:
    made = client.beta.assistants.create(model="gpt-4o", extra_body={"name": "by the way"})
    assert made.name == "by the way"
    with pytest.raises(openai.BadRequestError, match="Unknown parameter: 'colour'"):
        client.beta.assistants.create(model="gpt-4o", extra_body={"colour": "blue"})
    other = client.beta.assistants.create(model="gpt-4o")
    assert [each.id for each in client.beta.assistants.list(extra_query={"limit": 1}).data] == [other.id]


def test_a_refused_call_is_not_retried(client: Any, upstream: Loopback) -> None:
    made = client.with_options(max_retries=5)
    for _ in range(2):
        with pytest.raises(openai.NotFoundError):
            made.beta.threads.retrieve("thread_nothing")
    assert upstream.requests == []


@pytest.mark.parametrize("retries", [0, 2])
def test_retries_are_not_multiplied(upstream: Loopback, retries: int) -> None:
    upstream.answer = lambda request: Reply.error(429, "Slow down.", retry_after_ms="1")
    with OpenAI(base_url=upstream.url, api_key="test", max_retries=retries) as client:
        helper = client.beta.assistants.create(model="gpt-4o")
        thread: Any = {"messages": [{"role": "user", "content": "Hello"}]}
        run = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
    assert (run.status, run.last_error and run.last_error.code) == ("failed", "rate_limit_exceeded")
    assert len(upstream.requests) == 1 + retries


@pytest.mark.sdk("1.66")
def test_the_timeout_of_a_client_applies_to_upstream(upstream: Loopback) -> None:
    seen: list[str | None] = []

    def answer(request: Request) -> None:
        seen.append(request.header("x-stainless-read-timeout"))

    upstream.answer = answer
    with OpenAI(base_url=upstream.url, api_key="test", timeout=33) as client:
        converse(client)
        converse(client.with_options(timeout=44))
    assert seen == ["33"] * 2 + ["44"] * 2


class TestTheUsersOwnHttpClient:
    """The user's HTTP client with its proxies, hooks and certificates sends the shim's calls and all others."""

    def test_blocking(self, upstream: Loopback) -> None:
        seen: list[str] = []
        with http.Client(event_hooks={"request": [lambda request: seen.append(request.url.path)]}) as own:
            client = OpenAI(base_url=upstream.url, api_key="test", http_client=own)
            converse(client)
            client.models.list()
            assert seen == ["/v1/responses", "/v1/responses", "/v1/models"]

    def test_awaited(self, upstream: Loopback) -> None:
        seen: list[str] = []

        async def hook(request: Any) -> None:
            seen.append(request.url.path)

        async def talk() -> None:
            async with http.AsyncClient(event_hooks={"request": [hook]}) as own:
                client = AsyncOpenAI(base_url=upstream.url, api_key="test", http_client=own)
                helper = await client.beta.assistants.create(model="gpt-4o")
                thread: Any = {"messages": [{"role": "user", "content": "Hello"}]}
                run = await client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
                assert run.status == "completed"
                await client.close()

        asyncio.run(talk())
        assert seen == ["/v1/responses"]

    def test_given_to_a_copy(self, upstream: Loopback) -> None:
        seen: list[str] = []
        own = http.Client(event_hooks={"request": [lambda request: seen.append(request.url.path)]})
        with own, OpenAI(base_url=upstream.url, api_key="test") as client:
            converse(client.with_options(http_client=own))
        assert seen == ["/v1/responses"] * 2


def test_the_base_url_may_change(upstream: Loopback) -> None:
    with OpenAI(base_url="http://127.0.0.1:9/v1", api_key="test") as client:
        client.base_url = upstream.url
        assert converse(client)


@pytest.mark.parametrize("path", ["", "/", "/v1", "/proxy/openai/v1/"])
def test_any_base_path(path: str) -> None:
    with server() as upstream:
        with OpenAI(base_url=f"http://{upstream.host}/v1{path if path != '/v1' else ''}", api_key="test") as client:
            helper = client.beta.assistants.create(model="gpt-4o")
            assert client.beta.assistants.retrieve(helper.id) == helper
        assert upstream.requests == []


def test_vector_stores_below_beta(client: Any, upstream: Loopback) -> None:
    upstream.answer = lambda request: Reply.json({"id": "vs_1", "object": "vector_store", "name": "notes"})
    assert client.beta.vector_stores.create(name="notes").id == "vs_1"
    stores = getattr(client, "vector_stores", None) or client.beta.vector_stores
    assert stores.retrieve("vs_1").name == "notes"
    assert [request.path for request in upstream.requests] == ["/v1/vector_stores", "/v1/vector_stores/vs_1"]
    assert hasattr(client.beta.vector_stores, "files")
    assert hasattr(client.beta.vector_stores, "file_batches")


def test_raw_and_streaming_responses(client: Any) -> None:
    found = client.beta.assistants.with_raw_response.create(model="gpt-4o")
    assert found.status_code == 200
    assert found.headers["content-type"] == "application/json"
    assert found.parse().object == "assistant"
    with client.beta.assistants.with_streaming_response.list() as answer:
        assert answer.status_code == 200
