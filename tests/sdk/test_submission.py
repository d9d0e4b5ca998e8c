"""``client.responses.submit_tool_outputs``: a response is continued like a run of the Assistants API."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import openai
import pytest

import shim
from shim.sdk.submission import OPEN
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request

TOOLS = [
    {"type": "function", "name": name, "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
    for name in ("get_weather", "get_time")
]
ASK = 'Call get_weather {"city": "Paris"} and get_time {"city": "Paris"}, then get_time {"city": "Rome"}.'
SETTINGS: dict[str, Any] = {
    "model": "gpt-4o",
    "instructions": "Be brief.",
    "temperature": 0.5,
    "max_output_tokens": 500,
    "metadata": {"who": "me"},
    "parallel_tool_calls": True,
}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture(params=COLOURS)
def responses(request: pytest.FixtureRequest, server: Loopback) -> Iterator[Any]:
    with opened(request.param, base_url=server.url) as client:
        yield client.responses


def created(responses: Any, text: str = ASK, **more: Any) -> Any:
    return responses.create(**SETTINGS | {"input": text, "tools": TOOLS} | more)


def calls(response: Any) -> list[Any]:
    return [each for each in response.output if each.type == "function_call"]


def outputs(found: list[Any], by: str = "call_id") -> list[dict[str, str]]:
    return [{"tool_call_id": getattr(each, by), "output": f"the output of {each.name}"} for each in found]


@pytest.mark.parametrize("by", ["call_id", "id"])
def test_outputs_name_the_id_of_the_call_or_of_its_item(responses: Any, server: Loopback, by: str) -> None:
    first = created(responses)
    second = responses.submit_tool_outputs(response_id=first.id, tool_outputs=outputs(calls(first), by))
    assert second.previous_response_id == first.id
    third = responses.submit_tool_outputs(response_id=second.id, tool_outputs=outputs(calls(second), by))
    assert "get_weather returned" in third.output_text
    assert server.bodies[1]["input"] == [
        {"type": "function_call_output", "call_id": each.call_id, "output": f"the output of {each.name}"}
        for each in calls(first)
    ]


def test_the_settings_are_sent_again(responses: Any, server: Loopback) -> None:
    first = created(responses)
    responses.submit_tool_outputs(response_id=first.id, tool_outputs=outputs(calls(first)))
    sent = server.bodies[1]
    assert [each["name"] for each in sent["tools"]] == ["get_weather", "get_time"]
    assert {name: sent[name] for name in ("instructions", "temperature", "max_output_tokens", "metadata")} == {
        name: SETTINGS[name] for name in ("instructions", "temperature", "max_output_tokens", "metadata")
    }
    assert sent["model"].startswith("gpt-4o")
    assert {"top_p", "text", "truncation", "tool_choice"}.isdisjoint(sent), (
        "what a server fills in by itself is not said"
    )


def test_settings_can_be_changed(responses: Any, server: Loopback) -> None:
    first = created(responses)
    given = outputs(calls(first))
    responses.submit_tool_outputs(response_id=first.id, tool_outputs=given, temperature=0.1, metadata={})
    assert (server.bodies[1]["temperature"], server.bodies[1]["metadata"]) == (0.1, {})


@pytest.mark.parametrize("choice", ["required", {"type": "function", "name": "get_weather"}])
def test_a_forced_call_is_not_forced_again(responses: Any, server: Loopback, choice: Any) -> None:
    first = created(responses, tool_choice=choice)
    responses.submit_tool_outputs(response_id=first.id, tool_outputs=outputs(calls(first)))
    assert "tool_choice" not in server.bodies[1]


def test_submitting_with_a_stream(responses: Any) -> None:
    first = created(responses)
    stream = responses.submit_tool_outputs_stream(response_id=first.id, tool_outputs=outputs(calls(first)))
    names = [event.type for event in stream]
    assert names[0] == "response.created"
    assert names[-1] == "response.completed"


def test_one_stream_through_all_rounds(responses: Any, server: Loopback) -> None:
    """Outputs are submitted while the response is streamed, and the same loop receives the following events."""
    current, made, text = "", [], ""
    for event in created(responses, stream=True):
        if event.type == "response.created":
            current = event.response.id
            made.append(current)
        elif event.type == "response.output_item.done" and event.item.type == "function_call":
            assert responses.submit_tool_outputs(response_id=current, tool_outputs=outputs([event.item], "id")) is None
        elif event.type == "response.output_text.delta":
            text += event.delta
    assert len(made) == 3
    assert text.count("returned") == 3
    assert [body.get("previous_response_id") for body in server.bodies] == [None, *made[:2]]
    for body in server.bodies:
        assert {name: body[name] for name in SETTINGS} == SETTINGS, (
            "as the request said it, not as the server echoed it"
        )
    assert [len(body["input"]) for body in server.bodies[1:]] == [2, 1]
    assert not OPEN


def test_a_stream_without_outputs_ends_as_before(responses: Any) -> None:
    assert [event.type for event in created(responses, stream=True)][-1] == "response.completed"
    assert [event.type for event in created(responses, "Hello.", stream=True)][-1] == "response.completed"


def test_outputs_submitted_after_the_stream(responses: Any) -> None:
    *_, last = created(responses, stream=True)
    second = responses.submit_tool_outputs(response_id=last.response.id, tool_outputs=outputs(calls(last.response)))
    assert second.previous_response_id == last.response.id


def test_a_missing_output_is_named(responses: Any) -> None:
    current = ""
    events = iter(created(responses, stream=True))
    for event in events:
        if event.type == "response.created":
            current = event.response.id
        elif event.type == "response.output_item.done":
            responses.submit_tool_outputs(response_id=current, tool_outputs=outputs([event.item]))
            break
    with pytest.raises(openai.OpenAIError, match="answered together; missing: call_"):
        list(events)


def test_an_unknown_call_id_is_refused_with_a_list_of_the_known_ones(responses: Any) -> None:
    first = created(responses)
    wrong = [{"tool_call_id": "call_x", "output": ""}]
    with pytest.raises(
        openai.OpenAIError, match=f"No call of the response has the id call_x.*{calls(first)[0].call_id}"
    ):
        responses.submit_tool_outputs(response_id=first.id, tool_outputs=wrong)


def test_a_response_that_does_not_exist(responses: Any) -> None:
    with pytest.raises(openai.NotFoundError):
        responses.submit_tool_outputs(response_id="resp_" + "0" * 50, tool_outputs=[])


def test_a_response_that_is_still_in_progress(responses: Any, server: Loopback) -> None:
    first = created(responses)
    server.answer = unfinished
    with pytest.raises(openai.OpenAIError, match="is still in_progress"):
        responses.submit_tool_outputs(response_id=first.id, tool_outputs=[])


def unfinished(request: Request) -> Reply:
    return Reply.json({"id": "resp_1", "object": "response", "status": "in_progress", "output": []})


def test_a_conversation_is_continued_by_its_id(responses: Any, server: Loopback) -> None:
    sent: list[Any] = []

    def answer(request: Request) -> Reply:
        sent.append(request)
        call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}"}
        response = {"id": "resp_1", "object": "response", "status": "completed", "model": "gpt-4o", "output": [call]}
        return Reply.json(response | {"conversation": {"id": "conv_1"}})

    server.answer = answer
    responses.submit_tool_outputs(response_id="resp_1", tool_outputs=[{"tool_call_id": "fc_1", "output": "x"}])
    assert sent[1].json["conversation"] == "conv_1"
    assert "previous_response_id" not in sent[1].json


def test_raw_answers_are_unchanged(responses: Any) -> None:
    assert responses.with_raw_response.create(model="gpt-4o", input="Hello.").parse().status == "completed"


def test_installed_clients_have_the_method_until_uninstall(server: Loopback) -> None:
    given: Any = {"api_key": "x", "base_url": server.url}
    shim.install()
    with openai.OpenAI(**given) as client:
        first = created(client.responses)
        second: Any = client.responses
        assert second.submit_tool_outputs(response_id=first.id, tool_outputs=outputs(calls(first)))
    shim.uninstall()
    with openai.OpenAI(**given) as client:
        assert not hasattr(client.responses, "submit_tool_outputs")


def test_the_module_has_the_method_as_well() -> None:
    program = "import shim; shim.api_key = 'x'; print(shim.responses.submit_tool_outputs.__name__)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "submit_tool_outputs"
