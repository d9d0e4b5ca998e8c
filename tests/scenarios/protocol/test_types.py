"""All answers are valid: strictly by the SDK's own types, and by the published schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft202012Validator
from openai.types.beta import Assistant, AssistantDeleted, AssistantStreamEvent, Thread, ThreadDeleted
from openai.types.beta.threads import Message, MessageDeleted, Run
from openai.types.beta.threads.runs import RunStep
from pydantic import BaseModel, TypeAdapter

from shim import OpenAI
from shim.sandbox import Sandbox
from tests.recordings import REQUIRED, WIRE
from tests.scenarios.clients.talking import Talk
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.protocol.harvest import TEXTS, Harvest, gather
from tests.scenarios.protocol.hours import set_clock

Json = dict[str, Any]

#: An object's name: the SDK's type, the schema's name.
TYPES: Final[dict[str, tuple[type[BaseModel], str]]] = {
    "assistant": (Assistant, "AssistantObject"),
    "assistant.deleted": (AssistantDeleted, "DeleteAssistantResponse"),
    "thread": (Thread, "ThreadObject"),
    "thread.deleted": (ThreadDeleted, "DeleteThreadResponse"),
    "thread.message": (Message, "MessageObject"),
    "thread.message.deleted": (MessageDeleted, "DeleteMessageResponse"),
    "thread.run": (Run, "RunObject"),
    "thread.run.step": (RunStep, "RunStepObject"),
}
LISTS: Final = {
    "assistant": "ListAssistantsResponse",
    "thread.message": "ListMessagesResponse",
    "thread.run": "ListRunsResponse",
    "thread.run.step": "ListRunStepsResponse",
}
STATUSES: Final = {
    "queued",
    "in_progress",
    "requires_action",
    "cancelling",
    "cancelled",
    "failed",
    "completed",
    "incomplete",
    "expired",
}


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvest]:
    folder = tmp_path_factory.mktemp("harvest")
    with pytest.MonkeyPatch.context() as patch, Loopback(sandbox=Sandbox(pace=0.02)) as upstream:
        patch.setenv("SHIM_DATABASE_URL", f"sqlite:///{folder / 'shim.db'}")
        clock = set_clock(patch)
        with OpenAI(api_key="test", base_url=upstream.url, max_retries=0) as client:
            yield gather(Talk(client, upstream), clock)


def singles(harvest: Harvest) -> list[tuple[str, Json]]:
    """Every single object, including those in lists and events."""
    found = []
    for name, body in harvest.objects:
        if "error" not in body:
            found += [(name, each) for each in (body["data"] if body["object"] == "list" else [body])]
    return found + [(name, event["data"]) for name, event in harvest.events if event["data"]["object"] in TYPES]


def test_every_kind_of_object_event_and_content_occurs(harvest: Harvest) -> None:
    kinds = {each["object"] for _, each in singles(harvest)}
    assert kinds == set(TYPES)
    assert {each["status"] for _, each in singles(harvest) if each["object"] == "thread.run"} >= STATUSES
    assert {name for name, _ in harvest.events} == {*TEXTS, "cancelled", "expired"}
    steps = [each["step_details"] for _, each in singles(harvest) if each["object"] == "thread.run.step"]
    calls = [call for details in steps for call in details.get("tool_calls", [])]
    assert {call["type"] for call in calls} == {"function", "code_interpreter", "file_search"}
    outputs = [output["type"] for call in calls for output in call.get("code_interpreter", {}).get("outputs", [])]
    assert set(outputs) == {"logs", "image"}
    content = [part for _, each in singles(harvest) if each["object"] == "thread.message" for part in each["content"]]
    assert {part["type"] for part in content} >= {"text", "image_file"}
    marks = [mark["type"] for part in content if part["type"] == "text" for mark in part["text"]["annotations"]]
    assert set(marks) == {"file_citation", "file_path"}


def test_every_object_is_strictly_valid_by_its_type(harvest: Harvest) -> None:
    for _, body in singles(harvest):
        kind = TYPES[body["object"]][0]
        made = kind.model_validate(body, strict=True)
        assert made.to_dict(mode="json") == body  # type: ignore[attr-defined]


def test_every_event_is_strictly_valid_by_its_type(harvest: Harvest) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(AssistantStreamEvent)
    for _, event in harvest.events:
        made = adapter.validate_python(event, strict=True)
        assert made.event == event["event"]
        assert made.data.to_dict(mode="json") == event["data"]


def test_every_field_of_a_type_is_present(harvest: Harvest) -> None:
    """Also fields that are null."""
    for _, body in singles(harvest):
        kind = TYPES[body["object"]][0]
        assert set(kind.model_fields) - set(body) <= set(), body["object"]


@pytest.fixture(scope="module")
def schema() -> Json:
    found = sorted((WIRE / "openapi").glob("*.yaml")) if WIRE.is_dir() else []
    if not found and not REQUIRED:
        pytest.skip("no schema here")
    return _read(found[0])


def _read(path: Path) -> Json:
    loaded: Json = _nullable(yaml.safe_load(path.read_text()))
    return loaded


def _nullable(schema: Any) -> Any:
    """The schema in the validator's dialect: `nullable` becomes a choice with the type null."""
    if isinstance(schema, list):
        return [_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _nullable(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") is True else made


def validator(schema: Json, name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": schema["components"]})


def fitting(body: Json) -> Json:
    """The body without the one intended violation: the schema has no reason for a run that a filter cut."""
    if isinstance(body.get("data"), dict):
        return body | {"data": fitting(body["data"])}
    return body | {"incomplete_details": None} if body.get("incomplete_details") == {"reason": None} else body


@pytest.mark.wire
def test_every_object_fits_the_schema(harvest: Harvest, schema: Json) -> None:
    for _, body in singles(harvest):
        validator(schema, TYPES[body["object"]][1]).validate(fitting(body))


@pytest.mark.wire
def test_every_list_and_error_fits_the_schema(harvest: Harvest, schema: Json) -> None:
    errors = 0
    for _, body in harvest.objects:
        if "error" in body:
            errors += 1
            validator(schema, "ErrorResponse").validate(body)
        elif body["object"] == "list" and body["data"]:
            kind = LISTS[body["data"][0]["object"]]
            validator(schema, kind).validate(body | {"data": [fitting(each) for each in body["data"]]})
    assert errors


@pytest.mark.wire
def test_every_event_fits_the_schema(harvest: Harvest, schema: Json) -> None:
    events = {_skeleton(event): event for _, event in harvest.events}
    judge = validator(schema, "AssistantStreamEvent")
    for event in events.values():
        judge.validate(fitting(event))
    assert len(events) > 30


def _skeleton(thing: Any) -> str:
    """Keys and types, so that of many similar deltas only one is checked."""
    if isinstance(thing, dict):
        return repr([(key, value if key in ("event", "status") else _skeleton(value)) for key, value in thing.items()])
    return repr([_skeleton(each) for each in thing]) if isinstance(thing, list) else type(thing).__name__
