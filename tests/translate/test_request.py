"""The request body for a run: rows of (run, circumstances, the values sent)."""

from typing import Any

import pytest

from shim.translate import tools
from shim.translate.request import Circumstances, body
from shim.wire import objects

Json = dict[str, Any]
ITEMS = [{"type": "message", "role": "user", "content": []}]
FUNCTION = tools.shown([{"type": "function", "function": {"name": "f"}}])
SEARCH = tools.shown([{"type": "file_search"}])
FORCED = {"type": "function", "function": {"name": "f"}}
SCHEMA = {"name": "s", "schema": {"type": "object"}, "strict": None, "description": "d"}


def sent(run: Json, items: list[Json] = ITEMS, **circumstances: Any) -> Json:
    blank = objects.run("run_1", 0, "thread_1", "asst_1") | {"model": "gpt-4o"}
    return body(blank | run, items, Circumstances(**{"model": "gpt-4o", "resources": {}, **circumstances}))


#: The run, the circumstances, the key, its value in the body; None: the key is not sent.
ROWS = [
    ({}, {}, "model", "gpt-4o"),
    ({}, {"model": "gpt-6"}, "model", "gpt-6"),
    ({"instructions": ""}, {}, "instructions", None),
    ({"instructions": "Be brief."}, {"previous": "resp_1"}, "instructions", "Be brief."),
    ({}, {}, "tools", None),
    (
        {"tools": SEARCH},
        {"resources": {"file_search": {"vector_store_ids": ["vs_1"]}}},
        "tools",
        [{"type": "file_search", "vector_store_ids": ["vs_1"]}],
    ),
    ({"tools": FUNCTION, "parallel_tool_calls": True}, {}, "parallel_tool_calls", None),
    ({"tools": FUNCTION, "parallel_tool_calls": False}, {}, "parallel_tool_calls", False),
    ({"parallel_tool_calls": False}, {}, "parallel_tool_calls", None),
    ({"tools": FUNCTION, "tool_choice": "auto"}, {}, "tool_choice", None),
    ({"tools": FUNCTION, "tool_choice": "none"}, {"obeyed": True}, "tool_choice", "none"),
    ({"tools": FUNCTION, "tool_choice": "required"}, {}, "tool_choice", "required"),
    ({"tools": FUNCTION, "tool_choice": "required"}, {"obeyed": True}, "tool_choice", None),
    ({"tools": FUNCTION, "tool_choice": FORCED}, {}, "tool_choice", {"type": "function", "name": "f"}),
    ({"tools": FUNCTION, "tool_choice": FORCED}, {"obeyed": True}, "tool_choice", None),
    ({"tool_choice": "required"}, {}, "tool_choice", None),
    ({"tools": FUNCTION}, {}, "include", None),
    ({"tools": SEARCH}, {}, "include", ["file_search_call.results"]),
    ({}, {"carry_reasoning": True}, "include", ["reasoning.encrypted_content"]),
    ({"temperature": 1.0}, {}, "temperature", None),
    ({"temperature": None}, {}, "temperature", None),
    ({"temperature": 0}, {}, "temperature", 0),
    ({"temperature": 0.5, "top_p": 0.5}, {"without": frozenset({"temperature"})}, "temperature", None),
    ({"temperature": 0.5, "top_p": 0.5}, {"without": frozenset({"temperature"})}, "top_p", 0.5),
    ({"max_completion_tokens": None}, {"spent": 50}, "max_output_tokens", None),
    ({"max_completion_tokens": 100}, {}, "max_output_tokens", 100),
    ({"max_completion_tokens": 100}, {"spent": 60}, "max_output_tokens", 40),
    ({"reasoning_effort": None}, {}, "reasoning", None),
    ({"reasoning_effort": "low"}, {}, "reasoning", {"effort": "low"}),
    ({"response_format": "auto"}, {}, "text", None),
    ({"response_format": {"type": "text"}}, {}, "text", None),
    ({"response_format": {"type": "json_object"}}, {}, "text", {"format": {"type": "json_object"}}),
    (
        {"response_format": {"type": "json_schema", "json_schema": SCHEMA}},
        {},
        "text",
        {"format": {"type": "json_schema", "name": "s", "schema": {"type": "object"}, "description": "d"}},
    ),
    ({"truncation_strategy": {"type": "last_messages", "last_messages": 3}}, {}, "truncation", None),
    ({"metadata": {}}, {}, "metadata", None),
    ({}, {}, "previous_response_id", None),
    ({}, {"previous": "resp_1"}, "previous_response_id", "resp_1"),
    ({}, {"store": False}, "store", False),
]


@pytest.mark.parametrize("run, circumstances, key, value", ROWS)
def test_one_key(run, circumstances, key, value) -> None:
    assert sent(run, **circumstances).get(key) == value
    assert (key in sent(run, **circumstances)) == (value is not None)


#: The items, the previous response, the input.
INPUTS = [
    (ITEMS, None, ITEMS),
    (ITEMS, "resp_1", ITEMS),
    ([], "resp_1", []),
    ([], None, [{"role": "developer", "content": "Be brief."}]),
]


@pytest.mark.parametrize("items, previous, expected", INPUTS)
def test_the_input(items, previous, expected) -> None:
    assert sent({"instructions": "Be brief."}, items, previous=previous)["input"] == expected
