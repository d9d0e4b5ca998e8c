"""A thread as a list of items: put in, listed, taken out, cleared."""

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
#: Items as a program gives them, in forms that the journal has in another one.
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
    """A thread with a run's answer, of which upstream's chain knows all."""
    thread = world.thread("One")
    world.run(thread, answer(HELLO))
    return thread


def test_items_come_out_as_they_were_put_in(world: World) -> None:
    thread = world.thread()
    add(world, thread, *GIVEN)
    assert listed(world, thread) == GIVEN
    assert world.messages(thread) == ["Look.", "It is 42."]


@pytest.mark.parametrize("limit, first", [(0, 5), (1, 4), (5, 0), (9, 0)])
def test_the_last_so_many(world: World, limit: int, first: int) -> None:
    thread = world.thread()
    add(world, thread, *GIVEN)
    assert listed(world, thread, limit) == GIVEN[first:]


def test_a_runs_messages_are_among_them_in_the_form_that_is_sent(world: World, talk: str) -> None:
    add(world, talk, GIVEN[0])
    assert inputs({"input": listed(world, talk)}) == ["One", "Hello.", "Look."]
    assert listed(world, talk)[-1] == GIVEN[0]


def test_items_are_taken_out_from_the_end(world: World) -> None:
    thread = world.thread()
    add(world, thread, *GIVEN)
    assert [pop(world, thread) for _ in GIVEN] == GIVEN[::-1]
    assert (pop(world, thread), world.messages(thread)) == (None, [])
    assert world.base.read(journal.rows, thread) == []


def test_what_the_chain_does_not_know_is_taken_out_of_the_thread_alone(world: World, talk: str) -> None:
    add(world, talk, GIVEN[0])
    assert pop(world, talk) == GIVEN[0]
    assert world.base.read(threads.head, talk).response_id == "resp_1"


def test_what_the_chain_knows_breaks_it(world: World, talk: str) -> None:
    popped = pop(world, talk)
    assert popped is not None
    assert inputs({"input": [popped]}) == ["Hello."]
    assert world.base.read(threads.head, talk) == (None, 0)
    world.run(talk, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert inputs(world.sent) == ["One"]


def test_a_call_without_an_output_goes_with_what_stands_before_it(world: World) -> None:
    """It is not shown, so it must not come back once an output of its name is added."""
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


def test_a_busy_thread_is_read_and_not_changed(world: World, talk: str) -> None:
    run = driven.drive(world, talk).run
    changes = [lambda: add(world, talk, GIVEN[0]), lambda: pop(world, talk)]
    changes.append(lambda: world.base.write(session.clear, world.context, talk))
    for change in changes:
        with pytest.raises(ApiError, match=f"while a run {run['id']} is active"):
            change()
    assert inputs({"input": listed(world, talk)}) == ["One", "Hello."]


@pytest.mark.parametrize("create", [True, False])
def test_a_thread_from_elsewhere_begins_with_its_first_item_where_that_is_wanted(world: World, create: bool) -> None:
    object.__setattr__(world.context, "unknown_threads", create)
    if create:
        add(world, "thread_elsewhere", GIVEN[0])
        assert listed(world, "thread_elsewhere") == [GIVEN[0]]
    else:
        with pytest.raises(ApiError, match="No thread found with id 'thread_elsewhere'"):
            add(world, "thread_elsewhere", GIVEN[0])
