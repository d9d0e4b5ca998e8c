"""Every shape that can be imported, in the variants that were found in public scripts."""

import json
from typing import Any

import pytest

from shim.migrate.imports import shapes
from shim.migrate.imports.objects_read import Hint

Json = dict[str, Any]
THREAD = "thread_abcdefgh"
TEXT = [{"type": "text", "text": {"value": "Hi", "annotations": []}}]
MESSAGE: Json = {
    "id": "msg_1",
    "object": "thread.message",
    "thread_id": THREAD,
    "role": "user",
    "content": TEXT,
    "created_at": 1,
}
#: The shape, a value, and the objects that are read from it: kinds and ids.
VALUES: dict[str, tuple[str, Json, list[tuple[str, str | None]]]] = {
    "an object": ("object", MESSAGE, [("message", "msg_1")]),
    "an object without its kind": (
        "object",
        {name: value for name, value in MESSAGE.items() if name != "object"},
        [("message", "msg_1")],
    ),
    "an assistant": ("object", {"id": "asst_1", "model": "gpt-4o"}, [("assistant", "asst_1")]),
    "a run with its steps": (
        "object",
        {"id": "run_1", "object": "thread.run", "status": "completed", "steps": [{"id": "step_1", "step_details": {}}]},
        [("run", "run_1"), ("step", "step_1")],
    ),
    "a list page": ("page", {"object": "list", "data": [MESSAGE], "has_more": False}, [("message", "msg_1")]),
    "a raw answer": ("page", {"data": [MESSAGE]}, [("message", "msg_1")]),
    "thread and messages": (
        "bundle",
        {"thread": {"id": THREAD, "object": "thread"}, "fetched_at": 5, "messages": [MESSAGE]},
        [("thread", THREAD), ("message", "msg_1")],
    ),
    "a thread with its messages in it": (
        "bundle",
        {"id": THREAD, "created_at": "2024-01-01T00:00:00Z", "messages": [{"role": "user", "content": "Hi"}]},
        [("thread", THREAD), ("message", None)],
    ),
    "a thread with a page of messages, runs and steps by run": (
        "bundle",
        {
            "thread_id": THREAD,
            "messages": {"object": "list", "data": [MESSAGE]},
            "runs": [{"id": "run_1", "status": "completed"}],
            "run_steps": {"run_1": [{"id": "step_1", "step_details": {}}]},
        },
        [("thread", THREAD), ("message", "msg_1"), ("run", "run_1"), ("step", "step_1")],
    ),
    "a row": (
        "row",
        {"thread_id": THREAD, "message_id": "msg_1", "role": "user", "text": "Hi", "created_at": 1},
        [("message", "msg_1")],
    ),
    "a row of an application": (
        "row",
        {"conversation_id": 7, "sender": "human", "body": "Hi", "sent_at": "2024-01-01"},
        [("message", None)],
    ),
    "a backup by kind": (
        "keyed",
        {"assistants": [{"id": "asst_1", "model": "m"}], "threads": [{"id": THREAD}], "messages": {THREAD: [MESSAGE]}},
        [("assistant", "asst_1"), ("thread", THREAD), ("message", "msg_1")],
    ),
    "messages by thread": ("keyed", {THREAD: [MESSAGE]}, [("message", "msg_1")]),
    "threads by id": ("keyed", {THREAD: {"messages": [MESSAGE]}}, [("thread", THREAD), ("message", "msg_1")]),
}


def chat_message(role: str, parts: list[Any]) -> Json:
    return {"id": None, "author": {"role": role}, "content": {"content_type": "text", "parts": parts}, "create_time": 2}


CHAT: Json = {
    "title": "Weather",
    "conversation_id": "6e9b",
    "create_time": 1.5,
    "current_node": "c",
    "mapping": {
        "root": {"message": None, "parent": None, "children": ["s"]},
        "s": {"message": chat_message("system", ["You are..."]), "parent": "root"},
        "a": {"message": chat_message("user", ["Hi", {"content_type": "image_asset_pointer"}]), "parent": "s"},
        "b": {"message": chat_message("assistant", ["An answer that was made again"]), "parent": "a"},
        "c": {"message": chat_message("assistant", ["Hello"]), "parent": "a"},
    },
}
VALUES["the vendor's data export"] = ("chat", CHAT, [("thread", "6e9b"), ("message", "a"), ("message", "c")])


@pytest.mark.parametrize("what", VALUES)
def test_a_value_is_recognised_and_read(what: str) -> None:
    shape, value, expected = VALUES[what]
    assert shapes.shape_of(value, Hint()) == shape
    found = list(shapes.read(value, Hint()))
    assert [(one.kind, one.body.get("id")) for one in found] == expected
    for one in found:
        if one.kind == "message":
            assert (one.body.get("thread_id") or one.hint.thread_id) in (THREAD, 7, "6e9b")
        if one.kind == "step":
            assert one.hint.run_id == "run_1"


def test_every_shape_has_a_value_here() -> None:
    assert {shape for shape, _, _ in VALUES.values()} == set(shapes.SHAPES)


@pytest.mark.parametrize("value", [{}, {"a": 1}, 5, "text", None, [[]], {"role": "user"}, {"messages": []}])
def test_an_unknown_shape_is_reported_and_does_not_raise(value: Any) -> None:
    assert json.dumps(value)
    assert all(one.kind is None for one in shapes.read(value, Hint())) or value == {"messages": []}


def test_abandoned_branches_and_unknown_fields_are_named() -> None:
    lost = [each for one in shapes.read(CHAT, Hint()) for each in one.dropped]
    assert lost == [("branch", "1 messages of 6e9b")]
    [row] = shapes.read({"thread_id": THREAD, "role": "user", "text": "Hi", "mood": "good"}, Hint())
    assert row.dropped == (("field", "mood"),)
