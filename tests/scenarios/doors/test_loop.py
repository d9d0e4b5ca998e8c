"""The loop: user, model, function, model, function, model, text; in every way, colour and place, seen by both sides."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.places import PLACES, Place, place
from tests.scenarios.doors.talking import WAYS, RunResult, carry_out, secret, tool

Json = dict[str, Any]
INSTRUCTIONS = "Be exact."
TOOLS = [
    tool("find_city", person="string"),
    tool("get_weather", city="string"),
    tool("get_time"),
    tool("be_strict", strict=True, word="string"),
]


#: Each colour in one place; `test_one_function_after_the_other` uses all combinations, and all ways.
SOME = [("sync", "http"), ("async", "process")]
ALL = [(colour, kind) for colour in COLOURS for kind in PLACES]
everywhere = pytest.mark.parametrize("combined", ALL, ids="-".join, indirect=True)
in_all_ways = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(params=SOME, ids="-".join)
def combined(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Place]]:
    colour, kind = request.param
    with place(kind, monkeypatch) as found, opened(colour, **found.options) as client:
        yield client, found


@pytest.fixture
def client(combined: tuple[Any, Place]) -> Any:
    return combined[0]


@pytest.fixture
def where(combined: tuple[Any, Place]) -> Place:
    return combined[1]


@pytest.fixture(params=["stream", "poll"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ask(client: Any, way: str, text: str, functions: Any, **more: Any) -> RunResult:
    helper = client.beta.assistants.create(model="gpt-4o", instructions=INSTRUCTIONS, tools=TOOLS, **more)
    thread = client.beta.threads.create(messages=[{"role": "user", "content": text}])
    return carry_out(client, way, thread.id, helper.id, functions)


def check_rounds(where: Place, result: RunResult) -> None:
    """Upstream's side: each round continues from the response with the calls, has exactly their outputs as input, and
    repeats the other fields.
    """
    bodies = where.bodies
    assert len(bodies) == len(result.calls) + 1
    assert "previous_response_id" not in bodies[0]
    for body, calls, outputs in zip(bodies[1:], result.calls, result.outputs, strict=True):
        assert where.calls_of(body["previous_response_id"]) == {call_id for call_id, _, _ in calls}
        wanted = [{"type": "function_call_output", "call_id": key, "output": value} for key, value in outputs.items()]
        assert body["input"] == wanted
    for body in bodies:
        assert (body["model"], body["instructions"], body["store"]) == ("gpt-4o", INSTRUCTIONS, True)
        assert [(each["name"], each["strict"]) for each in body["tools"]] == [
            ("find_city", False),
            ("get_weather", False),
            ("get_time", False),
            ("be_strict", True),
        ]
        assert body["tools"] == bodies[0]["tools"]


def check_steps(result: RunResult) -> None:
    """The caller's side: a step for each round of calls, with ids, names and outputs, then a step for the text."""
    assert result.run["status"] == "completed"
    kinds = [step["type"] for step in result.steps]
    assert kinds.count("tool_calls") == len(result.calls)
    assert kinds[-1] == "message_creation"
    rounds = [step["step_details"]["tool_calls"] for step in result.steps if step["type"] == "tool_calls"]
    shown = [[(each["id"], each["function"]["name"], each["function"]["output"]) for each in calls] for calls in rounds]
    assert shown == [
        [(call_id, name, outputs[call_id]) for call_id, name, _ in calls]
        for calls, outputs in zip(result.calls, result.outputs, strict=True)
    ]
    assert {step["status"] for step in result.steps} == {"completed"}
    for key in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert result.run["usage"][key] == sum(step["usage"][key] for step in result.steps) > 0


@everywhere
@in_all_ways
def test_one_function_after_the_other(client: Any, where: Place, way: str) -> None:
    city, weather = secret(), secret()
    text = 'find_city {"person": "Ann"} then get_weather {"city": "hers"}, please.'
    result = ask(client, way, text, {"find_city": lambda arguments: city, "get_weather": lambda arguments: weather})
    assert [[(name, arguments) for _, name, arguments in calls] for calls in result.calls] == [
        [("find_city", {"person": "Ann"})],
        [("get_weather", {"city": "hers"})],
    ]
    assert city in result.text
    assert weather in result.text
    check_rounds(where, result)
    check_steps(result)


def test_parallel_calls_in_one_turn(client: Any, where: Place, way: str) -> None:
    results = {"Oslo": secret(), "Rome": secret()}
    hour = secret()
    text = 'get_weather {"city": "Oslo"} and get_weather {"city": "Rome"} and get_time.'
    functions = {"get_weather": lambda arguments: results[arguments["city"]], "get_time": lambda arguments: hour}
    result = ask(client, way, text, functions)
    assert [len(calls) for calls in result.calls] == [3]
    assert all(each in result.text for each in (*results.values(), hour))
    check_rounds(where, result)
    check_steps(result)


def test_text_and_calls_in_one_turn(client: Any, where: Place, way: str) -> None:
    hour = secret()
    result = ask(client, way, "Say it aloud: get_time", {"get_time": lambda arguments: hour})
    assert [step["type"] for step in result.steps] == ["message_creation", "tool_calls", "message_creation"]
    assert result.text.startswith("I will call get_time.\n")
    assert hour in result.text
    check_rounds(where, result)
    check_steps(result)


def test_a_function_that_fails_is_called_again(client: Any, where: Place, way: str) -> None:
    weather, failures = secret(), [f"Error: no network ({secret()})"]
    text = 'get_weather {"city": "Oslo"}, and retry.'
    result = ask(client, way, text, {"get_weather": lambda arguments: failures.pop() if failures else weather})
    assert [[name for _, name, _ in calls] for calls in result.calls] == [["get_weather"], ["get_weather"]]
    assert result.calls[0][0][0] != result.calls[1][0][0]
    assert weather in result.text
    check_rounds(where, result)
    check_steps(result)


def test_arguments_of_several_kilobytes(client: Any, where: Place, way: str) -> None:
    city = " ".join(secret() + 'é😀"\\\n\u2028' for _ in range(250))
    assert len(json.dumps(city)) > 8000
    seen: list[str] = []
    reply = secret(9000)

    def weather(arguments: Json) -> str:
        seen.append(arguments["city"])
        return reply

    result = ask(client, way, f"get_weather {json.dumps({'city': city})}", {"get_weather": weather})
    assert seen == [city]
    assert reply[:1900] in result.text
    check_rounds(where, result)
    check_steps(result)


def test_empty_arguments_and_an_empty_output(client: Any, where: Place, way: str) -> None:
    result = ask(client, way, "get_time {}", {"get_time": lambda arguments: ""})
    assert result.calls[0][0][2] == {}
    assert result.steps[0]["step_details"]["tool_calls"][0]["function"]["arguments"] == "{}"
    assert result.steps[0]["step_details"]["tool_calls"][0]["function"]["output"] == ""
    check_rounds(where, result)
    check_steps(result)


def test_a_second_question_chains_from_the_first_answer(client: Any, where: Place, way: str) -> None:
    hours = [secret(), secret()]
    helper = client.beta.assistants.create(model="gpt-4o", instructions=INSTRUCTIONS, tools=TOOLS)
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "get_time"}])
    first = carry_out(client, way, thread.id, helper.id, {"get_time": lambda arguments: hours[0]})
    client.beta.threads.messages.create(thread.id, role="user", content="And now? get_time")
    second = carry_out(client, way, thread.id, helper.id, {"get_time": lambda arguments: hours[1]})
    assert hours[1] in second.text
    assert hours[0] in second.text, "the first round is part of the conversation"
    first_question, _, question, _ = where.bodies
    assert "previous_response_id" not in first_question
    assert where.calls_of(question["previous_response_id"]) == set(), "the head is the answer, not the question"
    assert [item["role"] for item in question["input"]] == ["user"]
    assert question["input"][0]["content"][0]["text"] == "And now? get_time"
    assert [message["role"] for message in second.messages] == ["user", "assistant", "user", "assistant"]
    assert first.run["id"] != second.run["id"]
