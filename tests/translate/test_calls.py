"""The model's calls: functions of the application, and the hosted tools."""

from types import SimpleNamespace

import pytest

from shim.translate import calls, messages, tools
from tests.translate.upstream_events import (
    added,
    arguing,
    call,
    code,
    coding,
    created,
    done,
    emit,
    ended,
    last,
    message,
    names,
    says,
    search,
    text,
    turn,
)

OPENS = ["run.step.created", "run.step.in_progress"]


def arguments(emitted) -> list[str]:
    """The arguments in the deltas, joined for each call."""
    whole: dict[int, str] = {}
    for name, data in emitted:
        if name == "thread.run.step.delta":
            (each,) = data["delta"]["step_details"]["tool_calls"]
            whole[each["index"]] = whole.get(each["index"], "") + each["function"]["arguments"]
    return list(whole.values())


def requested(emitted) -> list[tuple[str, str, str]]:
    required = last(emitted, "run.requires_action")["required_action"]["submit_tool_outputs"]["tool_calls"]
    return [(each["id"], each["function"]["name"], each["function"]["arguments"]) for each in required]


def test_parallel_calls_share_one_step_and_one_required_action() -> None:
    one, two = call('{"x":1}', "fc_a"), call("{}", "fc_b", "g")
    emitted = emit(
        turn(),
        created(),
        added(one),
        arguing('{"x":'),
        arguing("1}"),
        done(one),
        added(two),
        done(two),
        ended(one, two),
    )
    assert names(emitted) == ["run.in_progress", *OPENS, *["run.step.delta"] * 5, "run.requires_action"]
    assert requested(emitted) == [("call_a", "f", '{"x":1}'), ("call_b", "g", "{}")]
    assert arguments(emitted) == ['{"x":1}', "{}"]


def test_deltas_have_the_recorded_format() -> None:
    emitted = emit(turn(), created(), added(call()), arguing("{}"))
    first, second = (
        data["delta"]["step_details"]["tool_calls"] for name, data in emitted if name == "thread.run.step.delta"
    )
    function = {"name": "f", "arguments": "", "output": None}
    assert first == [{"index": 0, "id": "call_a", "type": "function", "function": function}]
    assert second == [{"index": 0, "type": "function", "function": {"arguments": "{}"}}]


def test_a_run_that_requires_action_has_no_usage_yet_and_its_step_stays_open() -> None:
    state = turn()
    emitted = emit(state, created(), added(call()), done(call()), ended(call()))
    assert last(emitted, "run.requires_action")["usage"] is None
    assert state.function_step is not None
    assert (state.function_step["status"], state.function_step["usage"]) == ("in_progress", None)
    assert state.function_step["step_details"]["tool_calls"][0]["function"] == {
        "name": "f",
        "arguments": "{}",
        "output": None,
    }
    assert state.step_usage is not None
    assert state.step_usage["total_tokens"] == 14


#: The streamed arguments of a call, the finished arguments, the arguments in the required action, the number of
#: differences.
ARGUMENTS = [
    pytest.param([], "{}", "{}", 0, id="only the finished ones, as LM Studio sends them"),
    pytest.param([arguing("{"), arguing("}")], "{}", "{}", 0, id="in pieces"),
    pytest.param([arguing("")], "{}", "{}", 0, id="an empty piece"),
    pytest.param([arguing("{}")], "", "{}", 0, id="left out at the end"),
    pytest.param([arguing("[]")], "{}", "{}", 1, id="others at the end: those count"),
    pytest.param([arguing("[]", "fc_z")], "{}", "{}", 0, id="somebody else's, as OGX sends with a file search"),
    pytest.param([{"type": "response.function_call_arguments.delta", "delta": "{}"}], "{}", "{}", 0, id="nameless"),
]


@pytest.mark.parametrize("streamed, finished, whole, differences", ARGUMENTS)
def test_arguments(streamed, finished, whole, differences) -> None:
    state, item = turn(), call(finished)
    emitted = emit(state, created(), added(call("")), *streamed, done(item), ended(item))
    assert requested(emitted) == [("call_a", "f", whole)]
    assert len(state.differences) == differences


def test_arguments_of_a_call_that_was_not_announced() -> None:
    """The arguments are emitted when the call's name is known; code does not need a name."""
    state = turn(status="in_progress")
    assert emit(state, arguing('{"x":'), arguing("1}")) == []
    emitted = emit(state, coding("1"), added(call("")), done(call("")), ended())
    assert requested(emitted) == [("call_a", "f", '{"x":1}')]
    assert last(emitted, "run.step.completed")["step_details"]["tool_calls"][0]["code_interpreter"]["input"] == "1"


@pytest.mark.parametrize("item", [call(), search(), code("1")], ids=lambda item: item["type"])
def test_a_call_without_a_beginning_or_with_a_repeated_end(item) -> None:
    whole = emit(turn(), created(), added(item), done(item), ended(item))
    assert emit(turn(), created(), done(item), done(item), ended(item)) == whole


def test_text_then_calls_then_text() -> None:
    """A message has its own step; the step of the calls stays open until the outputs are submitted."""
    before, after = message(says("Let me see."), id="msg_a"), message(says("Wait."), id="msg_b")
    items = [before, call(id="fc_a"), after, call(id="fc_b")]
    emitted = emit(turn(), created(), *[event for item in items for event in (added(item), done(item))], ended(*items))
    written = [*OPENS, "message.created", "message.in_progress", "message.delta", "message.completed"]
    calls = ["run.step.delta", "run.step.delta"]
    assert names(emitted)[1:] == [
        *written,
        "run.step.completed",
        *OPENS,
        *calls,
        *written,
        *calls,
        "run.step.completed",
        "run.requires_action",
    ]
    assert [each for each, _, _ in requested(emitted)] == ["call_a", "call_b"]


def test_a_missing_name_is_empty() -> None:
    nameless = call() | {"name": None}
    emitted = emit(turn(), created(), added(nameless))
    assert last(emitted, "run.step.delta")["delta"]["step_details"]["tool_calls"][0]["function"]["name"] == ""


RESULT = {"file_id": "file-1", "filename": "a.txt", "score": 0.5, "text": "words", "attributes": {}}
#: Upstream's results, and the results in the step.
RESULTS = [
    pytest.param([], [], id="none"),
    pytest.param(
        [RESULT],
        [
            {
                "file_id": "file-1",
                "file_name": "a.txt",
                "score": 0.5,
                "attributes": {},
                "content": [{"type": "text", "text": "words"}],
            }
        ],
        id="one",
    ),
    pytest.param(
        [{"file_id": "doc-9", "attributes": {"file_id": "file-9"}}],
        [
            {
                "file_id": "file-9",
                "file_name": "",
                "score": 0.0,
                "attributes": {"file_id": "file-9"},
                "content": [{"type": "text", "text": ""}],
            }
        ],
        id="an id of the server's own, as OGX has them",
    ),
]


@pytest.mark.parametrize("found, shown", RESULTS)
def test_a_file_search_has_its_own_step(found, shown) -> None:
    emitted = emit(turn(), created(), added(search()), done(search(*found)), ended(search(*found)))
    assert names(emitted)[1:] == [*OPENS, "run.step.delta", "run.step.completed", "run.completed"]
    (each,) = last(emitted, "run.step.completed")["step_details"]["tool_calls"]
    assert each["file_search"]["results"] == shown
    assert each["id"] == last(emitted, "run.step.delta")["delta"]["step_details"]["tool_calls"][0]["id"]


@pytest.mark.parametrize("ranker", ["auto", "default_2024_08_21", None])
def test_a_step_shows_the_ranker_of_all_results(ranker) -> None:
    tool = {"type": "file_search", "file_search": {"ranking_options": {"ranker": ranker, "score_threshold": 0.25}}}
    emitted = emit(turn(tools=tools.shown([tool])), created(), added(search()), done(search()), ended(search()))
    calls = [
        last(emitted, "run.step.completed")["step_details"]["tool_calls"],
        last(emitted, "run.step.delta")["delta"]["step_details"]["tool_calls"],
    ]
    for (each,) in calls:
        assert each["file_search"]["ranking_options"] == {"ranker": "default_2024_08_21", "score_threshold": 0.25}


def test_results_that_were_not_requested_are_missing() -> None:
    emitted = emit(turn(), created(), added(search()), done(search() | {"results": None}), ended())
    (each,) = last(emitted, "run.step.completed")["step_details"]["tool_calls"]
    assert each["file_search"]["results"] == []


LOGS, IMAGE = {"type": "logs", "logs": "1\n"}, {"type": "image", "url": "data:image/png;base64,AA=="}
#: Pieces of code, the finished code, its outputs; the code in the step, the logs in the step, the number of
#: differences.
CODES = [
    pytest.param(["print", "(1)"], "print(1)", [LOGS], "print(1)", ["1\n"], 0, id="in pieces"),
    pytest.param([], "print(1)", [LOGS, LOGS], "print(1)", ["1\n", "1\n"], 0, id="only the finished"),
    pytest.param(["x"], None, [], "x", [], 0, id="left out at the end"),
    pytest.param(["y"], "x", [{"type": "logs"}], "x", [""], 1, id="other code at the end: that counts"),
]


@pytest.mark.parametrize("pieces, finished, outputs, shown, logs, differences", CODES)
def test_code_has_its_own_step(pieces, finished, outputs, shown, logs, differences) -> None:
    state, item = turn(), code(finished, *outputs)
    emitted = emit(state, created(), added(code("")), *map(coding, pieces), done(item), ended(item))
    (each,) = last(emitted, "run.step.completed")["step_details"]["tool_calls"]
    assert each["code_interpreter"] == {"input": shown, "outputs": [{"type": "logs", "logs": log} for log in logs]}
    assert len(state.differences) == differences
    deltas = [
        data["delta"]["step_details"]["tool_calls"][0] for name, data in emitted if name == "thread.run.step.delta"
    ]
    emitted_logs = [log for delta in deltas[1:] for log in delta["code_interpreter"].get("outputs", [])]
    assert state.generated_files == []
    assert emitted_logs == [{"index": index, "type": "logs", "logs": log} for index, log in enumerate(logs)]


def test_a_plot_is_stored_and_shown_before_the_next_text() -> None:
    state, item = turn(), code("x", LOGS, IMAGE, {"type": "hologram"})
    answer = message(says("See."))
    emitted = emit(state, created(), added(item), done(item), added(answer), text("See."), done(answer))
    (made,) = state.generated_files
    assert (made.filename, made.data, made.container_id) == (f"{made.file_id}.png", IMAGE["url"], None)
    (each,) = last(emitted, "run.step.completed")["step_details"]["tool_calls"]
    image = {"type": "image", "image": {"file_id": made.file_id}}
    assert each["code_interpreter"]["outputs"] == [{"type": "logs", "logs": "1\n"}, image]
    shown = [part for name, data in emitted if name == "thread.message.delta" for part in data["delta"]["content"]]
    assert [(part["index"], part["type"]) for part in shown] == [(0, "image_file"), (1, "text")]
    assert [part["type"] for part in last(emitted, "message.completed")["content"]] == ["image_file", "text"]


def test_the_event_names_for_code_of_the_first_sdks() -> None:
    dotted = {"type": "response.code_interpreter_call.code.delta", "item_id": "ci_a", "delta": "x"}
    emitted = emit(turn(), created(), added(code("")), dotted)
    assert last(emitted, "run.step.delta")["delta"]["step_details"]["tool_calls"][0]["code_interpreter"] == {
        "input": "x"
    }


def test_deltas_of_text_code_and_calls_are_not_mixed() -> None:
    """A delta whose item id belongs to an item of another kind is ignored."""
    state = turn()
    before = emit(state, created(), added(message()), added(code("")), added(call()))
    assert emit(state, text("a", "ci_a"), coding("b", "fc_a"), arguing("c", "msg_a")) == []
    assert names(before).count("message.delta") == 0


def test_the_same_item_id_at_two_indexes_is_two_calls() -> None:
    one, two = call('{"x":1}', "fc_a"), call('{"x":2}', "fc_a")
    emitted = emit(
        turn(),
        created(),
        done(one, output_index=0),
        done(two | {"call_id": "call_b"}, output_index=1),
        ended(one, two | {"call_id": "call_b"}),
    )
    assert [(name, given) for _, name, given in requested(emitted)] == [("f", '{"x":1}'), ("f", '{"x":2}')]


@pytest.mark.parametrize(
    "rule, item",
    [
        (calls.close_call, call()),
        (calls.close_search, {"type": "file_search_call", "results": []}),
        (calls.close_code, {"type": "code_interpreter_call", "code": "1"}),
        (messages.close_message, message(says("Hello."))),
    ],
)
def test_the_end_of_an_item_that_was_never_shown_emits_nothing(rule, item) -> None:
    assert list(rule(turn(), {"item": item, "known": SimpleNamespace(key=0)})) == []
