"""The coverage page contains everything of the SDK and of the published schema."""

import re
from typing import Any, Final

import pytest
import yaml

from docs import generate
from docs.pages import calls, coverage, types
from tests.recordings import WIRE

PAGE: Final = generate.ROOT / "docs" / "reference" / "coverage.md"
VERSION: Final = re.compile(r"`openai` \d[\w.]*")

#: The schema's name of each body and object.
BODIES: Final = {
    "assistants.create": "CreateAssistantRequest",
    "assistants.update": "ModifyAssistantRequest",
    "threads.create": "CreateThreadRequest",
    "threads.update": "ModifyThreadRequest",
    "threads.create_and_run": "CreateThreadAndRunRequest",
    "messages.create": "CreateMessageRequest",
    "messages.update": "ModifyMessageRequest",
    "runs.create": "CreateRunRequest",
    "runs.update": "ModifyRunRequest",
    "runs.submit_tool_outputs": "SubmitToolOutputsRunRequest",
}
OBJECTS: Final = {
    "assistant": "AssistantObject",
    "thread": "ThreadObject",
    "thread.message": "MessageObject",
    "thread.run": "RunObject",
    "thread.run.step": "RunStepObject",
}


def test_every_method() -> None:
    found = list(calls.methods())
    assert len(found) >= 31
    assert all(calls.routes(*each) for each in found)


def test_the_page_is_that_of_the_installed_sdk() -> None:
    """Without its version number: the page is stale only if the installed SDK has other methods or fields."""
    printed, published = (VERSION.sub("", page) for page in (coverage.print_page(), PAGE.read_text()))
    assert published.endswith(printed)


def test_the_page_explains_every_request_field() -> None:
    for operation, names in types.requests().items():
        for name in names:
            assert coverage.fate(operation, name).how


def test_every_field_of_the_sdks_objects_is_answered() -> None:
    for kind, (made, known) in types.answers().items():
        assert known <= set(made), kind


@pytest.fixture(scope="module")
def schemas() -> Any:
    return yaml.safe_load(next((WIRE / "openapi").glob("*.yaml")).read_text())["components"]["schemas"]


@pytest.mark.wire
def test_the_schema_has_no_other_fields(schemas: Any) -> None:
    for operation, name in BODIES.items():
        assert set(schemas[name]["properties"]) <= set(types.requests()[operation]), operation
    for kind, name in OBJECTS.items():
        assert set(schemas[name]["properties"]) <= set(types.answers()[kind][0]), kind
