"""Tools that Assistants never had: told as answered functions, and only where the run was given such a tool."""

import json
from typing import Any

import pytest

from shim.translate.stream import translate
from shim.translate.turn import Turn
from shim.wire import objects

Json = dict[str, Any]

ITEMS = [
    ({"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "fish"}},
     "web_search", "web_search", {"type": "search", "query": "fish"}, "completed"),
    ({"type": "mcp_call", "id": "mcp_1", "name": "roll", "server_label": "dice", "arguments": '{"n":2}', "output": "7"},
     "mcp", "roll", {"server_label": "dice", "arguments": '{"n":2}'}, "7"),
    ({"type": "mcp_call", "id": "mcp_2", "name": "roll", "server_label": "dice", "arguments": "{}", "output": None,
      "error": "no dice"}, "mcp", "roll", {"server_label": "dice", "arguments": "{}"}, '{"error":"no dice"}'),
    ({"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "dice", "tools": [{"name": "roll"}]},
     "mcp", "mcp_list_tools", {"server_label": "dice"}, '{"tools":["roll"]}'),
]  # fmt: skip


def turn_with(*tools: str) -> Turn:
    run = objects.run("run_1", 0, "thread_1", "asst_1") | {"tools": [{"type": name} for name in tools]}
    numbers = iter(range(1, 99))
    return Turn(run | {"status": "in_progress"}, lambda prefix: f"{prefix}_{next(numbers)}", lambda: 5)


def tell(turn: Turn, item: Json, place: int = 0) -> list[tuple[str, Json]]:
    events = [
        {"type": "response.output_item.added", "output_index": place, "item": item},
        {"type": "response.output_item.done", "output_index": place, "item": item},
    ]
    return [told for event in events for told in translate(turn, event)]


@pytest.mark.parametrize("item, tool, name, arguments, output", ITEMS)
def test_a_call_is_a_step_with_an_answered_function(
    item: Json, tool: str, name: str, arguments: Json, output: str
) -> None:
    turn = turn_with(tool)
    told = tell(turn, item)
    names = ["thread.run.step.created", "thread.run.step.in_progress", "thread.run.step.delta"]
    assert [name for name, _ in told] == names
    [call] = told[-1][1]["delta"]["step_details"]["tool_calls"]
    assert (call["index"], call["type"], call["function"]["name"]) == (0, "function", name)
    assert json.loads(call["function"]["arguments"]) == arguments
    assert call["function"]["output"] == output
    assert turn.calls == []  # nobody is asked for its output


@pytest.mark.parametrize("item, tool, name, arguments, output", ITEMS)
def test_without_the_tool_nothing_is_told(item: Json, tool: str, name: str, arguments: Json, output: str) -> None:
    assert tell(turn_with("function"), item) == []


def test_a_picture_is_kept_and_shown_by_the_next_message() -> None:
    turn = turn_with("image_generation")
    told = tell(turn, {"type": "image_generation_call", "id": "ig_1", "result": "aGk=", "revised_prompt": "a fish"})
    [call] = told[-1][1]["delta"]["step_details"]["tool_calls"]
    [made] = turn.made
    assert call["function"]["output"] == made.file_id
    assert made.data == "data:image/png;base64,aGk="
    message = {"type": "message", "id": "msg_1", "role": "assistant", "content": []}
    deltas = [data for name, data in tell(turn, message, 1) if name == "thread.message.delta"]
    part = {"index": 0, "type": "image_file", "image_file": {"file_id": made.file_id}}
    assert deltas[0]["delta"]["content"] == [part]


@pytest.mark.parametrize("tools, count", [(("web_search",), 1), (("function",), 0)])
def test_a_web_page_is_cited_by_its_address(tools: tuple[str, ...], count: int) -> None:
    turn = turn_with(*tools)
    text = "See ([a](https://a.example))."
    note = {"type": "url_citation", "start_index": 4, "end_index": 28, "title": "a", "url": "https://a.example"}
    content = [{"type": "output_text", "text": text, "annotations": [note]}]
    tell(turn, {"type": "message", "id": "msg_1", "role": "assistant", "content": content})
    [shown] = [item.message["content"][0]["text"] for item in turn.items.values()]
    assert len(shown["annotations"]) == count
    for found in shown["annotations"]:
        assert text[found["start_index"] : found["end_index"]] == found["text"] == "([a](https://a.example))"
        assert found["file_citation"] == {"file_id": "https://a.example"}
