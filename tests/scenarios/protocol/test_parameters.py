"""Every parameter of a run: its value in the run, and in the request to upstream."""

from typing import Any, Final

import pytest

from tests.scenarios.clients.talking import TOOLS, WEATHER, Talk
from tests.scenarios.doors.talking import tool

Json = dict[str, Any]
SCHEMA: Final = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
NAMED: Final = {"type": "function", "function": {"name": "get_time"}}
FORMAT: Final = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
FLAT: Final = {"type": "json_schema", "name": "answer", "schema": SCHEMA}
OTHER: Final = [tool("get_mail")]
#: Parameter, value, the fields that the request to upstream contains for it, and those that it does not.
CARRIED: Final[list[tuple[str, Any, Json, tuple[str, ...]]]] = [
    ("model", "gpt-4o-mini", {"model": "gpt-4o-mini"}, ()),
    ("instructions", "Be loud.", {"instructions": "Be loud."}, ()),
    ("metadata", {"a": "b"}, {"metadata": {"a": "b"}}, ()),
    ("temperature", 0.25, {"temperature": 0.25}, ()),
    ("temperature", 1.0, {}, ("temperature",)),
    ("temperature", 0.0, {"temperature": 0.0}, ()),
    ("top_p", 0.5, {"top_p": 0.5}, ()),
    ("max_completion_tokens", 300, {"max_output_tokens": 300}, ()),
    ("max_prompt_tokens", 300, {}, ("max_prompt_tokens",)),
    ("truncation_strategy", {"type": "auto", "last_messages": None}, {"truncation": "auto"}, ()),
    ("parallel_tool_calls", False, {"parallel_tool_calls": False}, ()),
    ("parallel_tool_calls", True, {}, ("parallel_tool_calls",)),
    ("response_format", "auto", {}, ("text",)),
    ("response_format", {"type": "text"}, {}, ("text",)),
    ("response_format", {"type": "json_object"}, {"text": {"format": {"type": "json_object"}}}, ()),
    ("response_format", FORMAT, {"text": {"format": FLAT}}, ()),
    ("tool_choice", "auto", {}, ("tool_choice",)),
    ("tool_choice", "none", {"tool_choice": "none"}, ()),
    ("tool_choice", "required", {"tool_choice": "required"}, ()),
    ("tool_choice", NAMED, {"tool_choice": {"type": "function", "name": "get_time"}}, ()),
]
#: A text that asks for JSON, which upstream requires with the JSON format.
QUESTION: Final = "Answer in JSON, please."


@pytest.mark.parametrize("name,value,sent,unsent", CARRIED)
def test_from_the_request_to_the_run_and_upstream(talk: Talk, name: str, value: Any, sent: Json, unsent: Any) -> None:
    run = talk.run(QUESTION, **{name: value})
    assert run.status in ("completed", "requires_action"), run.last_error
    assert run.to_dict(mode="json")[name] == value
    body = talk.upstream.bodies[0]
    assert body.items() >= sent.items()
    assert set(unsent) & set(body) == set()


@pytest.mark.parametrize("name,value", [
    ("model", "gpt-4o-mini"),
    ("instructions", "Be loud."),
    ("temperature", 0.25),
    ("top_p", 0.5),
    ("response_format", {"type": "json_object"}),
    ("tools", OTHER),
])  # fmt: skip
def test_from_the_assistant(talk: Talk, name: str, value: Any) -> None:
    helper = talk.assistant(**{name: value})
    run = talk.run(QUESTION, assistant=helper).to_dict(mode="json")
    assert run[name] == helper.to_dict(mode="json")[name]
    plain = talk.run(QUESTION, assistant=talk.assistant(), **{name: value}).to_dict(mode="json")
    assert plain[name] == run[name]
    first, second = talk.upstream.bodies
    assert first == second


def test_a_run_does_not_take_the_assistants_metadata(talk: Talk) -> None:
    assert talk.run("Hello", assistant=talk.assistant(metadata={"a": "b"})).metadata == {}


def test_tools_are_overridden_as_a_whole(talk: Talk) -> None:
    run = talk.run("get_mail and get_time", tools=OTHER)
    assert [each.function.name for each in run.tools] == ["get_mail"]
    assert [each["name"] for each in talk.upstream.bodies[0]["tools"]] == ["get_mail"]
    assert [call.function.name for call in run.required_action.submit_tool_outputs.tool_calls] == ["get_mail"]
    assert talk.run("get_time", tools=[]).status == "completed"
    assert "tools" not in talk.upstream.bodies[-1]


def test_additional_instructions(talk: Talk) -> None:
    helper = talk.assistant(instructions="Be brief.")
    run = talk.run("Hello", assistant=helper, additional_instructions="Be kind.")
    assert run.instructions == "Be brief.\nBe kind."
    run = talk.run("Hello", assistant=helper, instructions="Be loud.", additional_instructions="Be kind.")
    assert run.instructions == "Be loud.\nBe kind."
    assert [body["instructions"] for body in talk.upstream.bodies] == ["Be brief.\nBe kind.", "Be loud.\nBe kind."]


def test_additional_messages(talk: Talk) -> None:
    more = [
        {"role": "user", "content": "One", "metadata": {"a": "b"}},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": [{"type": "text", "text": "Three"}]},
    ]
    run = talk.run("Zero", additional_messages=more)
    messages = talk.messages(run, order="asc")
    assert [each.content[0].text.value for each in messages[:4]] == ["Zero", "One", "Two", "Three"]
    assert [each.role for each in messages] == ["user", "user", "assistant", "user", "assistant"]
    assert messages[1].metadata == {"a": "b"}
    assert [item["role"] for item in talk.upstream.bodies[0]["input"]] == ["user", "user", "assistant", "user"]


def test_last_messages(talk: Talk) -> None:
    more = [{"role": "user", "content": f"Number {number}"} for number in range(5)]
    run = talk.run("Zero", additional_messages=more, truncation_strategy={"type": "last_messages", "last_messages": 2})
    assert run.truncation_strategy.to_dict() == {"type": "last_messages", "last_messages": 2}
    body = talk.upstream.bodies[0]
    assert [item["content"][0]["text"] for item in body["input"]] == ["Number 3", "Number 4"]
    assert "truncation" not in body
    assert "previous_response_id" not in body


def test_the_completion_cap_covers_all_responses_of_a_run(talk: Talk) -> None:
    run = talk.run(f"{WEATHER} then essay-500", max_completion_tokens=120)
    spent = run.to_dict()["max_completion_tokens"]
    assert (spent, run.status) == (120, "requires_action")
    run = talk.poll(talk.submit(run))
    first, second = (body["max_output_tokens"] for body in talk.upstream.bodies)
    step = talk.steps(run, order="asc")[0]
    assert (first, second) == (120, 120 - step.usage.completion_tokens)
    assert (run.status, run.incomplete_details.reason) == ("incomplete", "max_completion_tokens")
    assert run.usage.completion_tokens <= 120


def test_reasoning_effort(talk: Talk) -> None:
    run = talk.run("Hello", model="o3", extra_body={"reasoning_effort": "low"})
    assert (run.status, run.to_dict()["reasoning_effort"]) == ("completed", "low")
    assert talk.upstream.bodies[0]["reasoning"] == {"effort": "low"}
    helper = talk.assistant(model="o3", extra_body={"reasoning_effort": "high"})
    assert talk.run("Hello", assistant=helper).to_dict()["reasoning_effort"] == "high"


def test_a_forced_tool_is_forced_once(talk: Talk) -> None:
    run = talk.run("Hello", tool_choice=NAMED)
    assert [call.function.name for call in run.required_action.submit_tool_outputs.tool_calls] == ["get_time"]
    run = talk.poll(talk.submit(run))
    assert (run.status, run.tool_choice.to_dict()) == ("completed", NAMED)
    assert ["tool_choice" in body for body in talk.upstream.bodies] == [True, False]


@pytest.mark.parametrize("kind", ["code_interpreter", "file_search"])
def test_a_hosted_tool_may_be_forced(talk: Talk, kind: str) -> None:
    store = talk.client.vector_stores.create()
    resources = {"file_search": {"vector_store_ids": [store.id]}}
    helper = talk.assistant(tools=[*TOOLS, {"type": kind}], tool_resources=resources if kind == "file_search" else None)
    run = talk.run("Hello", assistant=helper, tool_choice={"type": kind})
    assert (run.status, run.tool_choice.to_dict()) == ("completed", {"type": kind})
    assert talk.steps(run, order="asc")[0].type == "tool_calls"


def thread(text: str, **more: Any) -> Json:
    return {"messages": [{"role": "user", "content": text}], "metadata": {"c": "d"}, **more}


def test_create_and_run(talk: Talk) -> None:
    file = talk.client.files.create(file=("notes.txt", b"The favorite food is pizza."), purpose="assistants")
    resources = {"code_interpreter": {"file_ids": [file.id]}}
    helper = talk.assistant(tools=[{"type": "code_interpreter"}])
    given = {"thread": thread("Hello"), "tool_resources": resources, "metadata": {"a": "b"}, "instructions": "Be loud."}
    run = talk.threads.create_and_run(assistant_id=helper.id, **given)
    assert (run.status, run.metadata, run.instructions) == ("queued", {"a": "b"}, "Be loud.")
    run = talk.poll(run)
    assert talk.threads.retrieve(run.thread_id).metadata == {"c": "d"}
    assert talk.upstream.bodies[0]["tools"][0]["container"]["file_ids"] == [file.id]


def test_create_and_run_poll_and_stream(talk: Talk) -> None:
    helper = talk.assistant()
    run = talk.threads.create_and_run_poll(assistant_id=helper.id, thread=thread("Hello"))
    assert run.status == "completed"
    with talk.threads.create_and_run_stream(assistant_id=helper.id, thread=thread(WEATHER)) as events:
        events.until_done()
        assert events.current_run.status == "requires_action"
    with talk.threads.create_and_run_stream(assistant_id=helper.id, thread=thread("Hello")) as events:
        assert events.get_final_run().status == "completed"
        assert len(events.get_final_messages()) == 1
        assert [step.type for step in events.get_final_run_steps()] == ["message_creation"]


def test_create_and_run_without_a_thread(talk: Talk) -> None:
    run = talk.threads.create_and_run_poll(assistant_id=talk.assistant(instructions="Say hello.").id)
    assert run.status == "completed"
    assert [each.role for each in talk.messages(run)] == ["assistant"]


def test_a_new_vector_store_with_the_thread(talk: Talk) -> None:
    file = talk.client.files.create(file=("notes.txt", b"The favorite food is pizza."), purpose="assistants")
    inline = {"file_search": {"vector_stores": [{"file_ids": [file.id]}]}}
    helper = talk.assistant(tools=[{"type": "file_search"}])
    given = thread('file_search {"query": "favorite food"}', tool_resources=inline)
    run = talk.threads.create_and_run_poll(assistant_id=helper.id, thread=given)
    assert run.status == "completed"
    assert "pizza" in talk.messages(run)[0].content[0].text.value
    (store,) = talk.threads.retrieve(run.thread_id).tool_resources.file_search.vector_store_ids
    assert talk.upstream.bodies[0]["tools"][0]["vector_store_ids"] == [store]
