"""Threads over the API: created, changed, deleted."""

from typing import Any

import pytest

from tests.engine.scripted import Harness, Refused, answer, place
from tests.translate.upstream_events import call, last, message, says

HELLO = message(says("Hello."))


def test_a_thread_changes(harness: Harness) -> None:
    where = f"threads/{harness.thread()}"
    empty = {"code_interpreter": {"file_ids": []}}
    assert harness.get(where)["tool_resources"] == empty
    assert harness.post(where, metadata={"k": "v"})["metadata"] == {"k": "v"}
    assert harness.post(where)["metadata"] == {"k": "v"}
    assert harness.post(where, metadata=None)["metadata"] == {}
    resources = {"file_search": {"vector_store_ids": ["vs_9"]}}
    assert harness.post(where, tool_resources=resources)["tool_resources"] == resources
    assert harness.get(where)["tool_resources"] == resources


def test_a_thread_is_deleted_with_all_its_objects(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(HELLO)), "run.completed")
    assert harness.delete(f"threads/{thread}") == {"id": thread, "object": "thread.deleted", "deleted": True}
    for path in (f"threads/{thread}", f"threads/{thread}/messages", place(run), f"{place(run)}/steps"):
        with pytest.raises(Refused, match="No thread found"):
            harness.get(path)


def test_first_messages_are_added_in_their_order(harness: Harness) -> None:
    made = harness.post("threads", messages=[{"role": "user", "content": text} for text in ("One", "Two")])
    assert "messages" not in made
    assert harness.messages(made["id"]) == ["One", "Two"]


@pytest.mark.parametrize("body", [{}, {"messages": None, "metadata": None, "tool_resources": None}, {"messages": []}])
def test_an_empty_thread(harness: Harness, body: dict[str, Any]) -> None:
    made = harness.post("threads", **body)
    assert (made["id"], made["metadata"], made["tool_resources"]) == ("thread_1", {}, {})
    assert harness.messages(made["id"]) == []


def test_each_kind_of_resource_changes_by_itself(harness: Harness) -> None:
    code, search = {"code_interpreter": {"file_ids": ["file-1"]}}, {"file_search": {"vector_store_ids": ["vs_9"]}}
    where = f"threads/{harness.post('threads', tool_resources=code)['id']}"
    assert harness.post(where, tool_resources=search)["tool_resources"] == code | search
    assert harness.post(where, tool_resources={"file_search": None})["tool_resources"] == code | search
    assert harness.post(where, tool_resources=None)["tool_resources"] == code | search


def test_the_body_is_checked_before_the_id(harness: Harness) -> None:
    with pytest.raises(Refused, match="metadata"):
        harness.post("threads/nonsense", metadata="x")


def test_deleting_a_thread_interrupts_its_run(harness: Harness) -> None:
    thread, emitted = harness.thread("One"), []
    harness.context.registry.notify = emitted.append  # type: ignore[method-assign]
    run = last(harness.run(thread, answer(call())), "run.requires_action")
    harness.delete(f"threads/{thread}")
    assert emitted == [run["id"]]
    other = harness.thread()
    harness.delete(f"threads/{other}")
    assert emitted == [run["id"]]
    with pytest.raises(Refused, match="No thread found"):
        harness.delete(f"threads/{other}")
