"""Events are decoded by their names: the objects equal those that the SDK makes by trying each type in turn."""

from types import SimpleNamespace
from typing import Any

import openai
import pytest
from openai._models import construct_type
from openai.types.beta import AssistantStreamEvent

from shim import AsyncOpenAI, OpenAI
from shim.assembly import decoding
from tests.scenarios.doors.colours import opened
from tests.scenarios.doors.places import place
from tests.scenarios.doors.talking import tool

PROGRAM = "get_time then get_place, please"


def events_of(client: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """Every event of two rounds: the data as received, and the object that the client returned."""
    events: list[tuple[Any, Any]] = []
    process = vars(client)[decoding.STEP]

    def record(*, data: Any, **more: Any) -> Any:
        made = process(data=data, **more)
        if more["cast_to"] is AssistantStreamEvent:
            events.append((data, made))
        return made

    monkeypatch.setattr(client, decoding.STEP, record)
    helper = client.beta.assistants.create(model="gpt-4o", tools=[tool("get_time"), tool("get_place")])
    thread = client.beta.threads.create(messages=[{"role": "user", "content": PROGRAM}])
    stream = client.beta.threads.runs.create(thread.id, assistant_id=helper.id, stream=True)
    while (run := list(stream)[-1].data).status == "requires_action":
        calls = run.required_action.submit_tool_outputs.tool_calls
        outputs = [{"tool_call_id": call.id, "output": "noon"} for call in calls]
        stream = client.beta.threads.runs.submit_tool_outputs(
            run.id, thread_id=thread.id, tool_outputs=outputs, stream=True
        )
    return events


def test_every_event_is_made_as_the_sdk_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with place("process", monkeypatch), opened("sync") as client:
        events = events_of(client, monkeypatch)
    assert len({data["event"] for data, _ in events}) > 12
    for data, made in events:
        theirs: Any = construct_type(type_=AssistantStreamEvent, value=data)
        assert type(made) is type(theirs)
        assert made == theirs
        assert made.to_json() == theirs.to_json()


@pytest.mark.sdk("1.66")
def test_every_event_of_the_sdk_has_its_type() -> None:
    from tests.translate import sdk

    members = sdk.members(AssistantStreamEvent)
    assert {tag: member for member in members for tag in sdk.tags(member, "event")} == decoding.TYPES


@pytest.mark.parametrize(
    "data",
    [
        {"event": "thread.run.created", "data": {"id": "run_1", "status": "a new one"}},
        {"event": "thread.run.invented", "data": {"id": "run_1"}},
    ],
)
@pytest.mark.parametrize("kind", [OpenAI, AsyncOpenAI])
def test_data_that_does_not_match_its_type_is_decoded_by_the_sdk(kind: Any, data: Any) -> None:
    client = kind(api_key="test")
    made = vars(client)[decoding.STEP](data=data, cast_to=AssistantStreamEvent, response=None)
    assert made.data.id == "run_1"
    theirs = getattr(kind, decoding.STEP)
    assert made == theirs(client, data=data, cast_to=AssistantStreamEvent, response=None)


def test_a_strict_client_still_validates_events() -> None:
    data = {"event": "thread.run.created", "data": {}}
    with OpenAI(api_key="test", _strict_response_validation=True) as client:
        request = client._client.build_request("GET", "https://api.openai.com/v1")
        with pytest.raises(openai.APIResponseValidationError):
            vars(client)[decoding.STEP](
                data=data, cast_to=AssistantStreamEvent, response=SimpleNamespace(request=request, status_code=200)
            )
