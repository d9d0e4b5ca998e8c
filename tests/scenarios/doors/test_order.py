"""The order of events around function calls, and their contents, as in the recordings."""

from collections.abc import Iterator
from typing import Any

import pytest

from shim.sandbox.http import running
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.talking import RunResult, carry_out, secret, tool

Json = dict[str, Any]
TOOLS = [tool("get_weather", city="string"), tool("get_time")]
BEGINS = ["thread.run.created", "thread.run.queued", "thread.run.in_progress"]
GOES_ON = ["thread.run.step.completed", "thread.run.queued", "thread.run.in_progress"]
STEP = ["thread.run.step.created", "thread.run.step.in_progress"]
CALLS = [*STEP, "thread.run.step.delta"]
TEXT = [
    *STEP,
    "thread.message.created",
    "thread.message.in_progress",
    "thread.message.delta",
    "thread.message.completed",
    "thread.run.step.completed",
]
ASKS, ENDS = ["thread.run.requires_action"], ["thread.run.completed"]


@pytest.fixture(params=COLOURS)
def client(request: pytest.FixtureRequest) -> Iterator[Any]:
    with running() as url, opened(request.param, base_url=url) as made:
        yield made


def ask(client: Any, text: str, way: str = "events") -> RunResult:
    helper = client.beta.assistants.create(model="gpt-4o", tools=TOOLS)
    thread = client.beta.threads.create(messages=[{"role": "user", "content": text}])
    functions = {"get_weather": lambda arguments: secret(), "get_time": lambda arguments: secret()}
    return carry_out(client, way, thread.id, helper.id, functions)


ROUNDS = {
    "get_time": [[*BEGINS, *CALLS, *ASKS], [*GOES_ON, *TEXT, *ENDS]],
    'get_weather {"city": "Oslo"} and get_time': [[*BEGINS, *CALLS, *ASKS], [*GOES_ON, *TEXT, *ENDS]],
    "get_time then get_weather": [[*BEGINS, *CALLS, *ASKS], [*GOES_ON, *CALLS, *ASKS], [*GOES_ON, *TEXT, *ENDS]],
    "aloud: get_time": [[*BEGINS, *TEXT, *CALLS, *ASKS], [*GOES_ON, *TEXT, *ENDS]],
    "two-messages": [[*BEGINS, *TEXT, *TEXT, *ENDS]],
    "Hello": [[*BEGINS, *TEXT, *ENDS]],
}


@pytest.mark.parametrize("text", ROUNDS)
def test_the_events_come_in_the_recorded_order(client: Any, text: str) -> None:
    assert ask(client, text).names == ROUNDS[text]


def of(events: list[tuple[str, Json]], name: str) -> list[Json]:
    return [data for event, data in events if event == name]


def test_deltas_of_parallel_calls_are_sent_in_sequence(client: Any) -> None:
    result = ask(client, 'get_weather {"city": "Oslo"} and get_time {} and get_weather {"city": "Rome"}')
    first_round, second_round = result.rounds
    (step,) = of(first_round, "thread.run.step.created")
    deltas = of(first_round, "thread.run.step.delta")
    assert {delta["id"] for delta in deltas} == {step["id"]}
    calls = [delta["delta"]["step_details"]["tool_calls"] for delta in deltas]
    assert {len(call) for call in calls} == {1}
    places = [call[0]["index"] for call in calls]
    assert places == sorted(places)
    assert set(places) == {0, 1, 2}
    firsts = [next(call[0] for call in calls if call[0]["index"] == place) for place in range(3)]
    assert [(first["id"], first["function"]["name"]) for first in firsts] == [each[:2] for each in result.calls[0]]
    completed = second_round[0][1]
    assert completed["id"] == step["id"]
    assert [each["function"]["output"] for each in completed["step_details"]["tool_calls"]] == list(
        result.outputs[0].values()
    )


def test_the_fields_of_a_run_from_round_to_round(client: Any) -> None:
    result = ask(client, "get_time then get_weather")
    runs = [data for events in result.rounds for name, data in events if data["object"] == "thread.run"]
    created, asking, done = runs[0], of(result.rounds[0], "thread.run.requires_action")[0], runs[-1]
    assert {run["id"] for run in runs} == {created["id"]}
    assert {run["created_at"] for run in runs} == {created["created_at"]}
    assert created["started_at"] is None
    assert {run["expires_at"] for run in runs[:-1]} == {created["created_at"] + 600}
    assert (done["expires_at"], done["required_action"]) == (None, None)
    assert asking["usage"] is None
    assert asking["started_at"]
    queued = of(result.rounds[1], "thread.run.queued")[0]
    assert (queued["started_at"], queued["required_action"]) == (asking["started_at"], None)
    ended = [step for events in result.rounds for step in of(events, "thread.run.step.completed")]
    for key in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert done["usage"][key] == sum(step["usage"][key] for step in ended)


def test_a_run_that_requires_action(client: Any) -> None:
    helper = client.beta.assistants.create(model="gpt-4o", tools=TOOLS)
    thread = {"messages": [{"role": "user", "content": "get_time"}]}
    run = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
    where = {"thread_id": run.thread_id}
    assert (run.status, run.usage, run.completed_at) == ("requires_action", None, None)
    (step,) = client.beta.threads.runs.steps.list(run.id, **where).data
    (call,) = step.step_details.tool_calls
    assert (step.status, step.usage, step.completed_at, call.function.output) == ("in_progress", None, None, None)
    (required,) = run.required_action.submit_tool_outputs.tool_calls
    assert (required.id, required.function.name, required.function.arguments) == (call.id, "get_time", "{}")
    assert client.beta.threads.messages.list(run.thread_id).data[0].role == "user"


def test_every_way_ends_with_the_same_objects(client: Any) -> None:
    def seen(way: str) -> Any:
        result = ask(client, "aloud: get_time then get_weather", way)
        kinds = [(step["type"], step["status"], sorted(step)) for step in result.steps]
        return kinds, [(each["role"], each["status"], sorted(each)) for each in result.messages], sorted(result.run)

    first, *others = (seen(way) for way in ("stream", "events", "poll", "retrieve"))
    assert others == [first] * 3
