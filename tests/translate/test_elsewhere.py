"""Tools that Assistants never had, shown as calls that already have an output if the run has such a tool."""

import json

import pytest

from tests.translate.upstream_events import (
    added,
    call,
    created,
    done,
    emit,
    ended,
    last,
    message,
    names,
    says,
    text,
    turn,
)

SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}}
LISTED = {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": [{"name": "t"}]}
CALLED = {"type": "mcp_call", "id": "mcp_1", "name": "t", "server_label": "s", "arguments": "{}", "output": "o"}
LEAVE = {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "t", "arguments": "{}"}
PICTURE = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "AAAA"}
#: The item, the run's tool, the function's name, its arguments, its output.
CALLS = [
    (SEARCH, "web_search", "web_search", {"type": "search", "query": "q"}, "completed"),
    (SEARCH | {"action": None, "status": None}, "web_search_preview", "web_search", {}, "completed"),
    (LISTED, "mcp", "mcp_list_tools", {"server_label": "s"}, '{"tools":["t"]}'),
    (LISTED | {"error": "No.", "tools": None}, "mcp", "mcp_list_tools", {"server_label": "s"}, "No."),
    (CALLED, "mcp", "t", {"server_label": "s", "arguments": "{}"}, "o"),
    (
        CALLED | {"name": None, "output": None, "error": "No."},
        "mcp",
        "mcp_call",
        {"server_label": "s", "arguments": "{}"},
        '{"error":"No."}',
    ),
    (PICTURE, "image_generation", "image_generation", {"prompt": None}, "cfile_1"),
    (PICTURE | {"result": None}, "image_generation", "image_generation", {"prompt": None}, "cfile_1"),
]


@pytest.mark.parametrize("item, tool, name, arguments, output", CALLS)
def test_a_call_is_a_step_with_an_output(item, tool, name, arguments, output) -> None:
    emitted = emit(turn(tools=[{"type": tool}]), created(), added(item), done(item), done(item), ended(item))
    steps = ["run.step.created", "run.step.in_progress", "run.step.delta", "run.step.completed"]
    assert names(emitted) == ["run.in_progress", *steps, "run.completed"]
    (shown,) = last(emitted, "run.step.completed")["step_details"]["tool_calls"]
    assert (shown["type"], shown["function"]["name"], shown["function"]["output"]) == ("function", name, output)
    assert json.loads(shown["function"]["arguments"]) == arguments
    assert last(emitted, "run.step.delta")["delta"]["step_details"]["tool_calls"] == [{"index": 0} | shown]


@pytest.mark.parametrize("item", [SEARCH, LISTED, CALLED, LEAVE, PICTURE], ids=lambda item: item["type"])
def test_without_such_a_tool_nothing_is_emitted(item) -> None:
    state = turn(tools=[{"type": "file_search"}])
    assert names(emit(state, created(), added(item), done(item), ended(item))) == ["run.in_progress", "run.completed"]
    assert (state.images, state.generated_files) == ([], [])


def test_approval_is_requested_once() -> None:
    emitted = emit(turn(tools=[{"type": "mcp"}]), created(), added(LEAVE), done(LEAVE), done(LEAVE), ended(LEAVE))
    (calls,) = last(emitted, "run.requires_action")["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert (calls["id"], calls["function"]["name"]) == ("mcpr_1", "mcp_approval_request")


def test_a_call_never_waits_for_outputs() -> None:
    emitted = emit(turn(tools=[{"type": "mcp"}]), created(), done(CALLED), done(call()), ended(CALLED, call()))
    calls = last(emitted, "run.requires_action")["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert [each["id"] for each in calls] == ["call_a"]


def test_a_picture_is_stored_and_shown_before_the_next_text() -> None:
    state, answer = turn(tools=[{"type": "image_generation"}]), message(says("See."))
    emitted = emit(state, created(), done(PICTURE), added(answer), text("See."), done(answer))
    (made,) = state.generated_files
    assert (made.filename, made.data) == (f"{made.file_id}.png", "data:image/png;base64,AAAA")
    image = {"type": "image_file", "image_file": {"file_id": made.file_id}}
    assert last(emitted, "message.completed")["content"][0] == image
