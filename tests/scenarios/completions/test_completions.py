"""Programs of the old API on a server that has only Chat Completions: `SHIM_UPSTREAM=chat+http://…`.

The session `completions` of noxfile.py installs LiteLLM and runs these tests; without LiteLLM they are skipped.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from typing import Any

import openai
import pytest
from typer.testing import CliRunner

import shim
from shim.cli import table
from tests.scenarios.completions.server import Completions, Turn, served
from tests.scenarios.completions.talking import CLOCK, TOOLS, WEATHER, answers, asking, loop, texts_of
from tests.server.served import served as serving

if find_spec("litellm") is None and not os.environ.get("REQUIRE_LITELLM"):
    pytest.skip("LiteLLM is not installed", allow_module_level=True)

Json = dict[str, Any]
HELLO = Turn("Hello there, friend.")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Completions]:
    with served() as (state, url):
        monkeypatch.setenv("SHIM_UPSTREAM", f"chat+{url}")
        yield state
    assert state.faults == []
    assert state.turns == []


@pytest.fixture
def client(server: Completions) -> Iterator[Any]:
    with shim.OpenAI(api_key="sk-mine", organization="org-mine", max_retries=0) as made:
        yield made


@pytest.fixture
async def awaited(server: Completions) -> AsyncIterator[Any]:
    async with shim.AsyncOpenAI(api_key="sk-mine", max_retries=0) as made:
        yield made


def helper(client: Any, **fields: Any) -> str:
    made = client.beta.assistants.create(model="chatty", instructions="Be kind.", tools=TOOLS, **fields)
    return str(made.id)


def test_a_text_polled(client: Any, server: Completions) -> None:
    server.turns = [HELLO]
    run = client.beta.threads.create_and_run_poll(
        assistant_id=helper(client, temperature=0.3), thread={"messages": asking("Hi")}, max_completion_tokens=50
    )
    assert (run.status, run.usage.prompt_tokens, run.usage.completion_tokens) == ("completed", 11, 3)
    assert texts_of(client, run.thread_id) == ["Hi", HELLO.text]
    (request,) = server.bodies
    assert [each["role"] for each in request["messages"]] == ["system", "user"]
    assert request["messages"][0]["content"] == "Be kind."
    assert (request["temperature"], request["max_tokens"]) == (0.3, 50)
    assert [tool["function"]["name"] for tool in request["tools"]] == [WEATHER[0], CLOCK[0]]
    assert server.headers[0]["authorization"] == "Bearer sk-mine"
    assert server.headers[0]["openai-organization"] == "org-mine"


def test_a_text_streamed_and_a_second_run(client: Any, server: Completions) -> None:
    server.turns = [HELLO, Turn("Still here.")]
    assistant, thread = helper(client), client.beta.threads.create(messages=asking("Hi"))
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant) as stream:
        assert list(stream.text_deltas) == ["Hell", "o th", "ere,", " fri", "end."]
    client.beta.threads.messages.create(thread.id, role="user", content="And now?")
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant) as stream:
        stream.until_done()
    assert texts_of(client, thread.id) == ["Hi", HELLO.text, "And now?", "Still here."]
    # The server stores nothing, so the second request contains the whole thread.
    assert [each["role"] for each in server.messages[1]] == ["system", "user", "assistant", "user"]


def test_two_functions_in_succession_in_one_streamed_run(client: Any, server: Completions) -> None:
    server.turns = [Turn(calls=(WEATHER,)), Turn(calls=(CLOCK,)), Turn("Sunny at noon.")]
    thread = client.beta.threads.create(messages=asking("Weather and time?"))
    events = loop(client, thread.id, helper(client))

    assert [each.event for each in events if each.event.startswith("thread.run.re")] == [
        "thread.run.requires_action"
    ] * 2
    assert events[-1].event == "thread.run.completed"
    pieces = [each.data.delta for each in events if each.event == "thread.run.step.delta"]
    arguments = [piece.step_details.tool_calls[0].function.arguments for piece in pieces]
    assert "".join(each for each in arguments if each) == WEATHER[1] + CLOCK[1]
    assert len(arguments) > 6
    assert texts_of(client, thread.id) == ["Weather and time?", "Sunny at noon."]
    assert [each["role"] for each in server.messages[2]] == ["system", "user", *["assistant", "tool"] * 2]
    assert [each["content"] for each in server.messages[2] if each["role"] == "tool"] == [
        "get_weather says 0",
        "get_clock says 0",
    ]


def test_parallel_calls_with_a_text_before_them(client: Any, server: Completions) -> None:
    server.turns = [Turn("Let me look.", calls=(WEATHER, CLOCK)), Turn("Done."), Turn("Again.")]
    thread = client.beta.threads.create(messages=asking("Both?"))
    assistant = helper(client)
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant)
    assert run.status == "requires_action", run.last_error
    given = answers(run)
    # A program may submit the outputs in any order.
    run = client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=thread.id, tool_outputs=given[::-1]
    )
    assert run.status == "completed"
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant, additional_messages=asking("And?")
    )
    assert run.status == "completed"
    outputs = {each["tool_call_id"]: each["content"] for each in server.messages[2] if each["role"] == "tool"}
    assert outputs == {each["tool_call_id"]: each["output"] for each in given}
    assert texts_of(client, thread.id) == ["Both?", "Let me look.", "Done.", "And?", "Again."]


async def test_the_async_client(awaited: Any, server: Completions) -> None:
    server.turns = [Turn(calls=(WEATHER, CLOCK)), Turn("Sunny at noon.")]
    assistant = await awaited.beta.assistants.create(model="chatty", tools=TOOLS)
    thread = await awaited.beta.threads.create(messages=asking("Weather and time?"))
    async with awaited.beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant.id) as stream:
        await stream.until_done()
    run = stream.current_run
    assert run.status == "requires_action", run.last_error
    async with awaited.beta.threads.runs.submit_tool_outputs_stream(
        run_id=run.id, thread_id=thread.id, tool_outputs=answers(run)
    ) as stream:
        deltas = [text async for text in stream.text_deltas]
    assert "".join(deltas) == "Sunny at noon."
    assert [each["role"] for each in server.messages[1]] == ["user", "assistant", "tool", "tool"]


FAILURES = {
    401: ({"message": "Incorrect API key provided.", "code": "invalid_api_key"}, "server_error"),
    429: ({"message": "Rate limit reached.", "code": "rate_limit_exceeded"}, "rate_limit_exceeded"),
    500: ({"message": "The server had an error.", "code": None}, "server_error"),
}


@pytest.mark.parametrize("status", FAILURES)
def test_an_error_has_the_servers_own_message(status: int, client: Any, server: Completions) -> None:
    error, code = FAILURES[status]
    server.turns = [Turn(status=status, error=error)] * 2
    arguments: Json = {"assistant_id": helper(client), "thread": {"messages": asking("Hi")}}
    run = client.beta.threads.create_and_run_poll(**arguments)
    assert (run.status, run.last_error.code, run.last_error.message) == ("failed", code, error["message"])
    if status == 401:
        with pytest.raises(openai.AuthenticationError, match=error["message"]) as caught:
            client.beta.threads.create_and_run_stream(**arguments).__enter__()
        assert caught.value.code == error["code"]
        return
    with client.beta.threads.create_and_run_stream(**arguments) as stream:
        stream.until_done()
    assert stream.current_run.last_error.message == error["message"]


def test_a_stream_that_breaks_off(client: Any, server: Completions) -> None:
    server.turns = [Turn("Half of a sen", cut=True)]
    run = client.beta.threads.create_and_run_poll(assistant_id=helper(client), thread={"messages": asking("Hi")})
    assert run.status == "failed"
    assert run.last_error.message == "Stream ended before a finish_reason was received"


def test_an_answer_that_is_cut_short(client: Any, server: Completions) -> None:
    server.turns = [Turn("Half of a", finish="length")]
    run = client.beta.threads.create_and_run_poll(assistant_id=helper(client), thread={"messages": asking("Hi")})
    assert (run.status, run.incomplete_details.reason) == ("incomplete", "max_completion_tokens")


def test_a_run_is_cancelled_while_the_model_is_silent(client: Any, server: Completions) -> None:
    server.turns = [Turn("Never said.", silent=True)]
    thread = client.beta.threads.create(messages=asking("Hi"))
    run = client.beta.threads.runs.create(thread_id=thread.id, assistant_id=helper(client))
    assert server.reading.wait(60)
    client.beta.threads.runs.cancel(run.id, thread_id=thread.id)
    run = client.beta.threads.runs.poll(run.id, thread_id=thread.id)
    assert run.status == "cancelled"
    assert texts_of(client, thread.id) == ["Hi"]
    # The connection was closed, so the model does not continue an answer without a reader.
    assert server.left.wait(60)


async def test_the_async_client_disconnects_from_a_silent_model(awaited: Any, server: Completions) -> None:
    server.turns = [Turn("Never said.", silent=True)]
    assistant = await awaited.beta.assistants.create(model="chatty")
    thread = await awaited.beta.threads.create(messages=asking("Hi"))
    run = await awaited.beta.threads.runs.create(thread_id=thread.id, assistant_id=assistant.id)
    assert await asyncio.to_thread(server.reading.wait, 60)
    await awaited.beta.threads.runs.cancel(run.id, thread_id=thread.id)
    run = await awaited.beta.threads.runs.poll(run.id, thread_id=thread.id)
    assert run.status == "cancelled"
    assert await asyncio.to_thread(server.left.wait, 60)


def test_a_server_that_sends_no_usage(client: Any, server: Completions) -> None:
    server.turns = [Turn("Hello there, friend.", counted=False)]
    run = client.beta.threads.create_and_run_poll(assistant_id=helper(client), thread={"messages": asking("Hi")})
    assert run.status == "completed"
    # An estimate by LiteLLM.
    assert 3 < run.usage.completion_tokens < 10


HOSTED: dict[str, Json] = {
    "code_interpreter": {},
    "file_search": {"file_search": {"vector_store_ids": ["vs_1"]}},
}


@pytest.mark.parametrize("kind", HOSTED)
def test_hosted_tools_are_refused_by_name(kind: str, client: Any, server: Completions) -> None:
    made = client.beta.assistants.create(model="chatty", tools=[{"type": kind}], tool_resources=HOSTED[kind])
    arguments: Json = {"assistant_id": made.id, "thread": {"messages": asking("Hi")}}
    run = client.beta.threads.create_and_run_poll(**arguments)
    assert run.status == "failed"
    assert f"{kind!r} is not supported" in run.last_error.message
    with pytest.raises(openai.BadRequestError, match=f"{kind!r} is not supported") as caught:
        client.beta.threads.create_and_run_stream(**arguments).__enter__()
    assert caught.value.param == "tools[0].type"
    assert server.bodies == []


def test_images_are_accepted_by_url_and_refused_by_file_id(client: Any, server: Completions) -> None:
    server.turns = [Turn("A cat.")]
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/cat.png", "detail": "low"}}
    stored = {"type": "image_file", "image_file": {"file_id": "file-1"}}
    question, assistant = {"type": "text", "text": "What is it?"}, helper(client)
    run = client.beta.threads.create_and_run_poll(
        assistant_id=assistant, thread={"messages": [{"role": "user", "content": [question, picture]}]}
    )
    assert texts_of(client, run.thread_id)[1] == "A cat."
    assert server.messages[0][1]["content"] == [question, picture]
    run = client.beta.threads.create_and_run_poll(
        assistant_id=assistant, thread={"messages": [{"role": "user", "content": [question, stored]}]}
    )
    assert "a file id is not supported" in run.last_error.message


def test_a_format_and_a_choice_of_tools(client: Any, server: Completions) -> None:
    server.turns = [Turn(calls=(CLOCK,)), Turn('{"hour": 12}')]
    schema = {"type": "object", "properties": {"hour": {"type": "integer"}}, "required": ["hour"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "time", "schema": schema, "strict": True}}
    choice = {"type": "function", "function": {"name": CLOCK[0]}}
    run = client.beta.threads.create_and_run_poll(
        assistant_id=helper(client),
        thread={"messages": asking("What time is it?")},
        response_format=wanted,
        tool_choice=choice,
        parallel_tool_calls=False,
        top_p=0.5,
        metadata={"ticket": "7"},
        truncation_strategy={"type": "auto"},
    )
    client.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=answers(run)
    )
    first, second = server.bodies
    assert (first["tool_choice"], first["parallel_tool_calls"], first["top_p"]) == (choice, False, 0.5)
    assert first["response_format"] == second["response_format"] == wanted
    # The choice is forced in the first request only; otherwise the model would call the function for ever.
    assert second.get("tool_choice") is None
    assert texts_of(client, run.thread_id)[1] == '{"hour": 12}'


def test_other_calls_are_passed_through(server: Completions, monkeypatch: pytest.MonkeyPatch) -> None:
    url = os.environ["SHIM_UPSTREAM"].removeprefix("chat+")
    monkeypatch.delenv("SHIM_UPSTREAM")
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "chat")
    server.turns = [HELLO]
    with shim.OpenAI(api_key="sk-mine", base_url=url, max_retries=0) as client:
        assert [each.id for each in client.models.list()] == ["chatty"]
        run = client.beta.threads.create_and_run_poll(assistant_id=helper(client), thread={"messages": asking("Hi")})
    assert run.status == "completed"


def test_a_client_of_azure(server: Completions) -> None:
    server.turns = [HELLO]
    with shim.AzureOpenAI(
        api_key="sk-mine", azure_endpoint="https://example.openai.azure.com", api_version="2024-05-01-preview"
    ) as client:
        run = client.beta.threads.create_and_run_poll(assistant_id=helper(client), thread={"messages": asking("Hi")})
    assert run.status == "completed", run.last_error


def test_through_the_shims_server(server: Completions) -> None:
    server.turns = [Turn(calls=(WEATHER,)), Turn("Sunny.")]
    with serving() as url, openai.OpenAI(api_key="sk-mine", base_url=f"{url}/v1", max_retries=0) as client:
        thread = client.beta.threads.create(messages=asking("Weather?"))  # type: ignore[arg-type]
        assert loop(client, thread.id, helper(client))[-1].event == "thread.run.completed"


def test_the_doctor_command_uses_the_bridge(server: Completions) -> None:
    server.turns = [Turn("ok")] * 20
    result = CliRunner().invoke(table.app(), ["doctor", "--model", "chatty", "--json"])
    assert result.exit_code == 0, result.output
    server.turns = []
