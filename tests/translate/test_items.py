"""Items in a form that every server accepts: a table of malformed items of servers and models."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.translate import items
from shim.translate.history import Entry, compose

Json = dict[str, Any]


def message(*parts: Any, **more: Any) -> Json:
    return {"type": "message", "role": "assistant", "content": list(parts), **more}


def text(value: Any) -> Json:
    return {"type": "output_text", "text": value}


def call(**more: Any) -> Json:
    return {"type": "function_call", "call_id": "call_a", "name": "f", "arguments": "{}", **more}


#: An item as received, and the condition that the result must meet.
ODD = {
    "content that is a text": ({"type": "message", "role": "assistant", "content": "Hi"}, message(text("Hi"))),
    "content that is null": ({"type": "message", "role": "assistant", "content": None}, message()),
    "no content": ({"type": "message", "role": "assistant"}, message()),
    "content that is an object": (message() | {"content": {"type": "text", "text": "Hi"}}, message(text("Hi"))),
    "a part that is a text": (message("Hi"), message(text("Hi"))),
    "a part without a type": (message({"text": "Hi"}), message(text("Hi"))),
    "a part of the other API": (message({"type": "text", "text": {"value": "Hi"}}), message(text("Hi"))),
    "a refusal without a type": (message({"refusal": "No."}), message({"type": "refusal", "refusal": "No."})),
    "a text that is null": (message(text(None), text("Hi")), message(text("Hi"))),
    "parts that are none": (message(None, 7, [], "", {}, {"type": "dream"}), message()),
    "no role": ({"type": "message", "content": [text("Hi")]}, message(text("Hi"))),
    "a role that is none": (message(text("Hi"), role="tool"), message(text("Hi"))),
    "no type, with a role": ({"role": "assistant", "content": "Hi"}, message(text("Hi"))),
    "no type, with arguments": ({"call_id": "call_a", "name": "f", "arguments": "{}"}, call()),
    "no type, with an output": (
        {"call_id": "call_a", "output": "1"},
        {"type": "function_call_output", "call_id": "call_a", "output": "1"},
    ),
    "a type that is none": (call(type=7), call()),
    "nothing": ({}, message()),
    "null": (None, message()),
    "a text": ("Hi", message(text("Hi"))),
    "a user's words": (
        {"type": "message", "role": "user", "content": "Hi"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
    ),
    "no arguments": ({"type": "function_call", "call_id": "call_a", "name": "f"}, call()),
    "arguments that are null": (call(arguments=None), call()),
    "empty arguments": (call(arguments=" "), call()),
    "arguments that are an object": (call(arguments={"x": 1}), call(arguments='{"x":1}')),
    "half an object": (call(arguments='{"x":'), call(arguments='{"invalid_json":"{\\"x\\":"}')),
    "two objects": (call(arguments="{}{}"), call(arguments='{"invalid_json":"{}{}"}')),
    "a list": (call(arguments="[1]"), call(arguments='{"invalid_json":"[1]"}')),
    "no number": (call(arguments='{"x": NaN}'), call(arguments='{"invalid_json":"{\\"x\\": NaN}"}')),
    "half a surrogate pair, escaped": (call(arguments='{"x":"\\ud83d"}'), call(arguments='{"x":"\ufffd"}')),
    "half a surrogate pair": (call(arguments='{"x":"\ud83d"}'), call(arguments='{"x":"\ufffd"}')),
    "a name with a dot": (call(name="multi_tool_use.parallel"), call(name="multi_tool_use_parallel")),
    "a name that is too long": (call(name="f" * 65), call(name="f" * 64)),
    "no name": (call(name=None), call(name="unnamed")),
    "a call without an id of the call": (call(call_id=None, id="fc_a"), call(call_id="fc_a", id="fc_a")),
    "an output that is null": (
        {"type": "function_call_output", "call_id": "call_a", "output": None},
        {"type": "function_call_output", "call_id": "call_a", "output": ""},
    ),
    "an output that is an object": (
        {"type": "function_call_output", "call_id": "call_a", "output": {"x": 1}},
        {"type": "function_call_output", "call_id": "call_a", "output": '{"x":1}'},
    ),
    "reasoning without a summary": (
        {"type": "reasoning", "encrypted_content": "x"},
        {"type": "reasoning", "encrypted_content": "x", "summary": []},
    ),
    "reasoning that is no text": (
        {"type": "reasoning", "encrypted_content": 7, "summary": "x"},
        {"type": "reasoning", "encrypted_content": None, "summary": []},
    ),
}


@pytest.mark.parametrize("came, form", ODD.values(), ids=ODD)
def test_a_malformed_item_is_corrected(came: Any, form: Json) -> None:
    assert items.normal(came) == form
    assert items.journalled(came) == form | {items.VERBATIM: came}


REGULAR: list[Json] = [
    message(text("Hi"), id="msg_1", status="completed"),
    message(text(""), {"type": "refusal", "refusal": "No."}),
    {"type": "message", "role": "user", "content": [{"type": "input_image", "file_id": "f"}]},
    call(id="fc_1", arguments='{"a": 1}'),
    {"type": "function_call_output", "call_id": "call_a", "output": [{"type": "input_text", "text": "x"}]},
    {"type": "file_search_call", "queries": None},
    {"type": "mcp_approval_response", "approval_request_id": "a", "approve": True},
    {"type": "mcp_approval_request", "id": "a", "server_label": "s", "name": "n", "arguments": "{}"},
]


@pytest.mark.parametrize("item", REGULAR, ids=lambda item: item["type"])
def test_a_valid_item_is_not_copied(item: Json) -> None:
    assert items.normal(item) is item
    assert items.journalled(item) is item


IDS = ["call_a", "call/a", "call a", "call.a", "", "é", "\ud83d", "c" * 64, "c" * 65, "c" * 66]


def test_call_ids_are_valid_and_stay_different() -> None:
    made = [items.call_id(each) for each in IDS]
    assert len(set(made)) == len(IDS)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each) for each in made)
    assert [items.call_id(each) for each in made] == made
    assert made[0] == IDS[0]


def test_a_call_is_journalled_with_the_id_that_the_program_received() -> None:
    came = call(call_id="call_0")
    assert items.journalled(came, "call_mine") == call(call_id="call_mine") | {items.VERBATIM: came}
    assert items.journalled(came, "call_0") is came
    assert items.journalled(message(), "call_mine") == message()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[]), max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)
KINDS = ["message", "function_call", "function_call_output", "reasoning", "mcp_approval_request", "dream"]
ITEMS = ANYTHING | st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(KINDS) | ANYTHING,
        **dict.fromkeys(("role", "content", "call_id", "id", "name", "arguments", "output", "status"), ANYTHING),
        **dict.fromkeys(("summary", "encrypted_content"), ANYTHING),
    },
)
ALLOWED = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@given(st.lists(ITEMS, max_size=6))
def test_every_journalled_item_is_replayed_in_a_form_that_any_server_accepts(came: list[Any]) -> None:
    made = [items.journalled(item) for item in came]
    assert [items.normal(item) for item in made] == made
    entries = [Entry(seq, item, "resp_1") for seq, item in enumerate(made)]
    outputs = [
        Entry(99, {"type": "function_call_output", "call_id": item.get("call_id"), "output": "1"}, "resp_1")
        for item in made
        if item["type"] == "function_call"
    ]
    for item in compose([*entries, *outputs]):
        check(item)


def check(item: Json) -> None:
    """Check an item against the requirements of the strictest servers."""
    if item["type"] == "message":
        assert item["role"] in items.ROLES
        assert all(isinstance(part.get("text", part.get("refusal", "")), str) for part in item["content"])
    if item["type"] == "function_call":
        assert ALLOWED.fullmatch(item["name"])
        assert ALLOWED.fullmatch(item["call_id"])
        assert isinstance(json.loads(item["arguments"]), dict)
    if item["type"] == "function_call_output":
        assert ALLOWED.fullmatch(item["call_id"])
        assert isinstance(item["output"], (str, list))
