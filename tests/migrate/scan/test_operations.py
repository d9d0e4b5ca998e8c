"""The table of operations matches the installed SDK."""

import inspect
from typing import Any, get_args

import openai
from openai.types.beta import AssistantStreamEvent

from docs.pages import calls
from shim.migrate.scan.operations import ALWAYS, EVENTS, OPERATIONS, RESOURCES


def _method(name: str) -> Any:
    found: Any = openai.OpenAI(api_key="none").beta
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_every_method_of_the_sdk_is_in_the_table() -> None:
    assert {f"{path}.{name}" for path, name in calls.methods()} == set(OPERATIONS)


def test_every_parameter_is_in_the_table() -> None:
    sdk = {name: set(inspect.signature(_method(name)).parameters) - ALWAYS for name in OPERATIONS}
    assert {name: set(fields) for name, fields in OPERATIONS.items()} == sdk


def test_every_resource_has_methods() -> None:
    assert {"assistants", "threads", "threads.messages", "threads.runs", "threads.runs.steps"} == RESOURCES


def test_every_event_is_in_the_table() -> None:
    tags = {get_args(kind.model_fields["event"].annotation)[0] for kind in get_args(get_args(AssistantStreamEvent)[0])}
    assert tags - EVENTS == {"error", "thread.created"}, "these two say nothing where they stand alone"
    assert tags > EVENTS
