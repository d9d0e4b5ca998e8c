"""Objects for strict clients: types that never change, and fields that are never null."""

from typing import Any

import pytest

from tests.scenarios.clients.talking import TOOLS, WEATHER, Talk

Json = dict[str, Any]
HOSTED = [{"type": "code_interpreter"}, {"type": "file_search"}]


def wire(thing: Any) -> Json:
    found: Json = thing.to_dict(mode="json")
    return found


@pytest.mark.parametrize("instructions", [None, "", "Be brief."])
def test_a_run(talk: Talk, instructions: str | None) -> None:
    run = wire(talk.run("Hello", assistant=talk.assistant(instructions=instructions)))
    assert run["instructions"] == (instructions or "")
    assert run["parallel_tool_calls"] is True
    assert run["metadata"] == {}
    assert set(run["usage"]) >= {"prompt_tokens", "completion_tokens", "total_tokens"}
    assert run["tools"] == wire(talk.assistant())["tools"]


def test_a_runs_own_parallel_tool_calls(talk: Talk) -> None:
    assert talk.run("Hello", parallel_tool_calls=False).parallel_tool_calls is False


def test_messages(talk: Talk) -> None:
    run = talk.run("Hello")
    answer, question = map(wire, talk.messages(run))
    for message in (answer, question):
        assert message["status"] == "completed"
        assert message["attachments"] == []
        assert message["metadata"] == {}
        assert {"incomplete_details", "incomplete_at", "completed_at"} <= set(message)
    assert (answer["run_id"], answer["assistant_id"]) == (run.id, run.assistant_id)
    assert (question["run_id"], question["assistant_id"]) == (None, None)


def test_metadata_is_an_object_everywhere(talk: Talk) -> None:
    run = talk.run("Hello")
    found = [talk.assistant(), talk.threads.retrieve(run.thread_id), run, *talk.messages(run), *talk.steps(run)]
    assert [wire(each)["metadata"] for each in found] == [{}] * len(found)


RESOURCES = [
    ([], {}),
    (TOOLS, {}),
    (HOSTED[:1], {"code_interpreter": {"file_ids": []}}),
    (HOSTED[1:], {"file_search": {"vector_store_ids": []}}),
    ([*TOOLS, *HOSTED], {"code_interpreter": {"file_ids": []}, "file_search": {"vector_store_ids": []}}),
]


@pytest.mark.parametrize("tools,resources", RESOURCES)
def test_an_assistants_resources_follow_its_tools(talk: Talk, tools: list[Json], resources: Json) -> None:
    helper = talk.assistant(tools=tools)
    assert wire(helper)["tool_resources"] == resources
    assert wire(talk.client.beta.assistants.retrieve(helper.id))["tool_resources"] == resources
    bare = talk.assistant(tools=[])
    assert wire(talk.client.beta.assistants.update(bare.id, tools=tools))["tool_resources"] == resources


def test_steps_after_the_submit(talk: Talk) -> None:
    run = talk.run(WEATHER)
    waiting = wire(talk.steps(run)[0])
    assert (waiting["status"], waiting["completed_at"], waiting["usage"]) == ("in_progress", None, None)
    assert waiting["step_details"]["tool_calls"][0]["function"]["output"] is None
    talk.poll(talk.submit(run, "hail"))
    called, written = map(wire, talk.steps(run, order="asc"))
    assert called["status"] == written["status"] == "completed"
    assert called["completed_at"] >= called["created_at"]
    assert written["completed_at"] >= written["created_at"]
    assert called["step_details"]["tool_calls"][0]["function"]["output"] == "hail"
    assert called["usage"]["total_tokens"] + written["usage"]["total_tokens"] == talk.retrieve(run).usage.total_tokens


def test_calls_have_the_same_ids_in_action_and_step(talk: Talk) -> None:
    run = talk.run(f"{WEATHER} and get_time")
    required = run.required_action.submit_tool_outputs.tool_calls
    step = talk.steps(run)[0]
    assert [call.id for call in step.step_details.tool_calls] == [call.id for call in required]
    assert [call.function.name for call in required] == ["get_weather", "get_time"]
    talk.poll(talk.submit(run))
    assert [each.type for each in talk.steps(run, order="asc")] == ["tool_calls", "message_creation"]
    assert [call.id for call in talk.steps(run, order="asc")[0].step_details.tool_calls] == [
        call.id for call in required
    ]


def test_the_first_item_of_a_list_is_the_newest(talk: Talk) -> None:
    run = talk.run("Hello")
    later = talk.threads.runs.create_and_poll(
        thread_id=run.thread_id,
        assistant_id=run.assistant_id,
        additional_messages=[{"role": "user", "content": "Once more"}],
    )
    newest = talk.threads.messages.list(run.thread_id)
    assert newest.data[0].run_id == later.id
    assert "Once more" in newest.data[0].content[0].text.value
    assert newest.has_more is False
    first = talk.threads.messages.list(run.thread_id, limit=1)
    assert (first.data[0].id, first.has_more) == (newest.data[0].id, True)
    assert talk.threads.runs.list(run.thread_id).data[0].id == later.id
    assert talk.client.beta.assistants.list().data[0].id == run.assistant_id


def test_incomplete_only_where_a_limit_was_reached(talk: Talk) -> None:
    """Several clients retry an incomplete run for ever: a run that ends below its limits is completed."""
    run = talk.run("Hello", max_completion_tokens=5000, max_prompt_tokens=5000)
    assert (run.status, run.incomplete_details) == ("completed", None)
    run = talk.run("essay-500", max_completion_tokens=50)
    assert (run.status, run.incomplete_details.reason) == ("incomplete", "max_completion_tokens")
    assert run.usage.completion_tokens <= 50
