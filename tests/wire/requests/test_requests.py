"""Valid requests, and that their bodies are unchanged by validation."""

import json
from typing import Any

import pytest

from shim.wire.errors import ApiError
from shim.wire.requests import OPERATIONS, check_id, read

MESSAGE = {"role": "user", "content": "hi"}
FUNCTION = {
    "type": "function",
    "function": {"name": "get_weather", "description": None, "parameters": {"type": "object"}, "strict": True},
}
SEARCH = {
    "type": "file_search",
    "file_search": {"max_num_results": 50, "ranking_options": {"ranker": "auto", "score_threshold": 0}},
}
STORE = {
    "file_ids": ["file-1"],
    "metadata": {"a": "b"},
    "chunking_strategy": {
        "type": "static",
        "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400},
    },
}
RESOURCES = {"code_interpreter": {"file_ids": ["file-1"]}, "file_search": {"vector_store_ids": ["vs_1"]}}
PARTS = [
    {"type": "text", "text": ""},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA", "detail": "low"}},
    {"type": "image_file", "image_file": {"file_id": "file-1"}},
]
ATTACHMENT = {"file_id": "assistant-1", "tools": [{"type": "code_interpreter"}, {"type": "file_search"}]}

RUN = {"assistant_id": "asst_1"}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}, "strict": None}}

GOOD: list[tuple[str, dict[str, Any]]] = [
    ("assistants.create", {"model": "gpt-4o", "tools": [{"type": "code_interpreter"}, FUNCTION, SEARCH]}),
    ("assistants.create", {"model": "m", "tools": [{"type": "file_search"}] * 128, "name": "n" * 256}),
    ("assistants.create", {"model": "m", "tool_resources": {"file_search": {"vector_stores": [STORE]}}}),
    ("assistants.create", {"model": "m", "tool_resources": {"file_search": {}, "code_interpreter": {}}}),
    ("assistants.create", {"model": "m", "response_format": "auto", "temperature": 2, "top_p": 0.5}),
    ("assistants.create", {"model": "m", "response_format": SCHEMA, "reasoning_effort": "xhigh"}),
    ("assistants.create", {"model": "m", "metadata": {"k" * 64: "v" * 512, "": ""}, "instructions": "\u00e9" * 256000}),
    ("assistants.update", {}),
    ("assistants.update", {"tool_resources": RESOURCES, "description": "d" * 512}),
    ("threads.create", {}),
    ("threads.create", {"messages": [MESSAGE, {"role": "assistant", "content": PARTS}], "tool_resources": RESOURCES}),
    ("threads.update", {"metadata": {"a": "b"}, "tool_resources": RESOURCES}),
    ("threads.create_and_run", RUN | {"thread": {"messages": [MESSAGE]}, "tool_resources": RESOURCES, "stream": True}),
    ("threads.create_and_run", RUN | {"thread": {"tool_resources": {"file_search": {"vector_stores": [STORE]}}}}),
    ("messages.create", MESSAGE),
    ("messages.create", {"role": "assistant", "content": PARTS, "attachments": [ATTACHMENT], "metadata": {}}),
    ("messages.update", {"metadata": {"a": ""}}),
    ("runs.create", RUN | {"additional_messages": [MESSAGE], "additional_instructions": "x", "instructions": ""}),
    ("runs.create", RUN | {"tools": [FUNCTION] * 20, "tool_choice": "required", "parallel_tool_calls": False}),
    ("runs.create", RUN | {"tool_choice": {"type": "function", "function": {"name": "f"}}, "model": "m"}),
    ("runs.create", RUN | {"tool_choice": {"type": "file_search"}, "max_completion_tokens": 16}),
    ("runs.create", RUN | {"truncation_strategy": {"type": "last_messages", "last_messages": 1}}),
    ("runs.create", RUN | {"truncation_strategy": {"type": "auto", "last_messages": None}, "max_prompt_tokens": 16}),
    ("runs.update", {"metadata": {"a": "b"}}),
    ("runs.submit_tool_outputs", {"tool_outputs": [{"tool_call_id": "call_1", "output": "1"}], "stream": False}),
    ("runs.submit_tool_outputs", {"tool_outputs": [{"tool_call_id": "call_1", "output": None}, {}]}),
    ("runs.submit_tool_outputs", {"tool_outputs": []}),
    ("runs.cancel", {}),
]


@pytest.mark.parametrize("operation,body", GOOD)
def test_valid_bodies_are_unchanged(operation: str, body: dict[str, Any]) -> None:
    assert read(operation, json.dumps(body).encode()) == body


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_optional_field_may_be_null(operation: str) -> None:
    needed = {"model": "m", "assistant_id": "asst_1", "tool_outputs": [], **MESSAGE}
    fields = OPERATIONS[operation].model_fields
    body = {name: needed[name] if field.is_required() else None for name, field in fields.items()}
    assert read(operation, json.dumps(body).encode()) == body


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name.endswith(("update", "cancel", "delete"))])
def test_a_missing_body_counts_as_an_empty_one(operation: str) -> None:
    assert read(operation, b"") == {}


def test_a_thread_needs_no_body() -> None:
    assert read("threads.create", b"") == {}


def test_text_of_every_script() -> None:
    body = '{"role": "user", "content": "\u00f1 \u4e16 \U0001f600 \\ud83d\\ude00"}'
    assert read("messages.create", body.encode())["content"] == "\u00f1 \u4e16 \U0001f600 \U0001f600"


@pytest.mark.parametrize("sent, text", [("a\\ud83d", "a\ufffd"), ("\\ude00b", "\ufffdb"), ("\\u0000", "\x00")])
def test_a_lone_surrogate_is_replaced(sent: str, text: str) -> None:
    body = f'{{"role": "user", "content": "{sent}", "metadata": {{"{sent}": "{sent}"}}}}'
    found = read("messages.create", body.encode())
    assert (found["content"], found["metadata"]) == (text, {text: text})


@pytest.mark.parametrize(
    "kind,value",
    [("assistant", "asst_1"), ("thread", "thread_1"), ("message", "msg_1"), ("run", "run_1"), ("step", "step_123")],
)
def test_ids_with_their_prefix(kind: str, value: str) -> None:
    check_id(kind, value)


@pytest.mark.parametrize(
    "kind,value,prefix", [("thread", "undefined", "thread"), ("assistant", "wf_1", "asst"), ("message", "", "msg")]
)
def test_ids_without_their_prefix(kind: str, value: str, prefix: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_id(kind, value)
    assert refused.value.status == 400
    assert refused.value.body["error"] == {
        "message": f"Invalid '{kind}_id': '{value}'. Expected an ID that begins with '{prefix}'.",
        "type": "invalid_request_error",
        "param": f"{kind}_id",
        "code": "invalid_value",
    }
