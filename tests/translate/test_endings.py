"""The end of a response, and of the objects that are still open."""

import pytest

from shim import lifecycle
from shim.translate import endings
from tests.translate.upstream_events import (
    NOW,
    added,
    arguing,
    call,
    citation,
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
    texts,
    turn,
)

HELLO = message(says("Hello."))
CUT = {"incomplete_details": {"reason": "max_output_tokens"}}
ERROR = {"code": "server_error", "message": "Boom."}


def steps(emitted) -> list[tuple[str, int]]:
    """The final status of each step, and its number of tokens."""
    ends = {f"thread.run.step.{status}" for status in ("completed", "failed", "cancelled", "expired")}
    return [(name.rpartition(".")[2], data["usage"]["total_tokens"]) for name, data in emitted if name in ends]


#: Upstream's reason, the message's reason, the run's reason.
REASONS = [
    ({"reason": "max_output_tokens"}, "max_tokens", "max_completion_tokens"),
    ({"reason": "length"}, "max_tokens", "max_completion_tokens"),
    ({"reason": "content_filter"}, "content_filter", None),
    ({"reason": "steered"}, "max_tokens", "max_completion_tokens"),
    ({}, "max_tokens", "max_completion_tokens"),
    (None, "max_tokens", "max_completion_tokens"),
]


@pytest.mark.parametrize("details, of_message, of_run", REASONS, ids=str)
@pytest.mark.parametrize("finished", [True, False], ids=["item done", "item not done"])
def test_a_message_cut_short(details, of_message, of_run, finished) -> None:
    state, cut = turn(), message(says("Hel"), status="incomplete")
    events = [created(), added(cut), text("Hel"), *([done(cut)] if finished else [])]
    emitted = emit(state, *events, ended(status="incomplete", incomplete_details=details))
    assert names(emitted)[-3:] == ["message.incomplete", "run.step.completed", "run.incomplete"]
    shown, run = last(emitted, "message.incomplete"), last(emitted, "run.incomplete")
    assert (shown["status"], shown["incomplete_details"], shown["incomplete_at"]) == (
        "incomplete",
        {"reason": of_message},
        NOW,
    )
    assert shown["content"][0]["text"]["value"] == "Hel"
    assert run["incomplete_details"] == {"reason": of_run}
    assert (run["completed_at"], run["expires_at"], run["usage"]["total_tokens"]) == (NOW, None, 14)
    assert steps(emitted) == [("completed", 14)]
    assert [item["content"][0]["text"] for _, item in state.done] == ["Hel"]


def test_a_response_cut_before_any_text() -> None:
    emitted = emit(turn(), created(), ended(status="incomplete", **CUT))
    assert names(emitted) == ["run.in_progress", "run.incomplete"]


def test_an_incomplete_call_is_never_in_a_required_action() -> None:
    cut = call('{"x', status="incomplete")
    emitted = emit(turn(), created(), added(cut), arguing('{"x'), done(cut), ended(cut, status="incomplete", **CUT))
    assert names(emitted)[-2:] == ["run.step.failed", "run.incomplete"]
    assert steps(emitted) == [("failed", 14)]
    step = last(emitted, "run.step.failed")
    assert step["last_error"] == {"code": "server_error", "message": "Sorry, something went wrong."}
    assert step["step_details"]["tool_calls"][0]["function"]["arguments"] == '{"x'


def test_an_incomplete_call_in_a_response_with_status_completed() -> None:
    """vLLM reports the status `completed` for an answer that its token limit has cut."""
    cut = call('{"x', id="fc_b", status="incomplete")
    emitted = emit(turn(), created(), added(call()), done(call()), added(cut), done(cut), ended(call(), cut))
    assert names(emitted)[-2:] == ["run.step.failed", "run.incomplete"]
    assert last(emitted, "run.incomplete")["incomplete_details"] == {"reason": "max_completion_tokens"}


def test_tokens_are_counted_once() -> None:
    """For any set of open objects, the sum over the steps equals the run's usage."""
    items = [added(call()), added(message()), text("Hel"), added(search(id="fs_a"))]
    emitted = emit(turn(), created(), *items, ended(status="incomplete", **CUT))
    assert sum(tokens for _, tokens in steps(emitted)) == last(emitted, "run.incomplete")["usage"]["total_tokens"] == 14


#: An item that is still open, and a check of its step after the end.
HALF = [
    (added(search()), lambda shown: shown["file_search"]["results"] == []),
    (added(code("")), lambda shown: shown["code_interpreter"]["input"] == "x = "),
    (added(call("")), lambda shown: shown["function"]["arguments"] == "{"),
]


@pytest.mark.parametrize("item, holds", HALF, ids=["search", "code", "function"])
@pytest.mark.parametrize("status, step", [("failed", "failed"), ("cancelled", "cancelled"), ("incomplete", None)])
def test_an_interrupted_step_contains_what_was_streamed(item, holds, status, step) -> None:
    step = step or ("failed" if item["item"]["type"] == "function_call" else "completed")
    half = {"file_search_call": [], "code_interpreter_call": [coding("x = ")], "function_call": [arguing("{")]}
    emitted = emit(turn(), created(), item, *half[item["item"]["type"]], ended(status=status))
    (shown,) = last(emitted, f"run.step.{step}")["step_details"]["tool_calls"]
    assert holds(shown)


#: Items that were streamed without their end, before a completed response whose output does not contain them.
@pytest.mark.parametrize("item", [search(), code("")], ids=["search", "code"])
def test_a_hosted_call_without_an_end_ends_with_the_response(item) -> None:
    emitted = emit(turn(), created(), added(item), added(HELLO), text("Hi"), ended())
    assert steps(emitted) == [("completed", 0), ("completed", 14)] or steps(emitted) == [
        ("completed", 14),
        ("completed", 0),
    ]
    assert last(emitted, "run.completed")["status"] == "completed"


def test_items_that_were_never_streamed_are_emitted_from_the_final_event() -> None:
    items = [search(), message(says("Hi", citation(2))), call(id="fc_b")]
    emitted = emit(turn(), ended(*items))
    assert names(emitted)[0] == "run.in_progress"
    assert texts(emitted) == "Hi【4:0†a.txt】"
    assert names(emitted)[-1] == "run.requires_action"


def test_a_final_event_without_output_removes_nothing() -> None:
    emitted = emit(turn(), created(), added(HELLO), text("Hello."), ended(output=None))
    assert texts(emitted) == last(emitted, "message.completed")["content"][0]["text"]["value"] == "Hello."
    assert names(emitted)[-2:] == ["run.step.completed", "run.completed"]


#: The event's name, the status in the event, the run's status.
STATUSES = [
    ("completed", "completed", "completed"),
    ("completed", "incomplete", "incomplete"),
    ("completed", "failed", "failed"),
    ("completed", None, "completed"),
    ("completed", "in_progress", "completed"),
    ("incomplete", None, "incomplete"),
    ("failed", None, "failed"),
    ("failed", "in_progress", "failed"),
    ("cancelled", None, "cancelled"),
]


@pytest.mark.parametrize("event, status, run", STATUSES)
def test_the_status_is_used_and_otherwise_the_events_name(event, status, run) -> None:
    terminal = ended(status=event) | {"response": ended()["response"] | {"status": status}}
    emitted = emit(turn(), created(), terminal)
    assert names(emitted)[-1] == f"run.{run}"


@pytest.mark.parametrize("usage", [None, {}, {"input_tokens": None, "input_tokens_details": None}])
def test_missing_token_counts_are_zeros(usage) -> None:
    emitted = emit(turn(), created(), ended(usage=usage))
    assert last(emitted, "run.completed")["usage"]["total_tokens"] == 0


def test_token_counts_with_the_old_names() -> None:
    details = {"input_tokens_details": {"cached_tokens": 3}, "output_tokens_details": {"reasoning_tokens": 2}}
    emitted = emit(turn(), created(), ended(usage={"input_tokens": 10, "output_tokens": 4, **details}))
    assert last(emitted, "run.completed")["usage"] == {
        "prompt_tokens": 10,
        "completion_tokens": 4,
        "total_tokens": 14,
        "prompt_token_details": {"cached_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": 2},
    }


NESTED = {"type": "error", "error": {"code": "insufficient_quota", "message": "No money."}}
FLAT = {"type": "error", "code": "insufficient_quota", "message": "No money.", "param": None}
QUOTA = {"code": "rate_limit_exceeded", "message": "No money."}
#: Events before the end, the failed response's own error, the run's error, the step's error.
FAILURES = [
    ([], {"code": "server_error", "message": "Boom."}, ERROR, ERROR),
    ([NESTED], None, QUOTA, QUOTA),
    ([FLAT], None, QUOTA, QUOTA),
    (
        [],
        {"code": "invalid_prompt", "message": "No."},
        {"code": "invalid_prompt", "message": "No."},
        {"code": "server_error", "message": "No."},
    ),
    (
        [],
        None,
        {"code": "server_error", "message": "Sorry, something went wrong."},
        {"code": "server_error", "message": "Sorry, something went wrong."},
    ),
]


@pytest.mark.parametrize("before, error, of_run, of_step", FAILURES)
def test_a_response_that_fails(before, error, of_run, of_step) -> None:
    emitted = emit(turn(), created(), added(HELLO), text("Hel"), *before, ended(status="failed", error=error))
    assert names(emitted)[-3:] == ["message.incomplete", "run.step.failed", "run.failed"]
    run = last(emitted, "run.failed")
    assert (run["last_error"], run["failed_at"], run["completed_at"]) == (of_run, NOW, None)
    assert last(emitted, "run.step.failed")["last_error"] == of_step
    assert last(emitted, "message.incomplete")["incomplete_details"] == {"reason": "run_failed"}


def test_a_response_cancelled_upstream() -> None:
    emitted = emit(turn(), created(), added(HELLO), text("Hel"), ended(status="cancelled"))
    assert names(emitted)[-4:] == ["run.cancelling", "message.incomplete", "run.step.cancelled", "run.cancelled"]
    assert last(emitted, "message.incomplete")["incomplete_details"] == {"reason": "run_cancelled"}


def test_a_run_cancelled_by_the_caller() -> None:
    """The run already has the status `cancelling`, which the stream has not emitted yet."""
    state = turn()
    emit(state, created(), added(HELLO), text("Hel"))
    state.run = state.run | {"status": "cancelling"}
    emitted = list(endings.stopped(state))
    assert names(emitted) == ["run.cancelling", "message.incomplete", "run.step.cancelled", "run.cancelled"]


def test_an_expired_run() -> None:
    state = turn()
    emit(state, created(), added(HELLO), text("Hel"))
    emitted = list(endings.lapsed(state))
    assert names(emitted) == ["message.incomplete", "run.step.expired", "run.expired"]
    assert last(emitted, "message.incomplete")["incomplete_details"] == {"reason": "run_expired"}
    assert last(emitted, "run.expired")["completed_at"] == NOW


#: The item and status that upstream sends while the run is being cancelled, the final status of the run, that of its
#: step.
LATE = [
    (HELLO, "completed", "completed", "completed"),
    (call(), "completed", "cancelled", "cancelled"),
    (message(says("Hel"), status="incomplete"), "incomplete", "cancelled", "cancelled"),
]


@pytest.mark.parametrize("item, status, run, step", LATE)
def test_a_complete_answer_completes_a_cancelling_run_and_a_call_does_not(item, status, run, step) -> None:
    state = turn()
    emit(state, created(), added(item))
    state.run = state.run | {"status": "cancelling"}
    emitted = emit(state, done(item), ended(item, status=status))
    assert names(emitted)[-1] == f"run.{run}"
    assert steps(emitted) == [(step, 14)]
    assert last(emitted, f"run.{run}")["required_action"] is None
    assert lifecycle.STEP_END[run][0] == step


#: The text that was written before the end, and the part that stays in the conversation.
PARTIAL = [
    ([text("Hel"), text("lo")], ["Hello"]),
    ([text("Hel"), done(message(says("Hel"), status="incomplete"))], ["Hel"]),
    ([], []),
]


@pytest.mark.parametrize("written, stored", PARTIAL, ids=["no end", "a cut end", "no word"])
def test_partial_text_stays_in_the_conversation(written, stored) -> None:
    state = turn()
    emit(state, created(), added(HELLO), *written)
    list(endings.failed(state, ERROR))
    assert [part["text"] for _, item in state.done for part in item["content"]] == stored
    assert {item["status"] for _, item in state.done} <= {"incomplete"}
