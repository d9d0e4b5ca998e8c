"""``import shim as openai``: the module's own client and its settings, and every other name of `openai`."""

from collections.abc import Iterator

import openai
import pytest

import shim
from shim.sdk import module
from tests.scenarios.doors.loopback import Loopback, Reply
from tests.scenarios.ways_in.conversation import DEPLOYMENT, converse, server


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """An upstream server; settings of the module are restored after the test."""
    for name in module.SETTINGS:
        if hasattr(openai, name):
            monkeypatch.setattr(openai, name, getattr(openai, name))
    monkeypatch.setattr(openai, "_client", None, raising=False)
    with server() as found:
        yield found
    openai._reset_client()
    module._clients.clear()


def test_settings_and_calls(upstream: Loopback) -> None:
    shim.api_key = "module-key"
    shim.base_url = f"{upstream.url}/"
    shim.default_headers = {"x-app": "forum"}
    assert openai.api_key == "module-key"
    assert converse(shim)
    assert [request.path for request in upstream.requests] == ["/v1/responses"] * 2
    for request in upstream.requests:
        assert request.header("authorization") == "Bearer module-key"
        assert request.header("x-app") == "forum"


def test_the_key_may_change_between_two_calls(upstream: Loopback) -> None:
    shim.base_url = f"{upstream.url}/"
    for key in ("one", "two"):
        shim.api_key = key
        converse(shim)
    assert [request.header("authorization") for request in upstream.requests] == ["Bearer one"] * 2 + ["Bearer two"] * 2


def test_azure_by_settings(upstream: Loopback) -> None:
    shim.api_type = "azure"
    shim.api_key = "azure-key"
    shim.azure_endpoint = f"http://{upstream.host}"
    shim.api_version = "2024-05-01-preview"
    assert converse(shim, DEPLOYMENT)
    assert [request.path for request in upstream.requests] == ["/openai/v1/responses"] * 2
    assert {request.header("api-key") for request in upstream.requests} == {"azure-key"}


def test_other_resources_are_those_of_openai(monkeypatch: pytest.MonkeyPatch, upstream: Loopback) -> None:
    shim.api_key = "module-key"
    shim.base_url = f"{upstream.url}/"
    listed = shim.models.list()
    assert "gpt-4o" in {model.id for model in listed}
    assert upstream.requests[-1].path == "/v1/models"


def test_every_public_name_of_openai_exists() -> None:
    """``from shim import X`` works for every X that a program can import from `openai`."""
    missing = [name for name in openai.__all__ if not hasattr(shim, name)]
    assert missing == []
    assert shim.NotFoundError is openai.NotFoundError
    assert shim.AssistantEventHandler is openai.AssistantEventHandler
    assert shim.OpenAI is not openai.OpenAI
    assert issubclass(shim.OpenAI, openai.OpenAI)
    assert issubclass(shim.AsyncAzureOpenAI, openai.AsyncAzureOpenAI)


def test_a_name_that_openai_does_not_have() -> None:
    with pytest.raises(AttributeError):
        shim.no_such_name  # noqa: B018


def test_offline_without_a_key(monkeypatch: pytest.MonkeyPatch, upstream: Loopback) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    assert converse(shim)
    assert upstream.requests == []


def test_vector_stores_at_the_old_path(upstream: Loopback) -> None:
    upstream.answer = lambda request: Reply.json({"id": "vs_1", "object": "vector_store", "name": "notes"})
    shim.api_key = "module-key"
    shim.base_url = f"{upstream.url}/"
    assert shim.beta.vector_stores.create(name="notes").id == "vs_1"
    assert upstream.requests[-1].path == "/v1/vector_stores"
    assert upstream.requests[-1].header("openai-beta") == "assistants=v2"
