"""A run sends upstream only messages of the thread: without deleted ones, and with `last_messages` only the last
ones.
"""

from typing import Any

import pytest

from shim.ports import Profile
from tests.engine.scripted import Harness, Refused, answer, inputs, place
from tests.translate.upstream_events import call, created, last, message, names, says, text


def spoken(value: str, id: str = "msg_a") -> dict[str, Any]:
    return message(says(value), id=id)


def previous(harness: Harness) -> str | None:
    return harness.sent.get("previous_response_id")


def message_id(harness: Harness, thread: str, number: int) -> str:
    return str(harness.get(f"threads/{thread}/messages", order="asc")["data"][number]["id"])


#: Which of the messages One, A, Two is deleted, and the next request's input and previous response.
DELETED = [
    (0, (["A", "Two"], None)),
    (1, (["One", "Two"], None)),
    (2, ([], "resp_1")),
]


@pytest.mark.parametrize("number, expected", DELETED)
def test_a_deleted_message_is_not_sent(harness: Harness, number: int, expected: tuple[list[str], str | None]) -> None:
    """If the chain contains it, the thread is replayed without it."""
    thread = harness.thread("One")
    harness.run(thread, answer(spoken("A"), id="resp_1"))
    harness.message(thread, "Two")
    harness.delete(f"threads/{thread}/messages/{message_id(harness, thread, number)}")
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_2"))
    assert (inputs(harness.sent), previous(harness)) == expected


def test_a_message_of_an_active_run_cannot_be_deleted(harness: Harness) -> None:
    thread = harness.thread("One")
    emitted = harness.run(thread, answer(spoken("A"), call(), id="resp_1"))
    run = last(emitted, "run.requires_action")
    with pytest.raises(Refused, match=f"Can't delete message .* while a run {run['id']} is active"):
        harness.delete(f"threads/{thread}/messages/{message_id(harness, thread, 1)}")


def test_a_message_deleted_while_the_run_waits_is_not_in_the_next_round(harness: Harness) -> None:
    thread = harness.thread("One", "Secret")
    run = last(harness.run(thread, answer(call(), id="resp_1")), "run.requires_action")
    harness.delete(f"threads/{thread}/messages/{message_id(harness, thread, 1)}")
    harness.submit(run, answer(spoken("A"), id="resp_2"), call_a="42")
    assert (inputs(harness.sent), previous(harness)) == (["One", "call call_a", "output call_a"], None)
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_3"))
    assert previous(harness) == "resp_2"


def test_a_message_deleted_during_the_answer_is_not_in_the_next_run(harness: Harness) -> None:
    thread = harness.thread("One", "Secret")
    secret = message_id(harness, thread, 1)
    events = answer(spoken("A"), id="resp_1")
    harness.run(thread, [*events[:2], lambda: harness.delete(f"threads/{thread}/messages/{secret}"), *events[2:]])
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_2"))
    assert (inputs(harness.sent), previous(harness)) == (["One", "A"], None)
    harness.run(thread, answer(spoken("C", "msg_c"), id="resp_3"))
    assert previous(harness) == "resp_2"


def test_a_message_deleted_during_a_function_call_is_not_in_the_next_round(harness: Harness) -> None:
    thread = harness.thread("One", "Secret")
    secret = message_id(harness, thread, 1)
    events = answer(call(), id="resp_1")
    emitted = harness.run(
        thread, [*events[:2], lambda: harness.delete(f"threads/{thread}/messages/{secret}"), *events[2:]]
    )
    harness.submit(last(emitted, "run.requires_action"), answer(spoken("A"), id="resp_2"), call_a="42")
    assert (inputs(harness.sent), previous(harness)) == (["One", "call call_a", "output call_a"], None)


def window(count: int) -> dict[str, Any]:
    return {"type": "last_messages", "last_messages": count}


#: The `last_messages` of a run, and those of One, A, Two that are sent.
WINDOWS = [
    (1, ["Two"]),
    (2, ["A", "Two"]),
    # Counts up to some that no database has as a number.
    *((count, ["One", "A", "Two"]) for count in (3, 9, 2**31, 2**63 - 1, 2**63, 2**63 + 1, 10**19, 10**400)),
]


@pytest.mark.parametrize("count, expected", WINDOWS)
def test_only_the_last_messages_are_sent(harness: Harness, count: int, expected: list[str]) -> None:
    thread = harness.thread("One")
    harness.run(thread, answer(spoken("A"), id="resp_1"))
    harness.message(thread, "Two")
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_2"), truncation_strategy=window(count))
    assert (inputs(harness.sent), previous(harness)) == (expected, None)
    assert "truncation" not in harness.sent


def test_no_run_chains_from_a_run_with_a_window(harness: Harness) -> None:
    """No run chains from a run with a window: the next run sends the rest of the thread."""
    thread = harness.thread("One")
    harness.run(thread, answer(spoken("A"), id="resp_1"))
    harness.message(thread, "Two")
    harness.run(thread, answer(spoken("B", "msg_b"), id="resp_2"), truncation_strategy=window(1))
    harness.run(thread, answer(spoken("C", "msg_c"), id="resp_3"))
    assert (inputs(harness.sent), previous(harness)) == (["Two", "B"], "resp_1")


def test_a_window_applies_to_every_round(harness: Harness) -> None:
    thread = harness.thread("One", "Two")
    emitted = harness.run(thread, answer(call(), id="resp_1"), truncation_strategy=window(1))
    harness.submit(last(emitted, "run.requires_action"), answer(spoken("A"), id="resp_2"), call_a="42")
    assert (inputs(harness.sent), previous(harness)) == (["output call_a"], "resp_1")


def test_messages_of_the_run_itself_do_not_move_its_window(harness: Harness) -> None:
    harness.upstream.can = Profile("stateless", stores=False)
    thread = harness.thread("One", "Two")
    emitted = harness.run(thread, answer(spoken("Wait."), call(), id="resp_1"), truncation_strategy=window(1))
    harness.submit(last(emitted, "run.requires_action"), answer(spoken("A", "msg_b"), id="resp_2"), call_a="42")
    assert inputs(harness.sent) == ["Two", "Wait.", "call call_a", "output call_a"]


def test_steps_are_listed_in_the_order_in_which_they_end(harness: Harness) -> None:
    """The step that waits for outputs stays open, so it is last, as in the old API."""
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call(), spoken("Wait."), id="resp_1")), "run.requires_action")
    steps = harness.get(f"{place(run)}/steps", order="asc")["data"]
    assert [step["type"] for step in steps] == ["message_creation", "tool_calls"]
    assert [step["status"] for step in steps] == ["completed", "in_progress"]


def test_a_message_is_stored_before_its_event_is_emitted(harness: Harness) -> None:
    """Events other than deltas are emitted after they were stored."""
    thread = harness.thread("One")
    seen: list[list[str]] = []
    item = spoken("A")
    reads = [
        [created()],
        *answer(item)[1:2],
        [text("A")],
        lambda: seen.append(harness.messages(thread)),
        *answer(item)[2:],
    ]
    emitted = harness.run(thread, reads)
    assert seen == [["One", ""]]
    assert names(emitted)[-1] == "run.completed"
    assert harness.messages(thread) == ["One", "A"]
