"""``client.shim.thread`` and ``client.shim.adopt`` on every client: from a thread to native calls, and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shim.wire.errors import ApiError
from tests.scenarios.doors.colours import COLOURS, opened

TOOL = {"type": "function", "name": "look_up", "parameters": {"type": "object", "properties": {}}, "strict": False}
OLD_TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}


@pytest.fixture(params=COLOURS)
def client(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
    with opened(request.param) as made:
        yield made


@pytest.fixture
def assistant(client: Any) -> str:
    return str(client.beta.assistants.create(model="gpt-4o", tools=[OLD_TOOL]).id)


def _thread_with(client: Any, assistant: str, question: str = "Hello.") -> str:
    """A thread with one question and its answer."""
    thread = client.beta.threads.create(messages=[{"role": "user", "content": question}])
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant)
    assert run.status == "completed"
    return str(thread.id)


def _texts(client: Any, thread_id: str) -> list[str]:
    return [each.content[0].text.value for each in client.beta.threads.messages.list(thread_id, order="asc").data]


def test_a_native_call_continues_a_thread(client: Any, assistant: str) -> None:
    thread_id = _thread_with(client, assistant, "My name is Ada.")
    client.beta.threads.messages.create(thread_id, role="user", content="I live in London.")
    state = client.shim.thread(thread_id)
    assert [item["content"][0]["text"] for item in state.input_items()] == ["I live in London."]
    assert [item["role"] for item in state.input_items(everything=True)] == ["user", "assistant", "user"]
    response = client.responses.create(model="gpt-4o", **state.request("Where?"))
    assert response.previous_response_id == state.last_response_id
    for known in ("My name is Ada.", "I live in London."):
        assert f'user said "{known}"' in response.output_text
    added = client.shim.adopt(thread_id, response)
    assert [(each.role, each.run_id, each.status) for each in added] == [
        ("user", None, "completed"),
        ("assistant", None, "completed"),
    ]
    assert _texts(client, thread_id)[2:] == ["I live in London.", "Where?", response.output_text]
    assert client.beta.threads.messages.retrieve(added[1].id, thread_id=thread_id).content == added[1].content
    assert client.shim.adopt(thread_id, response) == []
    assert client.shim.thread(thread_id).last_response_id == response.id


def test_a_chain_with_calls_and_a_run_that_chains_from_it(client: Any, assistant: str) -> None:
    thread_id = _thread_with(client, assistant)
    state = client.shim.thread(thread_id)
    first = client.responses.create(model="gpt-4o", tools=[TOOL], **state.request("look_up, please"))
    output = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "42"}
    second = client.responses.create(
        model="gpt-4o",
        tools=[TOOL],
        previous_response_id=first.id,
        input=[output, {"role": "user", "content": "Well?"}],
    )
    third = client.responses.create(model="gpt-4o", tools=[TOOL], previous_response_id=second.id, input="Thanks.")
    # Adopted by its id: the responses before it are found through the chain.
    client.shim.adopt(thread_id, third.id)
    kinds = [item["type"] for item in client.shim.thread(thread_id).input_items(everything=True)]
    talk, call = ["message", "message"], ["function_call", "function_call_output"]
    assert kinds == [*talk, "message", *call, *talk, *talk]
    client.beta.threads.messages.create(thread_id, role="user", content="Sum up.")
    run = client.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=assistant)
    (round,) = client.shim.threads.trace(run.id).rounds
    assert (round.previous, [item["type"] for item in round.sent]) == (third.id, ["message"])
    assert 'a tool returned "42"' in _texts(client, thread_id)[-1]


def test_several_responses_and_one_with_an_open_call(client: Any, assistant: str) -> None:
    thread_id = _thread_with(client, assistant)
    state = client.shim.thread(thread_id)
    first = client.responses.create(model="gpt-4o", tools=[TOOL], **state.request("look_up, please"))
    client.shim.adopt(thread_id, first)
    # Until the call has its output, the state of the thread leaves it out, and no run chains from its response.
    assert client.shim.thread(thread_id).last_response_id == state.last_response_id
    output = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "42"}
    second = client.responses.create(model="gpt-4o", previous_response_id=first.id, input=[output])
    third = client.responses.create(model="gpt-4o", previous_response_id=second.id, input="Thanks.")
    assert [each.role for each in client.shim.adopt(thread_id, [second, third])] == ["assistant", "user", "assistant"]
    client.beta.threads.messages.create(thread_id, role="user", content="Sum up.")
    client.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=assistant)
    assert 'user said "look_up, please", a tool returned "42", assistant said' in _texts(client, thread_id)[-1]


def test_a_chain_that_does_not_contain_the_thread(client: Any, assistant: str) -> None:
    thread_id = _thread_with(client, assistant)
    head = client.shim.thread(thread_id).last_response_id
    one = client.responses.create(model="gpt-4o", input="Elsewhere.")
    two = client.responses.create(model="gpt-4o", input="Else.", previous_response_id=one.id)
    assert len(client.shim.adopt(thread_id, two)) == 4
    state = client.shim.thread(thread_id)
    assert (state.last_response_id, len(state.input_items())) == (head, 4)
    empty = client.beta.threads.create().id
    assert len(client.shim.adopt(empty, two)) == 4
    assert client.shim.thread(empty).last_response_id == two.id


def test_responses_that_are_not_stored(client: Any, assistant: str) -> None:
    thread_id = _thread_with(client, assistant)
    items = [*client.shim.thread(thread_id).input_items(everything=True), {"role": "user", "content": "Unstored."}]
    response = client.responses.create(model="gpt-4o", input=items, store=False)
    with pytest.raises(ValueError, match="pass the input, too"):
        client.shim.adopt(thread_id, response)
    assert [each.role for each in client.shim.adopt(thread_id, response, input=items)] == ["user", "assistant"]
    assert client.shim.thread(thread_id).last_response_id != response.id
    other = client.responses.create(model="gpt-4o", input="Just a text.", store=False)
    added = client.shim.adopt(thread_id, other.to_dict(mode="json"), input="Just a text.")
    assert [each.content[0].text.value for each in added] == ["Just a text.", other.output_text]


def test_responses_that_cannot_be_adopted(client: Any, assistant: str) -> None:
    thread_id = _thread_with(client, assistant)
    response = client.responses.create(model="gpt-4o", input="Hello.")
    with pytest.raises(ApiError, match="No thread found"):
        client.shim.thread("thread_none")
    with pytest.raises(ApiError, match="No thread found"):
        client.shim.adopt("thread_none", response)
    with pytest.raises(ApiError, match="'resp_none' not found"):
        client.shim.adopt(thread_id, "resp_none")
    slow = client.responses.create(model="gpt-4o", input="slowly", background=True)
    with pytest.raises(ValueError, match="has the status 'queued'"):
        client.shim.adopt(thread_id, slow)
    client.beta.threads.messages.create(thread_id, role="user", content="look_up, please")
    run = client.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=assistant)
    with pytest.raises(ApiError, match=f"while a run {run.id} is active"):
        client.shim.adopt(thread_id, response)
    cut = client.responses.create(model="gpt-4o", input="token-cap, now, please, all of you", max_output_tokens=16)
    thread = client.beta.threads.create()
    assert client.shim.adopt(thread.id, cut)[-1].status == "incomplete"
    assert client.shim.thread(thread.id).last_response_id is None
