"""Threads over the API: created, changed, deleted."""

from typing import Any

import pytest

from tests.engine.scripted import Refused, World, answer, place
from tests.translate.telling import call, last, message, says

HELLO = message(says("Hello."))


def test_a_thread_changes(world: World) -> None:
    where = f"threads/{world.thread()}"
    empty = {"code_interpreter": {"file_ids": []}}
    assert world.get(where)["tool_resources"] == empty
    assert world.post(where, metadata={"k": "v"})["metadata"] == {"k": "v"}
    assert world.post(where)["metadata"] == {"k": "v"}
    assert world.post(where, metadata=None)["metadata"] == {}
    resources = {"file_search": {"vector_store_ids": ["vs_9"]}}
    assert world.post(where, tool_resources=resources)["tool_resources"] == resources
    assert world.get(where)["tool_resources"] == resources


def test_a_thread_is_deleted_with_all_its_objects(world: World) -> None:
    thread = world.thread("One")
    run = last(world.run(thread, answer(HELLO)), "run.completed")
    assert world.delete(f"threads/{thread}") == {"id": thread, "object": "thread.deleted", "deleted": True}
    for path in (f"threads/{thread}", f"threads/{thread}/messages", place(run), f"{place(run)}/steps"):
        with pytest.raises(Refused, match="No thread found"):
            world.get(path)


def test_first_messages_are_added_in_their_order(world: World) -> None:
    made = world.post("threads", messages=[{"role": "user", "content": text} for text in ("One", "Two")])
    assert "messages" not in made
    assert world.messages(made["id"]) == ["One", "Two"]


@pytest.mark.parametrize("body", [{}, {"messages": None, "metadata": None, "tool_resources": None}, {"messages": []}])
def test_an_empty_thread(world: World, body: dict[str, Any]) -> None:
    made = world.post("threads", **body)
    assert (made["id"], made["metadata"], made["tool_resources"]) == ("thread_1", {}, {})
    assert world.messages(made["id"]) == []


def test_each_kind_of_resource_changes_by_itself(world: World) -> None:
    code, search = {"code_interpreter": {"file_ids": ["file-1"]}}, {"file_search": {"vector_store_ids": ["vs_9"]}}
    where = f"threads/{world.post('threads', tool_resources=code)['id']}"
    assert world.post(where, tool_resources=search)["tool_resources"] == code | search
    assert world.post(where, tool_resources={"file_search": None})["tool_resources"] == code | search
    assert world.post(where, tool_resources=None)["tool_resources"] == code | search


def test_the_body_is_checked_before_the_id(world: World) -> None:
    with pytest.raises(Refused, match="metadata"):
        world.post("threads/nonsense", metadata="x")


def test_deleting_a_thread_interrupts_its_run(world: World) -> None:
    thread, told = world.thread("One"), []
    world.context.registry.notify = told.append  # type: ignore[method-assign]
    run = last(world.run(thread, answer(call())), "run.requires_action")
    world.delete(f"threads/{thread}")
    assert told == [run["id"]]
    other = world.thread()
    world.delete(f"threads/{other}")
    assert told == [run["id"]]
    with pytest.raises(Refused, match="No thread found"):
        world.delete(f"threads/{other}")
