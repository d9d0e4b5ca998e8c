"""A thread as a list of items: added, listed, removed, cleared."""

from typing import Any

import pytest

from shim.engine.bridge import session
from shim.runtime import drive
from shim.store import journal, threads
from shim.wire.errors import ApiError
from tests.engine.run import driven
from tests.engine.scripted import Harness, answer, inputs
from tests.translate.upstream_events import message, says

Json = dict[str, Any]
HELLO = message(says("Hello."))
#: Items as a program adds them, in forms that differ from those in the journal.
GIVEN: list[Json] = [
    {"role": "user", "content": "Look."},
    {"role": "developer", "content": "Be careful."},
    {"type": "function_call", "call_id": "call_a", "name": "f", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "call_a", "output": "42"},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It is 42."}]},
]


def add(harness: Harness, thread: str, *items: Json) -> None:
    drive.finish(session.add(harness.context, thread, list(items)))


def listed(harness: Harness, thread: str, limit: int | None = None) -> list[Json]:
    return harness.base.read(session.listed, harness.context, thread, limit)


def pop(harness: Harness, thread: str) -> Json | None:
    return harness.base.write(session.pop, harness.context, thread)


@pytest.fixture
def talk(harness: Harness) -> str:
    """A thread with a run's answer; upstream's chain contains all of it."""
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    return thread


def test_items_are_listed_as_they_were_added(harness: Harness) -> None:
    thread = harness.thread()
    add(harness, thread, *GIVEN)
    assert listed(harness, thread) == GIVEN
    assert harness.messages(thread) == ["Look.", "It is 42."]


@pytest.mark.parametrize("limit, first", [(0, 5), (1, 4), (5, 0), (9, 0)])
def test_the_list_can_be_limited_to_the_last_items(harness: Harness, limit: int, first: int) -> None:
    thread = harness.thread()
    add(harness, thread, *GIVEN)
    assert listed(harness, thread, limit) == GIVEN[first:]


def test_messages_of_runs_are_listed_in_the_form_that_is_sent(harness: Harness, talk: str) -> None:
    add(harness, talk, GIVEN[0])
    assert inputs({"input": listed(harness, talk)}) == ["One", "Hello.", "Look."]
    assert listed(harness, talk)[-1] == GIVEN[0]


def test_items_are_removed_from_the_end(harness: Harness) -> None:
    thread = harness.thread()
    add(harness, thread, *GIVEN)
    assert [pop(harness, thread) for _ in GIVEN] == GIVEN[::-1]
    assert (pop(harness, thread), harness.messages(thread)) == (None, [])
    assert harness.base.read(journal.rows, thread) == []


def test_removing_an_item_outside_of_the_chain_leaves_the_head(harness: Harness, talk: str) -> None:
    add(harness, talk, GIVEN[0])
    assert pop(harness, talk) == GIVEN[0]
    assert harness.base.read(threads.head, talk).response_id == "resp_1"


def test_removing_an_item_of_the_chain_removes_the_head(harness: Harness, talk: str) -> None:
    popped = pop(harness, talk)
    assert popped is not None
    assert inputs({"input": [popped]}) == ["Hello."]
    assert harness.base.read(threads.head, talk) == (None, 0)
    harness.run(talk, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert inputs(harness.sent) == ["One"]


def test_a_call_without_an_output_is_removed_with_the_item_before_it(harness: Harness) -> None:
    """The call is not listed, and must not appear later when an output with its id is added."""
    thread = harness.thread()
    add(harness, thread, GIVEN[0])
    run = driven.drive(harness, thread).run
    call = {"type": "function_call", "call_id": "call_x", "name": "f", "arguments": "{}"}
    harness.base.write(lambda tx: journal.append(tx, thread, "out", call, run_id=run["id"], response_id="resp_1"))
    harness.clock.time = run["expires_at"]
    assert listed(harness, thread) == [GIVEN[0]]
    assert pop(harness, thread) == GIVEN[0]
    assert harness.base.read(journal.rows, thread) == []


def test_a_cleared_thread_keeps_its_runs(harness: Harness, talk: str) -> None:
    add(harness, talk, *GIVEN)
    harness.base.write(session.clear, harness.context, talk)
    assert (listed(harness, talk), harness.messages(talk)) == ([], [])
    assert harness.base.read(threads.head, talk) == (None, 0)
    assert len(harness.get(f"threads/{talk}/runs")["data"]) == 1


def test_a_thread_with_an_active_run_can_be_read_but_not_changed(harness: Harness, talk: str) -> None:
    run = driven.drive(harness, talk).run
    changes = [lambda: add(harness, talk, GIVEN[0]), lambda: pop(harness, talk)]
    changes.append(lambda: harness.base.write(session.clear, harness.context, talk))
    for change in changes:
        with pytest.raises(ApiError, match=f"while a run {run['id']} is active"):
            change()
    assert inputs({"input": listed(harness, talk)}) == ["One", "Hello."]


@pytest.mark.parametrize("create", [True, False])
def test_the_first_item_creates_an_unknown_thread_if_the_settings_allow_it(harness: Harness, create: bool) -> None:
    object.__setattr__(harness.context, "unknown_threads", create)
    if create:
        add(harness, "thread_elsewhere", GIVEN[0])
        assert listed(harness, "thread_elsewhere") == [GIVEN[0]]
    else:
        with pytest.raises(ApiError, match="No thread found with id 'thread_elsewhere'"):
            add(harness, "thread_elsewhere", GIVEN[0])
