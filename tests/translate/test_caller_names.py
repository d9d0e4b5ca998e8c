"""Upstream's names for fields are replaced by the caller's: every leaf of a request, every row of the tables."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from shim.translate import failures, history, tools
from shim.translate.caller_names import BACK, SENT, Names
from shim.translate.fields import FIELDS, MESSAGE, OUTPUT, PARTS
from shim.translate.request import Circumstances, body
from shim.translate.tools import TOOLS
from shim.wire import objects
from shim.wire.passed_on import PASSED_ON
from shim.wire.requests.messages import PARTS as KINDS

Json = dict[str, Any]
SCHEMA = {"type": "object", "properties": {"x": {"type": "string", "enum": ["a", "b"]}}}
FUNCTION = {"name": "f", "description": "Does it.", "parameters": SCHEMA, "strict": True}
#: A request with every field that a caller can set; as far as possible each value occurs only one time.
REQUEST: Json = {
    "model": "gpt-4o",
    "instructions": "Be brief.",
    "tools": [
        {"type": "file_search", "file_search": {"max_num_results": 7, "ranking_options": {"score_threshold": 0.25}}},
        {"type": "function", "function": FUNCTION},
        {"type": "code_interpreter"},
        {"type": "web_search", "user_location": {"type": "approximate", "city": "Bern"}},
    ],
    "tool_resources": {
        "file_search": {"vector_store_ids": ["vs_1"]},
        "code_interpreter": {"file_ids": ["file-1", "file-2"]},
    },
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "parallel_tool_calls": False,
    "temperature": 0.5,
    "top_p": 0.75,
    "reasoning_effort": "low",
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "s", "description": "A thing.", "schema": SCHEMA | {"title": "T"}, "strict": False},
    },
    "max_completion_tokens": 100,
    "truncation_strategy": {"type": "auto"},
    "metadata": {"k": "v"},
    "additional_messages": [
        {"role": "user", "content": "One."},
        {"role": "assistant", "content": [{"type": "text", "text": ""}]},
        {"role": "assistant", "content": [{"type": "text", "text": ""}, {"type": "text", "text": "Two."}]},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "https://x/y.png", "detail": "low"}},
                {"type": "text", "text": "Three."},
                {"type": "image_file", "image_file": {"file_id": "file-3", "detail": "high"}},
            ],
        },
    ],
}
EARLIER = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Before."}]}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value in JSON that contains no other value, with its path."""
    if isinstance(value, dict) and value:
        for name, below in value.items():
            yield from leaves(below, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list) and value:
        for place, below in enumerate(value):
            yield from leaves(below, f"{path}[{place}]")
    else:
        yield path, value


def value(path: str, within: Any = REQUEST) -> Any:
    """The value at a path of the caller's request."""
    for step in path.replace("[", ".").replace("]", "").split("."):
        within = within[int(step)] if isinstance(within, list) else within[step]
    return within


def _item(message: Json) -> Json | None:
    """A posted message as it is sent upstream."""
    content = message["content"]
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    item = history.of_message({"role": message["role"], "content": parts})
    return history.REPLAYED["message"](item)


def names(request: Json = REQUEST, *before: Json) -> Names:
    run = objects.run("run_1", 0, "thread_1", "asst_1") | {
        key: each for key, each in request.items() if key != "thread"
    }
    run["tools"] = tools.shown(request["tools"])
    posted = [*request.get("thread", {}).get("messages", []), *request.get("additional_messages", [])]
    items = [*before, *(item for message in posted if (item := _item(message)))]
    so_far = Circumstances(request["model"], request.get("tool_resources", {}), previous="resp_1")
    return Names(run, request, body(run, items, so_far))  # type: ignore[arg-type]


#: Fields of the request upstream that are not from the caller.
NOT_HIS = ("include", "store", "previous_response_id")
#: Paths whose values differ from the caller's, as upstream uses other values for the same meaning.
REWORDED = ("truncation", ".type")
SENT_BODY = names(REQUEST, EARLIER).body
LEAVES = [
    (path, found)
    for path, found in leaves(SENT_BODY | {"input": list(SENT_BODY["input"])})
    if not path.startswith((*NOT_HIS, "input[0]")) and not re.fullmatch(r"input\[\d\]\.type", path)
]


@pytest.mark.parametrize("path, sent", LEAVES, ids=str)
def test_every_value_that_is_sent_is_found_in_the_callers_request(path: str, sent: Any) -> None:
    callers = names(REQUEST, EARLIER).path(path)
    assert callers is not None
    assert value(callers) == sent or path.endswith(REWORDED), callers


def test_the_leaves_include_every_kind() -> None:
    """The test above covers every field that is sent, and every type of tool and content part."""
    roots = {path.partition(".")[0].partition("[")[0] for path, _ in LEAVES}
    assert roots == set(SENT) - {*NOT_HIS, "stream"}
    assert {tool["type"] for tool in REQUEST["tools"]} >= TOOLS.keys() - set(PASSED_ON)
    assert KINDS.keys() == PARTS.keys()


@pytest.mark.parametrize("name, fate", [*FIELDS.items(), *MESSAGE.items()], ids=str)
def test_the_reverse_mapping_of_a_row_leads_to_the_same_row(name: str, fate: Any) -> None:
    assert {callers.partition(".")[0].removesuffix("*") for callers in fate.back.values()} <= {name}
    assert {path.partition(".")[0].removesuffix("*") for path in fate.back} <= {*fate.to, name}
    # A field that is sent under another name has a reverse mapping, unless it is joined to another field or is a
    # separate list.
    by_code = ("additional_instructions", "additional_messages", "thread", "tool_resources", "attachments")
    if fate.kind in ("carried", "renamed") and name not in by_code:
        assert fate.back


@pytest.mark.parametrize("kind", TOOLS)
def test_the_paths_of_each_tool_can_be_mapped_back(kind: str) -> None:
    given = next((tool for tool in REQUEST["tools"] if tool["type"] == kind), {"type": kind, "x": {"y": 1}})
    (shown,) = tools.shown([given])
    (sent,) = tools.sent([shown], REQUEST["tool_resources"])
    spoken = Names({"tools": [shown]}, {"tools": [given]}, {"tools": [sent]})
    for path, _ in leaves(sent):
        callers = spoken.path(f"tools[0].{path}")
        assert callers is not None
        assert callers.startswith((f"tools[0].{kind}.", "tools[0]", f"tool_resources.{kind}."))


#: Upstream's path, and the caller's path.
PATHS = [
    ("reasoning.effort", "reasoning_effort"),
    ("reasoning", "reasoning_effort"),
    ("body.reasoning.effort", "reasoning_effort"),
    ("text.format.schema", "response_format.json_schema.schema"),
    ("text.format.schema.properties.x", "response_format.json_schema.schema.properties.x"),
    ("text.format", "response_format"),
    ("text.verbosity", None),
    ("tools", "tools"),
    ("tools[1].parameters", "tools[1].function.parameters"),
    ("tools.1.parameters.properties.x", "tools[1].function.parameters.properties.x"),
    ("tools[1].function.parameters", "tools[1].function.parameters"),
    ("tools[1]", "tools[1]"),
    ("tools[1].foo", None),
    ("tools[9].name", None),
    ("tools[3].user_location.city", "tools[3].user_location.city"),
    ("tools[0].vector_store_ids[0]", "tool_resources.file_search.vector_store_ids[0]"),
    ("tools[2].container.file_ids[1]", "tool_resources.code_interpreter.file_ids[1]"),
    ("tools[2].container", "tools[2]"),
    ("tool_choice.name", "tool_choice.function.name"),
    ("tool_choice.function.name", "tool_choice.function.name"),
    ("max_output_tokens", "max_completion_tokens"),
    ("response_format.json_schema.schema", "response_format.json_schema.schema"),
    ("metadata.k", "metadata.k"),
    ("metadata", "metadata"),
    ("input", None),
    ("input[0]", None),
    ("input[0].content[0].text", None),
    ("input[1]", "additional_messages[0]"),
    ("input[1].content[0].text", "additional_messages[0].content"),
    ("input[1].role", "additional_messages[0].role"),
    ("input[1].phase", None),
    ("input[2].content", "additional_messages[2].content"),
    ("input[2].content[0].text", "additional_messages[2].content[1].text"),
    ("input[2].content[7].text", None),
    ("input[3].content[0].image_url", "additional_messages[3].content[0].image_url.url"),
    ("input[3].content[0]", "additional_messages[3].content[0]"),
    ("input[3].content[2].file_id", "additional_messages[3].content[2].image_file.file_id"),
    ("input[3].content[2].foo", None),
    ("input[9]", None),
    ("include[0]", None),
    ("previous_response_id", None),
    ("p", None),
    ("", None),
]


@pytest.mark.parametrize("path, callers", PATHS)
def test_a_path_is_mapped_to_the_callers(path: str, callers: str | None) -> None:
    assert names(REQUEST, EARLIER).path(path) == callers


def test_the_messages_of_a_thread_that_is_created_with_its_run() -> None:
    body = {key: each for key, each in REQUEST.items() if key != "additional_messages"}
    body["thread"] = {"messages": REQUEST["additional_messages"]}
    assert names(body).path("input[2].content[0].image_url") == "thread.messages[3].content[0].image_url.url"


def test_tools_that_were_not_sent_are_not_counted() -> None:
    spoken = names({key: each for key, each in REQUEST.items() if key != "tool_resources"})
    assert [tool["type"] for tool in spoken.body["tools"]] == ["function", "code_interpreter", "web_search"]
    assert spoken.path("tools[0].parameters") == "tools[1].function.parameters"


def test_without_the_request_body_the_runs_tools_are_used() -> None:
    assert Names(names().run).path("tools[1].name") == "tools[1].function.name"
    assert Names().path("input[0]") is None


def test_instructions_that_are_sent_as_input() -> None:
    run = objects.run("run_1", 0, "thread_1", "asst_1") | {"instructions": "Greet."}
    sent = body(run, [], Circumstances("gpt-4o", {}))  # type: ignore[arg-type]
    assert Names(run, {}, sent).path("input[0].content") == "instructions"


CALLS = [{"type": "function_call", "call_id": each, "name": "f", "arguments": "{}"} for each in ("call_a", "call_b")]
#: The path upstream, and the caller's path: the caller submitted the outputs in another order.
OUTPUTS = [
    ("input[2].output", "tool_outputs[1].output"),
    ("input[3].call_id", "tool_outputs[0].tool_call_id"),
    ("input[4].approve", "tool_outputs[2].output"),
    ("input[3]", "tool_outputs[0]"),
    ("input[3].foo", None),
    ("input[1].arguments", None),
    ("input[5].output", None),
]


@pytest.mark.parametrize("path, callers", OUTPUTS)
def test_paths_of_tool_outputs(path: str, callers: str | None) -> None:
    given = [{"tool_call_id": call_id, "output": "x"} for call_id in ("call_b", "call_a", "mcpr_1")]
    answers = [history.of_output("call_a", "x"), history.of_output("call_b", "x")]
    leave = history.of_output("mcpr_1", "true", "mcp_approval_request")
    spoken = Names({}, {"tool_outputs": given}, {"input": [*CALLS, *answers, leave]})
    assert spoken.path(path) == callers
    assert {name for item in (*answers, leave) for name in item} - {"type"} == OUTPUT.keys()


def test_an_output_that_was_not_submitted_has_no_path_of_the_caller() -> None:
    spoken = Names({}, {"tool_outputs": [{"tool_call_id": "call_a"}]}, {"input": [history.of_output("call_z", "x")]})
    assert spoken.path("input[0].output") is None


UPSTREAMS = "is upstream's name, for a field that the shim sends)"
#: Upstream's message and param, and the message that the caller receives.
MESSAGES = [
    (
        "Unsupported value: 'reasoning.effort' does not support 'low' with this model.",
        "reasoning.effort",
        "Unsupported value: 'reasoning_effort' does not support 'low' with this model.",
    ),
    (
        "Invalid schema for response_format 's': In context=(), 'x' is missing.",
        "text.format.schema",
        "Invalid schema for response_format 's': In context=(), 'x' is missing.",
    ),
    ("max_output_tokens is too large: 5.", None, "max_completion_tokens is too large: 5."),
    ("Missing: tools[1].parameters.", None, "Missing: tools[1].function.parameters."),
    ("Unknown parameter: 'text'.", "text", "Unknown parameter: 'response_format'."),
    ("Unknown parameter: 'reasoning'.", None, "Unknown parameter: 'reasoning_effort'."),
    ("This is text, and 'text' is a value.", None, "This is text, and 'text' is a value."),
    ("Bad: input[3].content[0].image_url", None, "Bad: additional_messages[3].content[0].image_url.url"),
    ("See https://x.org/reasoning.effort, a.text.format.", None, "See https://x.org/reasoning.effort, a.text.format."),
    ("No.", "temperature", "No."),
    ("No.", "p", f"No. ('p' {UPSTREAMS}"),
    ("Invalid 'include[0]'.", None, f"Invalid 'include[0]'. ('include[0]' {UPSTREAMS}"),
    (
        "Invalid 'input[0].role'.",
        "input[0].role",
        "Invalid 'input[0].role'. ('input[0].role' is upstream's name for an earlier message of the thread)",
    ),
]


@pytest.mark.parametrize("message, param, shown", MESSAGES)
def test_names_in_a_message_are_replaced(message: str, param: str | None, shown: str) -> None:
    assert names(REQUEST, EARLIER).message(message, param) == shown


def test_an_earlier_call_is_described_as_one() -> None:
    spoken = Names({}, {}, {"input": CALLS})
    assert "an earlier function call of the thread" in spoken.message("Bad.", "input[0].arguments")


#: The error of a response, or of an event before it, and the run's message.
ERRORS = [
    ({"message": "Bad 'reasoning.effort'.", "param": "reasoning.effort"}, "Bad 'reasoning_effort'."),
    ({"message": "Bad.", "param": 7}, "Bad."),
    ({"message": None}, failures.DEFAULT_MESSAGE),
]


@pytest.mark.parametrize("error, message", ERRORS)
def test_names_in_the_error_of_a_failed_response_are_replaced(error: Json, message: str) -> None:
    assert failures.of_response({"error": error}, None, names())["message"] == message
    assert failures.of_response({}, error, names())["message"] == message


def test_every_reverse_mapping_is_unambiguous() -> None:
    assert len(BACK) == sum(len(fate.back) for fate in FIELDS.values())
