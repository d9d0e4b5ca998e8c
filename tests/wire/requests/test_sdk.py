"""Every request that the installed SDK's own types allow is accepted.

The SDK's parameter types are walked: for every object the required keys, then every optional key with every kind of
value that its type names, one at a time.
"""

import importlib
import json
import types
from collections.abc import Iterator
from typing import Any, Final, Literal, Union, get_args, get_origin

import pytest
import typing_extensions
from typing_extensions import is_typeddict

from shim.wire.pages import Page
from shim.wire.requests import OPERATIONS, read

PARAMS: Final = {
    "assistants.create": ("assistant_create_params", "AssistantCreateParams"),
    "assistants.update": ("assistant_update_params", "AssistantUpdateParams"),
    "threads.create": ("thread_create_params", "ThreadCreateParams"),
    "threads.update": ("thread_update_params", "ThreadUpdateParams"),
    "threads.create_and_run": ("thread_create_and_run_params", "ThreadCreateAndRunParams"),
    "messages.create": ("threads.message_create_params", "MessageCreateParams"),
    "messages.update": ("threads.message_update_params", "MessageUpdateParams"),
    "runs.create": ("threads.run_create_params", "RunCreateParams"),
    "runs.update": ("threads.run_update_params", "RunUpdateParams"),
    "runs.submit_tool_outputs": ("threads.run_submit_tool_outputs_params", "RunSubmitToolOutputsParams"),
}
LISTS: Final = [
    ("assistant_list_params", "AssistantListParams"),
    ("threads.message_list_params", "MessageListParams"),
    ("threads.run_list_params", "RunListParams"),
    ("threads.runs.step_list_params", "StepListParams"),
]
#: Parameters that are in the path or the query, never in a body.
ELSEWHERE: Final = {"thread_id", "include"}
#: Keys that the API requires although they are optional in the types.
REQUIRED: Final[dict[str, dict[str, Any]]] = {
    "Attachment": {"file_id": "file-1", "tools": []},
    "MessageAttachment": {"file_id": "file-1", "tools": []},
    "ThreadMessageAttachment": {"file_id": "file-1", "tools": []},
    "AdditionalMessageAttachment": {"file_id": "file-1", "tools": []},
    "TruncationStrategy": {"last_messages": 1},
    "AssistantToolChoiceParam": {"function": {"name": "f"}},
}
STRINGS: Final = {"assistant_id": "asst_1"}
NUMBERS: Final = {"max_num_results": 50}
SCALARS: Final[dict[Any, list[Any]]] = {
    bool: [True],
    float: [1, 0.5],
    object: [{"any": ["thing"]}],
    Any: [{"any": ["thing"]}],
    type(None): [None],
}


def found(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"openai.types.beta.{module}"), name)


def members(kind: Any) -> list[Any]:
    return list(get_args(kind)) if get_origin(kind) in (Union, types.UnionType) else [kind]


def fields(kind: Any) -> dict[str, tuple[bool, Any]]:
    """The fields of a type: name to (required, type)."""
    hints = typing_extensions.get_type_hints(kind, include_extras=True)
    required = typing_extensions.Required
    return {
        name: (get_origin(hint) is required, get_args(hint)[0] if get_origin(hint) is required else hint)
        for name, hint in hints.items()
        if name not in ELSEWHERE
    }


def values(kind: Any, name: str = "") -> Iterator[Any]:
    """JSON values of a type, at least one of every kind that the type names."""
    if is_typeddict(kind):
        yield from objects(kind)
    elif len(members(kind)) > 1:
        for member in members(kind):
            yield from values(member, name)
    elif get_origin(kind) is Literal:
        yield from get_args(kind)
    elif kind is str:
        yield STRINGS.get(name, "x")
    elif kind is int:
        yield NUMBERS.get(name, 100)
    elif kind in SCALARS:
        yield from SCALARS[kind]
    else:
        yield from containers(kind, name)


def containers(kind: Any, name: str) -> Iterator[Any]:
    *_, item = get_args(kind)
    if issubclass(get_origin(kind), dict):
        yield {"key": next(values(item))}
    else:
        yield from ([value] for value in values(item, name))


def objects(kind: Any) -> Iterator[dict[str, Any]]:
    least = {name: next(values(hint, name)) for name, (required, hint) in fields(kind).items() if required}
    least = {**REQUIRED.get(kind.__name__, {}), **least}
    yield least
    for name, (_, hint) in fields(kind).items():
        for value in values(hint, name):
            if value is not None or name not in REQUIRED.get(kind.__name__, {}):
                yield {**least, name: value}


@pytest.mark.parametrize("operation", PARAMS)
def test_every_field_is_known(operation: str) -> None:
    known = {field.alias or name for name, field in OPERATIONS[operation].model_fields.items()}
    for kind in members(found(*PARAMS[operation])):
        assert set(fields(kind)) <= known


@pytest.mark.parametrize("operation", PARAMS)
def test_every_value_is_accepted(operation: str) -> None:
    seen = 0
    for kind in members(found(*PARAMS[operation])):
        for body in objects(kind):
            assert read(operation, json.dumps(body).encode()) == body
            seen += 1
    assert seen > len(OPERATIONS[operation].model_fields)


@pytest.mark.parametrize("module,name", LISTS)
def test_every_field_of_a_list_is_known(module: str, name: str) -> None:
    assert set(fields(found(module, name))) <= set(Page.__dataclass_fields__)
