"""Which calls of a conversation a refusal refers to."""

import pytest

from shim.ports import Refusal
from shim.upstream.blame import blamed_calls


def call(call_id: str, name: str) -> dict[str, str]:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": "{}"}


SAID = {"type": "message", "role": "user", "content": "call_one, strange_name"}
BODY = {
    "input": [SAID, call("call_one", "strange_name"), call("call_two", "weather"), call("id", "f")],
    "tools": [{"type": "function", "name": "weather"}, {"type": "file_search"}],
}
ALL = {"call_one", "call_two", "id"}


@pytest.mark.parametrize(
    "message, param, blamed",
    [
        ("", "input[1].arguments", {"call_one"}),
        ("Invalid value at input.2.name", None, {"call_two"}),
        ("input[1] and input[2]", None, {"call_one", "call_two"}),
        ("", "input[0]", set()),
        ("", "input[4]", set()),
        ("", "input[99]", set()),
        ("", "myinput[1]", set()),
        ("No tool output for call_two.", None, {"call_two"}),
        ("No tool output for call_two3.", None, set()),
        ("No tool output for my-call_two.", None, set()),
        ("No function strange_name.", None, {"call_one"}),
        ("No function weather.", None, set()),
        ("Your id f is wrong.", None, set()),
        ("Failed to parse tool call arguments as JSON", None, ALL),
        ("messages[3].TOOL_CALLS[0].function.arguments", None, ALL),
        ("messages.1.content.0.tool_use.input: must be an object", None, ALL),
        ("Failed to parse tool call arguments as JSON", "input[1]", {"call_one"}),
        ("The model is overloaded.", None, set()),
        ("", None, set()),
    ],
)
def test_a_call_is_found_by_index_id_name_or_wording(message: str, param: str | None, blamed: set[str]) -> None:
    assert blamed_calls(Refusal(400, message, param=param), BODY) == blamed


@pytest.mark.parametrize(
    "status, looks",
    [(status, True) for status in (None, 400, 404, 409, 422, 500, 502)]
    + [(status, False) for status in (401, 403, 429, 503)],
)
def test_only_some_statuses_can_refer_to_calls(status: int | None, looks: bool) -> None:
    assert bool(blamed_calls(Refusal(status, "call_one"), BODY)) is looks


@pytest.mark.parametrize("body", [{"input": []}, {"input": [SAID], "tools": None}])
def test_without_calls_the_result_is_empty(body: dict[str, object]) -> None:
    assert blamed_calls(Refusal(400, "input[0]: Failed to parse tool call arguments as JSON"), body) == set()


def test_without_tools_every_name_is_unknown() -> None:
    for tools in ({}, {"tools": None}, {"tools": []}):
        body = {"input": BODY["input"], **tools}
        assert blamed_calls(Refusal(400, "no weather"), body) == {"call_two"}
