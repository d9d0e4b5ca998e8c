"""Our clients do not warn of the old API's end; warnings of other code, and the plain SDK's own, are not suppressed."""

import inspect
import re
import warnings
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from shim import AsyncOpenAI, OpenAI
from shim.sandbox.http import running
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.talking import until_ended

RESOURCES = ("assistants", "threads", "threads.messages", "threads.runs", "threads.runs.steps")
#: Modules with which the SDK marks a method as deprecated.
WARNERS = ("typing_extensions", "warnings")
#: The SDK's warning about the old API as a whole; warnings about a method that was renamed remain.
OF_THE_API = re.compile("Assistants API|^deprecated$")


def _resource(client: Any, path: str) -> Any:
    found = client.beta
    for name in path.split("."):
        found = getattr(found, name)
    return found


def _methods(client: Any) -> Iterator[tuple[str, Any]]:
    for path in RESOURCES:
        resource = _resource(client, path)
        for name, method in inspect.getmembers(resource, callable):
            if not name.startswith(("_", "with_")):
                yield f"{path}.{name}", method


def _layers(method: Any) -> Iterator[Any]:
    """A function and each function that it wraps."""
    while method is not None:
        yield method
        method = getattr(method, "__wrapped__", None)


def _warners(client: Any) -> set[str]:
    return {
        name
        for name, method in _methods(client)
        for layer in _layers(getattr(method, "__func__", method))
        if getattr(layer, "__globals__", {}).get("__name__") in WARNERS and OF_THE_API.search(layer.__deprecated__)
    }


@pytest.mark.parametrize("kind", [OpenAI, AsyncOpenAI])
def test_no_method_of_our_clients_warns(kind: Any) -> None:
    client = kind(api_key="test")
    assert len(dict(_methods(client))) >= 31
    assert _warners(client) == set()


@pytest.mark.parametrize("kind", [openai.OpenAI, openai.AsyncOpenAI])
def test_the_plain_sdks_methods_still_warn(kind: Any) -> None:
    OpenAI(api_key="test").beta.threads.runs.steps.list  # noqa: B018 -- the SDK's own methods must not change
    notices = {name: getattr(method, "__deprecated__", "") for name, method in _methods(kind(api_key="test"))}
    assert {name for name, text in notices.items() if OF_THE_API.search(text)} == _warners(kind(api_key="test"))


@pytest.mark.parametrize("kind", [OpenAI, AsyncOpenAI])
def test_a_missing_argument_is_still_a_type_error(kind: Any) -> None:
    runs = kind(api_key="test").beta.threads.runs
    with pytest.raises(TypeError, match="assistant_id"):
        runs.create("thread_1").send(None)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_conversation_without_a_warning(colour: str) -> None:
    with running() as url, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with opened(colour, base_url=url) as client:
            helper = client.beta.assistants.create(model="gpt-4o")
            thread = {"messages": [{"role": "user", "content": "Hello"}]}
            run = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
            where = {"thread_id": run.thread_id}
            assert run.status == "completed"
            raw = client.beta.threads.with_raw_response.retrieve(run.thread_id)
            assert raw.parse().id == run.thread_id
            client.beta.threads.messages.create(run.thread_id, role="user", content="Again")
            run = client.beta.threads.runs.create(assistant_id=helper.id, **where)
            assert until_ended(client.beta.threads, run.thread_id, run.id)["status"] == "completed"
            client.beta.threads.runs.steps.with_raw_response.list(run.id, **where)
            client.beta.assistants.with_streaming_response.list()
    assert [str(each.message) for each in caught if issubclass(each.category, DeprecationWarning)] == []


def test_a_renamed_method_still_warns() -> None:
    stream = openai.OpenAI(api_key="test").beta.threads.runs.create_and_stream
    notice = getattr(OpenAI(api_key="test").beta.threads.runs.create_and_stream, "__deprecated__", None)
    assert notice == getattr(stream, "__deprecated__", None)


def test_other_warnings_are_not_suppressed(monkeypatch: pytest.MonkeyPatch) -> None:
    def aged(self: Any) -> str:
        warnings.warn("aged", DeprecationWarning, stacklevel=2)
        return "done"

    monkeypatch.setattr(openai.resources.beta.Beta, "aged", aged, raising=False)
    with pytest.warns(DeprecationWarning, match="aged"):
        assert OpenAI(api_key="test").beta.aged() == "done"
