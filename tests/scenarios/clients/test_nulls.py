"""An explicit null means "not given" nearly everywhere; a null in a modify call clears the field."""

from typing import Any

import pytest

from tests.scenarios.clients.talking import Talk

Json = dict[str, Any]
SETUP: Json = {
    "model": "gpt-4o",
    "name": "helper",
    "description": "helps",
    "instructions": "Be brief.",
    "temperature": 0.5,
    "top_p": 0.25,
    "metadata": {"a": "b"},
    "response_format": {"type": "text"},
}
OF_A_RUN = (
    "instructions",
    "additional_instructions",
    "additional_messages",
    "model",
    "tools",
    "metadata",
    "temperature",
    "top_p",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "truncation_strategy",
    "max_prompt_tokens",
    "max_completion_tokens",
    "reasoning_effort",
)


def plain(thing: Any, *but: str) -> Json:
    return {key: value for key, value in thing.to_dict(mode="json").items() if key not in ("id", "created_at", *but)}


@pytest.mark.parametrize("field", ["name", "description", "instructions", "tools", "tool_resources", "metadata",
                                   "temperature", "top_p", "response_format", "reasoning_effort"])  # fmt: skip
def test_an_assistant(talk: Talk, field: str) -> None:
    without = {key: value for key, value in SETUP.items() if key != field}
    create = talk.client.beta.assistants.create
    assert plain(create(**without, extra_body={field: None})) == plain(create(**without))


@pytest.mark.parametrize("field", OF_A_RUN)
def test_a_run_falls_back_to_its_assistant(talk: Talk, field: str) -> None:
    helper = talk.assistant(**SETUP)
    times = ("started_at", "expires_at", "completed_at", "thread_id")
    without, with_null = (talk.run("Hello", assistant=helper, extra_body=body) for body in ({}, {field: None}))
    assert without.status == "completed"
    assert plain(with_null, *times) == plain(without, *times)
    assert with_null.instructions == "Be brief."


def test_all_nulls_at_once_with_a_thread(talk: Talk) -> None:
    helper = talk.assistant(**SETUP)
    thread = {
        "messages": [{"role": "user", "content": "Hello", "attachments": None, "metadata": None}],
        "metadata": None,
        "tool_resources": None,
    }
    nothing = {field: None for field in OF_A_RUN if not field.startswith("additional")}
    body = {"thread": thread, "tool_resources": None, "stream": None, **nothing}
    run = talk.threads.create_and_run_poll(assistant_id=helper.id, extra_body=body)
    assert run.status == "completed"
    assert (run.instructions, run.temperature, run.metadata) == ("Be brief.", 0.5, {})
    assert talk.threads.retrieve(run.thread_id).metadata == {}


def test_a_message_and_a_thread(talk: Talk) -> None:
    thread = talk.threads.create(extra_body={"messages": None, "metadata": None, "tool_resources": None})
    nulls = {"attachments": None, "metadata": None}
    message = talk.threads.messages.create(thread.id, role="user", content="Hello", extra_body=nulls)
    assert (message.attachments, message.metadata) == ([], {})


def test_modify_clears(talk: Talk) -> None:
    helper = talk.assistant(**SETUP)
    body = {"name": None, "description": None, "instructions": None, "metadata": None, "temperature": None}
    changed = talk.client.beta.assistants.update(helper.id, extra_body=body)
    assert (changed.name, changed.description, changed.instructions, changed.metadata) == (None, None, None, {})
    assert (changed.temperature, changed.model) == (0.5, "gpt-4o")


def test_modify_clears_metadata_of_threads_messages_and_runs(talk: Talk) -> None:
    run = talk.run("Hello", metadata={"a": "b"})
    message = talk.messages(run)[0]
    nothing = {"extra_body": {"metadata": None}}
    assert talk.threads.update(run.thread_id, **nothing).metadata == {}
    assert talk.threads.messages.update(message.id, thread_id=run.thread_id, **nothing).metadata == {}
    assert talk.threads.runs.update(run.id, thread_id=run.thread_id, **nothing).metadata == {}


def test_a_null_output_is_an_empty_output(talk: Talk) -> None:
    run = talk.run("get_time")
    outputs = [each | {"output": None} for each in talk.outputs(run)]
    parameters = {"thread_id": run.thread_id, "tool_outputs": outputs}
    assert talk.poll(talk.threads.runs.submit_tool_outputs(run.id, **parameters)).status == "completed"
    assert talk.steps(run, order="asc")[0].step_details.tool_calls[0].function.output == ""
