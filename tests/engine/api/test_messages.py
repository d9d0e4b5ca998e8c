"""Messages over the API: created, changed, listed, deleted."""

import pytest

from tests.engine.scripted import Refused, World, answer, inputs
from tests.translate.telling import call, last, message, says

HELLO = message(says("Hello."))


def test_a_message_changes(world: World) -> None:
    thread = world.thread("One")
    (made,) = world.get(f"threads/{thread}/messages")["data"]
    where = f"threads/{thread}/messages/{made['id']}"
    assert world.get(where) == made
    changed = world.post(where, metadata={"k": "v"})
    assert (changed["metadata"], changed["file_ids"]) == ({"k": "v"}, [])
    assert world.post(where)["metadata"] == {"k": "v"}
    assert world.post(where, metadata=None)["metadata"] == {}
    assert "file_ids" not in world.get(where)
    assert world.delete(where)["object"] == "thread.message.deleted"
    with pytest.raises(Refused, match="No message found"):
        world.get(where)


def test_parts_of_a_message(world: World) -> None:
    thread = world.thread()
    content = [
        {"type": "text", "text": "See:"},
        {"type": "image_url", "image_url": {"url": "http://x/y.png"}},
        {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}},
    ]
    made = world.post(f"threads/{thread}/messages", role="user", content=content)
    assert made["content"] == [
        {"type": "text", "text": {"value": "See:", "annotations": []}},
        {"type": "image_url", "image_url": {"detail": "auto", "url": "http://x/y.png"}},
        {"type": "image_file", "image_file": {"detail": "low", "file_id": "file-1"}},
    ]


def test_messages_of_one_run(world: World) -> None:
    thread = world.thread("One")
    run = last(world.run(thread, answer(HELLO)), "run.completed")
    world.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    listed = world.get(f"threads/{thread}/messages", run_id=run["id"])["data"]
    assert [each["run_id"] for each in listed] == [run["id"]]


def test_a_message_for_an_unknown_thread(world: World) -> None:
    with pytest.raises(Refused, match="No thread found"):
        world.say("thread_9", "One")


def test_the_role_and_the_defaults_of_a_message(world: World) -> None:
    where = f"threads/{world.thread()}/messages"
    made = world.post(where, role="assistant", content="Hi.", attachments=None, metadata=None)
    assert (made["role"], made["attachments"], made["metadata"], made["run_id"]) == ("assistant", [], {}, None)
    assert made["content"] == [{"type": "text", "text": {"value": "Hi.", "annotations": []}}]


def test_a_message_of_another_thread_is_unknown(world: World) -> None:
    thread, other = world.thread("One"), world.thread("Two")
    (made,) = world.get(f"threads/{thread}/messages")["data"]
    where = f"threads/{other}/messages/{made['id']}"
    for call_it in (world.get, world.post, world.delete):
        with pytest.raises(Refused, match="No message found"):
            call_it(where)
    with pytest.raises(Refused, match="No message found"):
        world.get(f"threads/{other}/messages", after=made["id"])
    assert world.messages(thread) == ["One"]


def test_messages_while_a_run_is_active(world: World) -> None:
    """No message can be added, and no message of the run deleted; after another one is deleted, nothing chains from the
    run.
    """
    thread = world.thread("One", "Two")
    run = last(world.run(thread, answer(HELLO, call())), "run.requires_action")
    said, _, first = (each["id"] for each in world.get(f"threads/{thread}/messages")["data"])
    with pytest.raises(Refused, match=run["id"]) as refused:
        world.say(thread, "Three")
    assert refused.value.status == 400
    with pytest.raises(Refused, match=said):
        world.delete(f"threads/{thread}/messages/{said}")
    world.delete(f"threads/{thread}/messages/{first}")
    world.submit(run, answer(message(says("Bye.")), id="resp_2"), call_a="42")
    assert world.sent.get("previous_response_id") is None
    assert inputs(world.sent) == ["Two", "Hello.", "call call_a", "output call_a"]
    assert world.messages(thread) == ["Two", "Hello.", "Bye."]


@pytest.mark.parametrize("place, chained", [(0, True), (1, False), (2, False)], ids=["unsent", "answer", "question"])
def test_nothing_chains_from_a_response_that_contains_a_deleted_message(
    world: World, place: int, chained: bool
) -> None:
    thread = world.thread("One")
    world.run(thread, answer(HELLO))
    world.say(thread, "Two")
    found = world.get(f"threads/{thread}/messages")["data"][place]["id"]
    world.delete(f"threads/{thread}/messages/{found}")
    world.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"), additional_messages=None)
    assert world.sent.get("previous_response_id") == ("resp_1" if chained else None)
    assert inputs(world.sent) == [[], ["One", "Two"], ["Hello.", "Two"]][place]
