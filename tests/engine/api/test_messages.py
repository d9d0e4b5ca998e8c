"""Messages over the API: created, changed, listed, deleted."""

import json

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Harness, Refused, answer, inputs, place
from tests.translate.upstream_events import call, ended, last, message, says, text

HELLO = message(says("Hello."))


def test_a_message_changes(harness: Harness) -> None:
    thread = harness.thread("One")
    (made,) = harness.get(f"threads/{thread}/messages")["data"]
    where = f"threads/{thread}/messages/{made['id']}"
    assert harness.get(where) == made
    changed = harness.post(where, metadata={"k": "v"})
    assert (changed["metadata"], changed["file_ids"]) == ({"k": "v"}, [])
    assert harness.post(where)["metadata"] == {"k": "v"}
    assert harness.post(where, metadata=None)["metadata"] == {}
    assert "file_ids" not in harness.get(where)
    assert harness.delete(where)["object"] == "thread.message.deleted"
    with pytest.raises(Refused, match="No message found"):
        harness.get(where)


#: Parts as they are given, and as they are shown: the keys in this order.
PARTS = [
    ({"type": "text", "text": "See:"}, {"type": "text", "text": {"value": "See:", "annotations": []}}),
    *(
        ({"type": kind, kind: given}, {"type": kind, kind: {name: "x", "detail": shown}})
        for kind, name in (("image_url", "url"), ("image_file", "file_id"))
        for given, shown in (
            ({name: "x"}, "auto"),
            ({name: "x", "detail": None}, "auto"),
            ({name: "x", "detail": "low"}, "low"),
            ({"detail": "high", name: "x"}, "high"),
        )
    ),
]


def test_parts_of_a_message(harness: Harness) -> None:
    content = [given for given, _ in PARTS]
    message = {"role": "user", "content": content}
    thread = harness.post("threads", messages=[message])["id"]
    harness.post(f"threads/{thread}/messages", **message)
    for made in harness.get(f"threads/{thread}/messages")["data"]:
        assert json.dumps(made["content"]) == json.dumps([shown for _, shown in PARTS])


def test_messages_of_one_run(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(HELLO)), "run.completed")
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    listed = harness.get(f"threads/{thread}/messages", run_id=run["id"])["data"]
    assert [each["run_id"] for each in listed] == [run["id"]]


def test_a_message_for_an_unknown_thread(harness: Harness) -> None:
    with pytest.raises(Refused, match="No thread found"):
        harness.message("thread_9", "One")


def test_the_role_and_the_defaults_of_a_message(harness: Harness) -> None:
    where = f"threads/{harness.thread()}/messages"
    made = harness.post(where, role="assistant", content="Hi.", attachments=None, metadata=None)
    assert (made["role"], made["attachments"], made["metadata"], made["run_id"]) == ("assistant", [], {}, None)
    assert made["content"] == [{"type": "text", "text": {"value": "Hi.", "annotations": []}}]


def test_a_message_of_another_thread_is_unknown(harness: Harness) -> None:
    thread, other = harness.thread("One"), harness.thread("Two")
    (made,) = harness.get(f"threads/{thread}/messages")["data"]
    where = f"threads/{other}/messages/{made['id']}"
    for call_it in (harness.get, harness.post, harness.delete):
        with pytest.raises(Refused, match="No message found"):
            call_it(where)
    with pytest.raises(Refused, match="No message found"):
        harness.get(f"threads/{other}/messages", after=made["id"])
    assert harness.messages(thread) == ["One"]


def test_messages_while_a_run_is_active(harness: Harness) -> None:
    """No message can be added, and no message of the run deleted; after another one is deleted, nothing chains from the
    run.
    """
    thread = harness.thread("One", "Two")
    run = last(harness.run(thread, answer(HELLO, call())), "run.requires_action")
    last_id, _, first = (each["id"] for each in harness.get(f"threads/{thread}/messages")["data"])
    with pytest.raises(Refused, match=run["id"]) as refused:
        harness.message(thread, "Three")
    assert refused.value.status == 400
    with pytest.raises(Refused, match=last_id):
        harness.delete(f"threads/{thread}/messages/{last_id}")
    harness.delete(f"threads/{thread}/messages/{first}")
    harness.submit(run, answer(message(says("Bye.")), id="resp_2"), call_a="42")
    assert harness.sent.get("previous_response_id") is None
    assert inputs(harness.sent) == ["Two", "Hello.", "call call_a", "output call_a"]
    assert harness.messages(thread) == ["Two", "Hello.", "Bye."]


@pytest.mark.parametrize("place, chained", [(0, True), (1, False), (2, False)], ids=["unsent", "answer", "question"])
def test_nothing_chains_from_a_response_that_contains_a_deleted_message(
    harness: Harness, place: int, chained: bool
) -> None:
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    harness.message(thread, "Two")
    found = harness.get(f"threads/{thread}/messages")["data"][place]["id"]
    harness.delete(f"threads/{thread}/messages/{found}")
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"), additional_messages=None)
    assert harness.sent.get("previous_response_id") == ("resp_1" if chained else None)
    assert inputs(harness.sent) == [[], ["One", "Two"], ["Hello.", "Two"]][place]


def changing(harness: Harness, thread: str, metadata: dict[str, str]) -> list[object]:
    """An answer during which the program changes the metadata of the message that is being written."""

    def change() -> None:
        made = harness.get(f"threads/{thread}/messages")["data"][0]
        assert (made["role"], made["status"]) == ("assistant", "in_progress")
        assert harness.post(f"threads/{thread}/messages/{made['id']}", metadata=metadata)["metadata"] == metadata

    begins, ends = answer(HELLO)[:2], answer(HELLO)[2:]
    return [*begins, [text("Hel")], change, *ends]


@pytest.mark.parametrize("end", ["completed", "failed", "cancelled", "amended"])
def test_the_metadata_of_a_message_that_is_being_written_is_kept(harness: Harness, end: str) -> None:
    thread, metadata = harness.thread("One"), {"k": "v"}
    reads = changing(harness, thread, metadata)
    if end == "failed":
        reads[4:] = [Refusal(500, "Boom.")]
    if end == "cancelled":
        reads[4:4] = [lambda: harness.post(place(harness.get(f"threads/{thread}/runs")["data"][0]) + "/cancel")]
    if end == "amended":
        reads[-1] = [ended(message(says("Hello again.")))]
    emitted = harness.run(thread, reads)
    (made, _) = harness.get(f"threads/{thread}/messages")["data"]
    assert made["metadata"] == metadata
    assert made["status"] == ("completed" if end in ("completed", "amended") else "incomplete")
    shown = [data["metadata"] for name, data in emitted if name.startswith("thread.message.") and "metadata" in data]
    assert (shown[0], shown[-1]) == ({}, metadata)
    # It is the run's alone while the run goes on: afterwards it changes as usual.
    harness.post(f"threads/{thread}/messages/{made['id']}", metadata={})
    assert harness.get(f"threads/{thread}/messages/{made['id']}")["metadata"] == {}
