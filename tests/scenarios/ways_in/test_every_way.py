"""Every way to create a client, with the functions that must work as with the plain client."""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import openai
import pytest

import shim
from shim.sandbox import Sandbox
from shim.sdk import module
from tests.scenarios.doors.colours import ASYNC, COLOURS, SYNC
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.ways_in.conversation import converse, either

GONE = "gpt-4-1106-preview"
AZURE = {"api_version": "2024-05-01-preview"}
Json = dict[str, Any]


def _given(server: Loopback) -> Json:
    return {"base_url": server.url, "api_key": "key"}


def _azure(server: Loopback) -> Json:
    return {"azure_endpoint": f"http://{server.host}", "api_key": "key", **AZURE}


@contextmanager
def _installed() -> Iterator[None]:
    shim.install()
    try:
        yield
    finally:
        shim.uninstall()


@contextmanager
def _module_of(package: Any, **settings: Any) -> Iterator[Any]:
    """The module-level client with these settings, which are reset at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openai, "_client", None)
        for name in module.SETTINGS:
            patch.setattr(openai, name, settings.get(name, getattr(openai, name)))
        try:
            yield package
        finally:
            openai._reset_client()
            module._clients.clear()


def _plain(stack: ExitStack, server: Loopback, colour: str) -> Any:
    return stack.enter_context(either(colour, shim.OpenAI, shim.AsyncOpenAI, **_given(server)))


def _copied(stack: ExitStack, server: Loopback, colour: str) -> Any:
    return copy.copy(stack.enter_context(shim.OpenAI(**_given(server))))


def _with_options(stack: ExitStack, server: Loopback, colour: str) -> Any:
    made = stack.enter_context(shim.OpenAI(base_url=server.url, api_key="other"))
    return made.with_options(api_key="key", default_headers={"x-app": "forum"})


def _on_azure(stack: ExitStack, server: Loopback, colour: str) -> Any:
    return stack.enter_context(either(colour, shim.AzureOpenAI, shim.AsyncAzureOpenAI, **_azure(server)))


def _install(stack: ExitStack, server: Loopback, colour: str) -> Any:
    stack.enter_context(_installed())
    return stack.enter_context(either(colour, openai.OpenAI, openai.AsyncOpenAI, **_given(server)))


def _install_on_azure(stack: ExitStack, server: Loopback, colour: str) -> Any:
    stack.enter_context(_installed())
    return stack.enter_context(either(colour, openai.AzureOpenAI, openai.AsyncAzureOpenAI, **_azure(server)))


def _module(stack: ExitStack, server: Loopback, colour: str) -> Any:
    return stack.enter_context(_module_of(shim, api_key="key", base_url=f"{server.url}/"))


def _module_on_azure(stack: ExitStack, server: Loopback, colour: str) -> Any:
    return stack.enter_context(_module_of(shim, api_type="azure", **_azure(server)))


def _installed_module(stack: ExitStack, server: Loopback, colour: str) -> Any:
    stack.enter_context(_installed())
    return stack.enter_context(_module_of(openai, api_key="key", base_url=f"{server.url}/"))


#: Ways to create a client, and the colours (blocking, async) in which each exists.
WAYS: dict[str, tuple[Callable[[ExitStack, Loopback, str], Any], tuple[str, ...]]] = {
    "plain": (_plain, COLOURS),
    "copy.copy": (_copied, (SYNC,)),
    "with_options": (_with_options, (SYNC,)),
    "azure": (_on_azure, COLOURS),
    "install": (_install, COLOURS),
    "install, azure": (_install_on_azure, (ASYNC,)),
    "module": (_module, (SYNC,)),
    "module, azure": (_module_on_azure, (SYNC,)),
    "install, module": (_installed_module, (SYNC,)),
}


def _file(client: Any) -> str:
    made = client.files.create(file=("notes.txt", b"The favorite food is pizza."), purpose="assistants")
    return str(made.id)


def _answer(client: Any, run: Any) -> str:
    assert run.status == "completed", run.last_error
    return str(client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value)


def _searched(client: Any, thread: Json) -> str:
    helper = client.beta.assistants.create(model="gpt-4o", tools=[{"type": "file_search"}])
    return _answer(client, client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread))


def a_conversation(client: Any, server: Loopback) -> None:
    assert converse(client)
    assert len(server.bodies) == 2


def a_retired_model(client: Any, server: Loopback) -> None:
    assert converse(client, GONE)
    assert {body["model"] for body in server.bodies} != {GONE}


def an_attachment(client: Any, server: Loopback) -> None:
    attached = [{"file_id": _file(client), "tools": [{"type": "file_search"}]}]
    message = {"role": "user", "content": 'file_search {"query": "favorite food"}', "attachments": attached}
    assert "pizza" in _searched(client, {"messages": [message]})


def an_inline_store(client: Any, server: Loopback) -> None:
    inline = {"file_search": {"vector_stores": [{"file_ids": [_file(client)]}]}}
    message = {"role": "user", "content": 'file_search {"query": "favorite food"}'}
    assert "pizza" in _searched(client, {"messages": [message], "tool_resources": inline})


def a_budget(client: Any, server: Loopback) -> None:
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "word " * 30} for _ in range(6)])
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id, max_prompt_tokens=100)
    assert _answer(client, run)
    assert run.usage.prompt_tokens <= 100
    assert any("input_tokens" in request.path for request in server.requests)


def a_vector_store(client: Any, server: Loopback) -> None:
    """Calls that the shim does not answer are sent through the same client."""
    # The first SDKs have vector stores below `beta`.
    stores = getattr(client, "vector_stores", None) or client.beta.vector_stores
    store = stores.create(name="notes", file_ids=[_file(client)])
    assert stores.retrieve(store.id).name == "notes"
    assert client.models.list().data


SCENARIOS = (a_conversation, a_retired_model, an_attachment, an_inline_store, a_budget, a_vector_store)
CASES = [(way, colour) for way, (_, colours) in WAYS.items() for colour in colours]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
@pytest.mark.parametrize("way, colour", CASES, ids=[f"{way}-{colour}" for way, colour in CASES])
def test_a_function_works_with_every_way_to_create_a_client(
    way: str, colour: str, scenario: Callable[[Any, Loopback], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Models are looked up as retired only where the server is OpenAI.
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "openai")
    with ExitStack() as stack:
        server = stack.enter_context(Loopback(sandbox=Sandbox(retired={GONE: "2026-10-23"})))
        client = WAYS[way][0](stack, server, colour)
        scenario(client, server)
        assert {request.header("authorization") or request.header("api-key") for request in server.requests} <= {
            "Bearer key",
            "key",
        }
