"""A thread as a list of items: added, listed, removed, cleared."""

from typing import Any

import pytest

from shim.engine.bridge import session
from shim.runtime import drive
from shim.store import journal, threads
from shim.wire.errors import ApiError
from tests.engine.run import driven
from tests.engine.scripted import World, answer, inputs
from tests.translate.telling import message, says

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


def add(world: World, thread: str, *items: Json) -> None:
    drive.finish(session.add(world.context, thread, list(items)))


def listed(world: World, thread: str, limit: int | None = None) -> list[Json]:
    return world.base.read(session.listed, world.context, thread, limit)


def pop(world: World, thread: str) -> Json | None:
    return world.base.write(session.pop, world.context, thread)


@pytest.fixture
def talk(world: World) -> str:
    """A thread with a run's answer; upstream's chain contains all of it."""
    thread = world.thread("One")
    world.run(thread, answer(HELLO))
    return thread


def test_items_are_listed_as_they_were_added(world: World) -> None:
    thread = world.thread()
    add(world, thread, *GIVEN)
    assert listed(world, thread) == GIVEN
    assert world.messages(thread) == ["Look.", "It is 42."]


@pytest.mark.parametrize("limit, first", [(0, 5), (1, 4), (5, 0), (9, 0)])
def test_the_list_can_be_limited_to_the_last_items(world: World, limit: int, first: int) -> None:
    thread = world.thread()
    add(world, thread, *GIVEN)
    assert listed(world, thread, limit) == GIVEN[first:]


def test_messages_of_runs_are_listed_in_the_form_that_is_sent(world: World, talk: str) -> None:
    add(world, talk, GIVEN[0])
    assert inputs({"input": listed(world, talk)}) == ["One", "Hello.", "Look."]
    assert listed(world, talk)[-1] == GIVEN[0]


def test_items_are_removed_from_the_end(world: World) -> None:
    thread = world.thread()
    add(world, thread, *GIVEN)
    assert [pop(world, thread) for _ in GIVEN] == GIVEN[::-1]
    assert (pop(world, thread), world.messages(thread)) == (None, [])
    assert world.base.read(journal.rows, thread) == []


def test_removing_an_item_outside_of_the_chain_leaves_the_head(world: World, talk: str) -> None:
    add(world, talk, GIVEN[0])
    assert pop(world, talk) == GIVEN[0]
    assert world.base.read(threads.head, talk).response_id == "resp_1"


def test_removing_an_item_of_the_chain_removes_the_head(world: World, talk: str) -> None:
    popped = pop(world, talk)
    assert popped is not None
    assert inputs({"input": [popped]}) == ["Hello."]
    assert world.base.read(threads.head, talk) == (None, 0)
    world.run(talk, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert inputs(world.sent) == ["One"]


def test_a_call_without_an_output_is_removed_with_the_item_before_it(world: World) -> None:
    """The call is not listed, and must not appear later when an output with its id is added."""
    thread = world.thread()
    add(world, thread, GIVEN[0])
    run = driven.drive(world, thread).run
    call = {"type": "function_call", "call_id": "call_x", "name": "f", "arguments": "{}"}
    world.base.write(lambda tx: journal.append(tx, thread, "out", call, run_id=run["id"], response_id="resp_1"))
    world.clock.time = run["expires_at"]
    assert listed(world, thread) == [GIVEN[0]]
    assert pop(world, thread) == GIVEN[0]
    assert world.base.read(journal.rows, thread) == []


def test_a_cleared_thread_keeps_its_runs(world: World, talk: str) -> None:
    add(world, talk, *GIVEN)
    world.base.write(session.clear, world.context, talk)
    assert (listed(world, talk), world.messages(talk)) == ([], [])
    assert world.base.read(threads.head, talk) == (None, 0)
    assert len(world.get(f"threads/{talk}/runs")["data"]) == 1


def test_a_thread_with_an_active_run_can_be_read_but_not_changed(world: World, talk: str) -> None:
    run = driven.drive(world, talk).run
    changes = [lambda: add(world, talk, GIVEN[0]), lambda: pop(world, talk)]
    changes.append(lambda: world.base.write(session.clear, world.context, talk))
    for change in changes:
        with pytest.raises(ApiError, match=f"while a run {run['id']} is active"):
            change()
    assert inputs({"input": listed(world, talk)}) == ["One", "Hello."]


@pytest.mark.parametrize("create", [True, False])
def test_the_first_item_creates_an_unknown_thread_if_the_settings_allow_it(world: World, create: bool) -> None:
    object.__setattr__(world.context, "unknown_threads", create)
    if create:
        add(world, "thread_elsewhere", GIVEN[0])
        assert listed(world, "thread_elsewhere") == [GIVEN[0]]
    else:
        with pytest.raises(ApiError, match="No thread found with id 'thread_elsewhere'"):
            add(world, "thread_elsewhere", GIVEN[0])
