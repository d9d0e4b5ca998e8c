"""OGX: stateful, with functions, backgrounds and files; the model behind it quotes its input."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios.doors.talking import secret, tool
from tests.scenarios.healing.losing import input_texts, warnings
from tests.scenarios.upstreams.conftest import Watched
from tests.scenarios.upstreams.servers import Server
from tests.scenarios.upstreams.talks import BRIEF, WAYS, Thread, break_off, delete_all

Watch = Callable[[str], Watched]
TOOLS = [tool("get_weather", city="string"), tool("get_time")]
pytestmark = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(params=["known", "unknown"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the settings name the kind of server, or the shim has to find it out."""
    if request.param == "known":
        monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "ogx")
    return str(request.param)


def test_a_conversation_is_chained(ogx: Server, watch: Watch, way: str, kind: str) -> None:
    seen, fact = watch(ogx.url), secret()
    thread = Thread(seen.client, ogx.model, instructions="Be exact.")
    assert thread.ask(way, f"My word is {fact}.").text == f"Echo: My word is {fact}."
    thread.ask(way, "Nothing else.")
    result = thread.ask(way, "recall")
    assert f"first_user='My word is {fact}.'" in result.text
    assert "messages=6" in result.text
    assert seen.chained == [False, True, True]
    assert [len(body["input"]) for body in seen.bodies] == [1, 1, 1]
    assert len(result.messages) == 6


def test_functions_in_succession_and_in_parallel(ogx: Server, watch: Watch, way: str, kind: str) -> None:
    seen, weather, clock = watch(ogx.url), secret(), secret()
    thread = Thread(seen.client, ogx.model, tools=TOOLS)
    functions = {"get_weather": lambda arguments: weather, "get_time": lambda arguments: clock}
    result = thread.ask(way, "call get_weather", functions)
    assert result.text == f"Tool results: get_weather={weather}"
    assert result.calls[0][0][1:] == ("get_weather", {"city": "Paris"})
    both = thread.ask(way, "call get_weather and get_time", functions)
    assert both.text == f"Tool results: get_weather={weather} ; get_time={clock}"
    assert len(both.calls[0]) == 2
    assert seen.chained == [False, True, True, True]
    forced = thread.ask(way, "Now.", functions, tool_choice={"type": "function", "function": {"name": "get_time"}})
    assert [name for calls in forced.calls for _, name, _ in calls] == ["get_time"]
    assert forced.run["status"] == "completed"


def test_two_functions_in_succession(ogx: Server, watch: Watch, way: str, kind: str) -> None:
    """One run consists of: user, model, function 1, model, function 2, model, text."""
    seen, weather, clock = watch(ogx.url), secret(), secret()
    thread = Thread(seen.client, ogx.model, tools=TOOLS, instructions="Be exact.")
    functions = {"get_weather": lambda arguments: weather, "get_time": lambda arguments: clock}
    result = thread.ask(way, "call get_weather then call get_time", functions)
    assert [[name for _, name, _ in calls] for calls in result.calls] == [["get_weather"], ["get_time"]]
    assert result.text == f"Tool results: get_weather={weather} ; get_time={clock}"
    assert [step["type"] for step in result.steps] == ["tool_calls", "tool_calls", "message_creation"]
    assert seen.chained == [False, True, True]
    for body, calls in zip(seen.bodies[1:], result.calls, strict=True):
        assert [item["call_id"] for item in body["input"]] == [call_id for call_id, _, _ in calls]
        assert body["instructions"] == "Be exact."
        assert [each["strict"] for each in body["tools"]] == [False] * 2


@pytest.mark.parametrize("background", ["never", "always"])
def test_a_thread_whose_chain_was_deleted_is_replayed(
    ogx: Server,
    watch: Watch,
    way: str,
    background: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """OGX reports the lost chain in an event of a stream, in a background response after its start, or with 404."""
    monkeypatch.setenv("SHIM_BACKGROUND", background)
    seen, fact = watch(ogx.url), secret()
    thread = Thread(seen.client, ogx.model, tools=TOOLS)
    thread.ask(way, f"My word is {fact}.")
    thread.ask(way, "call get_time", {"get_time": lambda arguments: "noon"})
    before = len(seen.bodies)
    assert delete_all(seen.client) > 0
    result = thread.ask(way, "recall")
    assert f"first_user='My word is {fact}.'" in result.text
    assert "roles=user,assistant,user,assistant,tool,assistant,user" in result.text
    assert seen.chained[before:] == [True, False]
    assert len(warnings(caplog)) == 1
    assert fact not in caplog.text
    assert fact in thread.ask(way, "recall, again").text
    assert seen.chained[before:] == [True, False, True]
    assert len(seen.bodies[-1]["input"]) == 1


def test_a_chain_that_is_deleted_before_the_outputs_are_submitted(ogx: Server, watch: Watch, way: str) -> None:
    seen, weather = watch(ogx.url), secret()

    def get_weather(arguments: Any) -> str:
        delete_all(seen.client)
        return weather

    thread = Thread(seen.client, ogx.model, tools=TOOLS)
    assert (
        thread.ask(way, "call get_weather", {"get_weather": get_weather}).text == f"Tool results: get_weather={weather}"
    )
    assert seen.chained == [False, True, False]
    kinds = [item["type"] for item in seen.bodies[-1]["input"]]
    assert kinds == ["message", "function_call", "function_call_output"]


def test_no_response_is_stored_if_the_settings_forbid_it(
    ogx: Server, watch: Watch, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_STORE_RESPONSES", "false")
    seen, fact = watch(ogx.url), secret()
    delete_all(seen.client)
    thread = Thread(seen.client, ogx.model, tools=TOOLS)
    thread.ask(way, f"My word is {fact}.")
    thread.ask(way, "call get_time", {"get_time": lambda arguments: "noon"})
    assert fact in thread.ask(way, "recall").text
    assert seen.chained == [False] * 4
    assert [body["store"] for body in seen.bodies] == [False] * 4
    assert delete_all(seen.client) == 0


def test_an_answer_that_is_cut(ogx: Server, watch: Watch, way: str) -> None:
    seen = watch(ogx.url)
    thread = Thread(seen.client, ogx.model)
    words = " ".join(f"word{number}" for number in range(60))
    result = thread.ask(way, words, max_completion_tokens=20)
    assert result.run["status"] == "incomplete"
    assert result.run["incomplete_details"] == {"reason": "max_completion_tokens"}
    assert result.text.startswith("Echo: word0 word1")
    assert "word59" not in result.text
    # The incomplete answer remains part of the conversation.
    assert "messages=3" in thread.ask(way, "recall").text


@pytest.mark.parametrize("status", [429, 500])
def test_a_model_that_fails_fails_the_run_and_frees_the_thread(
    ogx: Server, watch: Watch, way: str, status: int
) -> None:
    seen = watch(ogx.url)
    thread = Thread(seen.client, ogx.model)
    result = thread.ask(way, f"FAIL {status}")
    assert result.run["status"] == "failed"
    assert result.run["last_error"]["code"] in ("server_error", "rate_limit_exceeded")
    assert thread.ask(way, "Echo this").text == "Echo: Echo this"


def test_an_answer_follows_the_schema(ogx: Server, watch: Watch, way: str) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "place", "schema": schema}}
    seen = watch(ogx.url)
    assert Thread(seen.client, ogx.model, response_format=wanted).ask(way, "Where?").text == '{"city": "sample"}'


def test_an_unknown_model_fails_the_run(ogx: Server, watch: Watch, way: str) -> None:
    """OGX reports it inside its stream, after the run has begun."""
    seen = watch(ogx.url)
    result = Thread(seen.client, "nope/nope").ask(way, "Hi")
    assert result.run["status"] == "failed"
    assert "nope/nope" in result.run["last_error"]["message"]


def test_a_run_is_cancelled(ogx: Server, watch: Watch, way: str) -> None:
    seen = watch(ogx.url)
    thread = Thread(seen.client, ogx.model)
    threads = seen.client.beta.threads
    threads.messages.create(thread.id, role="user", content="slow 200")
    if way == "stream":
        with threads.runs.stream(thread_id=thread.id, assistant_id=thread.assistant) as events:
            run_id = next(event.data.id for event in events if event.event == "thread.run.created")
            next(event for event in events if event.event == "thread.message.delta")
            threads.runs.cancel(run_id, thread_id=thread.id)
            last = [event.event for event in events][-1]
        assert last == "thread.run.cancelled"
    else:
        run = threads.runs.create(thread.id, assistant_id=thread.assistant)
        threads.runs.cancel(run.id, thread_id=thread.id)
        assert threads.runs.poll(run.id, thread.id).status == "cancelled"
    assert thread.ask(way, "Go on").text == "Echo: Go on"


def test_files_are_searched_and_cited(ogx: Server, watch: Watch, way: str) -> None:
    seen, fact = watch(ogx.url), secret()
    client = seen.client
    file = client.files.create(file=("ship.txt", f"The password of the ship is {fact}.".encode()), purpose="assistants")
    store = client.vector_stores.create(name="ship")
    client.vector_stores.files.create_and_poll(file.id, vector_store_id=store.id)
    thread = Thread(
        client,
        ogx.model,
        tools=[{"type": "file_search"}],
        tool_resources={"file_search": {"vector_store_ids": [store.id]}},
    )
    result = thread.ask(way, "call file_search about the password of the ship")
    assert result.run["status"] == "completed"
    assert fact in json.dumps(ogx.seen_by_model()[-1])
    steps = [step for step in result.steps if step["type"] == "tool_calls"]
    assert [call["type"] for step in steps for call in step["step_details"]["tool_calls"]] == ["file_search"]
    cited = [note for part in result.messages[-1]["content"] for note in part["text"]["annotations"]]
    assert [note["file_citation"]["file_id"] for note in cited] == [file.id]
    assert all(result.text[note["start_index"] : note["end_index"]] == note["text"] for note in cited)
    assert not re.search(r"<\|file-", result.text)


def test_a_polled_run_is_a_background_response(
    ogx: Server, watch: Watch, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A polled run is a background response of OGX, which no connection reads; a streamed run is none, as OGX refuses
    to stream such a response: once, and then it is not requested again.
    """
    monkeypatch.setenv("SHIM_BACKGROUND", "always")
    seen, weather, clock = watch(ogx.url), secret(), secret()
    thread = Thread(seen.client, ogx.model, tools=TOOLS)
    functions = {"get_weather": lambda arguments: weather, "get_time": lambda arguments: clock}
    result = thread.ask(way, "call get_weather then call get_time", functions)
    assert result.text == f"Tool results: get_weather={weather} ; get_time={clock}"
    assert f"get_weather={weather}" in thread.ask(way, "Thanks").messages[1]["content"][0]["text"]["value"]
    refused = [True] if way == "stream" else []
    assert seen.chained == [*([False] * len(refused)), False, True, True, True]
    assert [body.get("background", False) for body in seen.bodies] == [*refused, *([way == "poll"] * 4)]


def test_a_background_response_is_cancelled(
    ogx: Server, watch: Watch, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_BACKGROUND", "always")
    seen = watch(ogx.url)
    thread = Thread(seen.client, ogx.model)
    threads = seen.client.beta.threads
    delete_all(seen.client)
    threads.messages.create(thread.id, role="user", content="slow 200")
    run = threads.runs.create(thread.id, assistant_id=thread.assistant)
    assert threads.runs.cancel(run.id, thread_id=thread.id).status in ("cancelling", "cancelled")
    assert threads.runs.poll(run.id, thread.id).status == "cancelled"
    listed = seen.client.get("/responses", cast_to=object)["data"]
    assert [(each["background"], each["status"]) for each in listed] == [(True, "cancelled")]
    assert thread.ask(way, "Go on").text == "Echo: Go on"


def test_a_connection_that_breaks_fails_the_run_and_frees_the_thread(ogx: Server, watch: Watch, way: str) -> None:
    fact = secret()
    with break_off(ogx.url) as line:
        seen = watch(line.url)
        thread = Thread(seen.client, ogx.model)
        thread.ask(way, f"My word is {fact}.")
        line.breaks = True
        result = thread.ask(way, "slow 50")
        assert result.run["status"] == "failed"
        assert result.run["last_error"]["code"] == "server_error"
        line.breaks = False
        assert f"first_user='My word is {fact}.'" in thread.ask(way, "recall").text
    # The head is still valid; the message before the failure is sent again.
    assert seen.chained == [False, True, True]
    assert input_texts(seen.bodies[-1])[0] == "slow 50"
    assert input_texts(seen.bodies[-1])[-1] == "recall"


def test_a_thread_that_comes_from_another_server(
    ogx: Server, llamacpp: Server, watch: Watch, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread's head is unknown to the second server; afterwards the thread returns to the first one."""
    there = watch(ogx.url)
    thread = Thread(there.client, ogx.model)
    thread.ask(way, "My name is Zebedee.")
    here = watch(llamacpp.url)
    moved = Thread(here.client, llamacpp.model)
    moved.id = thread.id
    moved.ask(way, "What is my name?", **BRIEF)
    assert here.chained == [True, False]
    assert input_texts(here.bodies[-1])[0] == "My name is Zebedee."
    assert len(warnings(caplog)) == 1
    assert "Zebedee" not in caplog.text
    # The second server is not chained at any more.  On the first one the head is still valid; newer messages are sent.
    moved.ask(way, "Thank you.", **BRIEF)
    assert here.chained == [True, False, False]
    back = thread.ask(way, "recall")
    assert "first_user='My name is Zebedee.'" in back.text
    assert "messages=7" in back.text
