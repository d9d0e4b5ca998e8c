"""Items that are replayed: rows of journalled items and the resulting input.

In every case the input is consistent: no call without its output, no reasoning without the item after it, no item
twice.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.translate import history
from shim.translate.history import Entry, compose

Json = dict[str, Any]

IMAGE = {"type": "image_file", "image_file": {"file_id": "file-1"}}
LINK = {"type": "image_url", "image_url": {"url": "http://x/y.png", "detail": "low"}}


def text(value: str) -> Json:
    return {"type": "text", "text": {"value": value, "annotations": []}}


#: A message's role and content, and the parts of the input item.
POSTED = [
    ("user", [text("Hi")], [{"type": "input_text", "text": "Hi"}]),
    ("user", [{"type": "text", "text": "Hi"}], [{"type": "input_text", "text": "Hi"}]),
    ("assistant", [text("Hi")], [{"type": "output_text", "text": "Hi"}]),
    ("user", [IMAGE], [{"type": "input_image", "file_id": "file-1", "detail": "auto"}]),
    ("user", [LINK], [{"type": "input_image", "image_url": "http://x/y.png", "detail": "low"}]),
]


@pytest.mark.parametrize("role, content, parts", POSTED)
def test_a_posted_message(role, content, parts) -> None:
    item = history.of_message({"role": role, "content": content})
    assert item == {"type": "message", "role": role, "content": parts}


USER = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}


def user_item(value: str, **more: Any) -> Json:
    content = [{"type": "output_text", "text": value, "annotations": [], "logprobs": []}]
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content, **more}


def text_part(value: str, **more: Any) -> Json:
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": value}], **more}


def call(id: str, status: str = "completed") -> Json:
    return {
        "type": "function_call",
        "id": f"fc_{id}",
        "call_id": f"call_{id}",
        "name": "f",
        "arguments": "{}",
        "status": status,
    }


def calls(id: str) -> Json:
    return {"type": "function_call", "call_id": f"call_{id}", "name": "f", "arguments": "{}"}


def output(id: str) -> Json:
    return history.of_output(f"call_{id}", "1")


def thought(encrypted: str | None = "x", **more: Any) -> Json:
    return {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": encrypted, **more}


THOUGHT = {"type": "reasoning", "summary": [], "encrypted_content": "x"}
REFUSAL = {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}
HOSTED = {"type": "file_search_call", "id": "fs_1", "queries": [], "status": "completed"}

#: Journalled items of one response, and the input.
ROWS = {
    "nothing": ([], []),
    "words, without what belongs to the response that said them": (
        [USER, user_item("Hello")],
        [USER, text_part("Hello")],
    ),
    "a phase is kept": ([user_item("Hm", phase="commentary")], [text_part("Hm", phase="commentary")]),
    "a refusal": ([REFUSAL | {"id": "msg_1"}], [REFUSAL]),
    "a message without a word is left out": ([user_item(""), user_item("x")], [text_part("x")]),
    "a call with its output": ([call("a"), output("a")], [calls("a"), output("a")]),
    "a call without": ([call("a"), USER], [USER]),
    "an output without": ([output("a"), USER], [USER]),
    "a call that was cut": ([call("a", "incomplete"), output("a")], []),
    "of two calls the answered one": ([call("a"), call("b"), output("b")], [calls("b"), output("b")]),
    "hosted calls live on in the text": ([HOSTED, user_item("Found.")], [text_part("Found.")]),
    "a thought goes with what follows it": ([thought(), user_item("So.")], [THOUGHT, text_part("So.")]),
    "not without": ([user_item("So."), thought()], [text_part("So.")]),
    "not before something that is left out": ([thought(), HOSTED, user_item("So.")], [text_part("So.")]),
    "not before an open call": ([thought(), call("a"), USER], [USER]),
    "not unless it is encrypted": ([thought(None), user_item("So.")], [text_part("So.")]),
    "not for an unreadable one in between": ([thought(), thought(None), user_item("So.")], [THOUGHT, text_part("So.")]),
    "several in a row": (
        [thought(), thought("y"), user_item("So.")],
        [THOUGHT, THOUGHT | {"encrypted_content": "y"}, text_part("So.")],
    ),
    "not before the output of an earlier call": ([call("a"), thought(), output("a")], [calls("a"), output("a")]),
    "several thoughts": (
        [thought(), thought("y"), user_item("So.")],
        [THOUGHT, THOUGHT | {"encrypted_content": "y"}, text_part("So.")],
    ),
    "not before somebody else's words": ([thought(), USER, user_item("So.")], [USER, text_part("So.")]),
    "not before an output": ([call("a"), thought(), output("a")], [calls("a"), output("a")]),
    "before an answered call": ([thought(), call("a"), output("a")], [THOUGHT, calls("a"), output("a")]),
    "unknown items are left out": ([{"type": "dream", "id": "d"}, USER], [USER]),
}


@pytest.mark.parametrize("journal, items", ROWS.values(), ids=ROWS)
def test_compose(journal, items) -> None:
    entries = [Entry(seq, item, "resp_1") for seq, item in enumerate(journal)]
    assert compose(entries) == items


#: Items after a reasoning item that was the last of its response, or whose following item was removed.
STRANGERS = [Entry(2, USER), Entry(2, user_item("So."), "resp_2"), Entry(2, call("a"), "resp_2")]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_reasoning_is_never_followed_by_an_unrelated_item(stranger) -> None:
    entries = [Entry(1, thought(), "resp_1"), stranger, Entry(3, output("a"), "resp_2")]
    assert not [item for item in compose(entries) if item["type"] == "reasoning"]
    assert len(compose(entries)) > 0


def test_reasoning_is_not_sent_without_thoughts() -> None:
    entries = [Entry(1, thought(), "resp_1"), Entry(2, user_item("So."), "resp_1")]
    assert compose(entries, thoughts=False) == [text_part("So.")]


def test_reasoning_is_sent_only_with_text_of_its_own_response() -> None:
    entries = [Entry(1, thought(), "resp_1"), Entry(2, user_item("So."), "resp_2")]
    assert compose(entries) == [text_part("So.")]


def test_calls_and_outputs_are_matched_within_their_response() -> None:
    """Some servers use the same call ids in every response."""
    entries = [Entry(1, call("0"), "resp_1"), Entry(2, call("0"), "resp_2"), Entry(3, output("0"), "resp_2")]
    assert compose(entries) == [calls("0"), output("0")]
    assert compose(entries[:1] + entries[2:]) == []


#: The response to chain from, the response with the call, and whether an output without its call is sent.
CHAINED = [("resp_1", "resp_1", True), ("resp_1", "resp_2", False), (None, "resp_1", False), (None, None, False)]


@pytest.mark.parametrize("previous, asker, sent", CHAINED)
def test_the_chains_own_last_call_needs_only_its_output(previous, asker, sent) -> None:
    assert compose([Entry(1, output("a"), asker)], previous) == ([output("a")] if sent else [])


def test_a_refusal_is_replayed_as_one_only_for_the_model() -> None:
    part = {"type": "refusal", "refusal": "No."}
    assert history.of_message({"role": "assistant", "content": [part]})["content"] == [part]
    assert history.of_message({"role": "user", "content": [part]})["content"] == [{"type": "input_text", "text": "No."}]


#: Possible output of a response, in any order; a call may be incomplete, reasoning may be unreadable.
KINDS = st.sampled_from(["words", "call", "cut call", "thought", "dim thought", "search"])
#: For each response: its items, and which of its calls have outputs.
RESPONSE = st.tuples(st.lists(KINDS, max_size=6), st.sets(st.integers(0, 5)))


def _output(kind: str, name: str) -> Json:
    if kind.endswith("call"):
        status = "incomplete" if kind == "cut call" else "completed"
        return {"type": "function_call", "call_id": name, "name": "f", "arguments": "{}", "status": status}
    if kind.endswith("thought"):
        return {"type": "reasoning", "id": name, "summary": [], "encrypted_content": None if "dim" in kind else name}
    if kind == "search":
        return {"type": "file_search_call", "id": name}
    return _words("assistant", name)


def _words(role: str, text: str) -> Json:
    part = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": part, "text": text}]}


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    """A journal: some responses follow a user message, and every response uses the same call ids."""
    entries: list[Entry] = []
    for number, (kinds, answered) in enumerate(draw(st.lists(RESPONSE, max_size=6))):
        if draw(st.booleans()):
            entries.append(Entry(0, _words("user", f"user {number}")))
        for place, kind in enumerate(kinds):
            name = f"call_{place}" if "call" in kind else f"{number}.{place}"
            entries.append(Entry(0, _output(kind, name), f"resp_{number}"))
        for place in sorted(answered):
            output = {"type": "function_call_output", "call_id": f"call_{place}", "output": f"{number}.{place}"}
            entries.append(Entry(0, output, f"resp_{number}"))
    # Some entries are missing, as messages can be deleted, and truncation drops entries.
    gone = draw(st.sets(st.integers(0, 40), max_size=4))
    return [entry for place, entry in enumerate(entries) if place not in gone]


@given(journals())
def test_every_call_has_its_output(entries: list[Entry]) -> None:
    items = compose(entries)
    open_calls: list[str] = []
    for item in items:
        if item["type"] == "function_call":
            open_calls.append(item["call_id"])
        elif item["type"] == "function_call_output":
            open_calls.remove(item["call_id"])
    assert open_calls == []


@given(journals())
def test_reasoning_is_followed_by_an_item_of_its_response(entries: list[Entry]) -> None:
    items = compose(entries)
    for place, item in enumerate(items):
        if item["type"] == "reasoning":
            follower = next(after for after in items[place:] if after["type"] != "reasoning")
            made_by = item["encrypted_content"].partition(".")[0]
            owners = [
                e.response_id for e in entries if follower.get("call_id", follower) in (e.item.get("call_id"), e.item)
            ]
            assert f"resp_{made_by}" in owners


@given(journals())
def test_all_messages_are_replayed_once_and_in_order(entries: list[Entry]) -> None:
    texts = [entry.item["content"][0]["text"] for entry in entries if entry.item["type"] == "message"]
    assert [item["content"][0]["text"] for item in compose(entries) if item["type"] == "message"] == texts


def test_images_of_the_assistant_are_not_sent() -> None:
    """The Responses API takes only text there.  The journal keeps them."""
    words = [IMAGE, text("See."), LINK]
    for content, sent in ((words, [{"type": "output_text", "text": "See."}]), ([IMAGE], None)):
        item = history.of_message({"role": "assistant", "content": content})
        assert len(item["content"]) == len(content)
        replayed = compose([Entry(1, item)])
        assert [each["content"] for each in replayed] == ([] if sent is None else [sent])
