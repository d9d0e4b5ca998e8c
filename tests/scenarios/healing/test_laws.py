"""Whatever a thread has been through, what is told anew is whole: no call unpaired, no thought alone, nothing twice."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shim.translate.history import Entry, compose

Json = dict[str, Any]
#: What a response may have put out, in any order; a call may be cut, a thought may be unreadable.
KINDS = st.sampled_from(["words", "call", "cut call", "thought", "dim thought", "search"])
#: Of each response: its items, and which of its calls were answered.
RESPONSE = st.tuples(st.lists(KINDS, max_size=6), st.sets(st.integers(0, 5)))


def _made(kind: str, name: str) -> Json:
    if kind.endswith("call"):
        status = "incomplete" if kind == "cut call" else "completed"
        return {"type": "function_call", "call_id": name, "name": "f", "arguments": "{}", "status": status}
    if kind.endswith("thought"):
        return {"type": "reasoning", "id": name, "summary": [], "encrypted_content": None if "dim" in kind else name}
    if kind == "search":
        return {"type": "file_search_call", "id": name}
    return _message("assistant", name)


def _message(role: str, text: str) -> Json:
    part = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": part, "text": text}]}


@st.composite
def threads(draw: st.DrawFn) -> list[Entry]:
    """A journal: now and then the user speaks; call ids come again in every response."""
    entries: list[Entry] = []
    for number, (kinds, answered) in enumerate(draw(st.lists(RESPONSE, max_size=6))):
        if draw(st.booleans()):
            entries.append(Entry(0, _message("user", f"user {number}")))
        for place, kind in enumerate(kinds):
            name = f"call_{place}" if "call" in kind else f"{number}.{place}"
            entries.append(Entry(0, _made(kind, name), f"resp_{number}"))
        for place in sorted(answered):
            output = {"type": "function_call_output", "call_id": f"call_{place}", "output": f"{number}.{place}"}
            entries.append(Entry(0, output, f"resp_{number}"))
    # Messages are deleted, and only the last ones are shown.
    gone = draw(st.sets(st.integers(0, 40), max_size=4))
    return [entry for place, entry in enumerate(entries) if place not in gone]


@given(threads())
def test_calls_and_outputs_come_in_pairs(entries: list[Entry]) -> None:
    items = compose(entries)
    open_calls: list[str] = []
    for item in items:
        if item["type"] == "function_call":
            open_calls.append(item["call_id"])
        elif item["type"] == "function_call_output":
            open_calls.remove(item["call_id"])
    assert open_calls == []


@given(threads())
def test_a_thought_is_followed_by_what_it_led_to(entries: list[Entry]) -> None:
    items = compose(entries)
    for place, item in enumerate(items):
        if item["type"] == "reasoning":
            follower = next(after for after in items[place:] if after["type"] != "reasoning")
            made_by = item["encrypted_content"].partition(".")[0]
            owners = [
                e.response_id for e in entries if follower.get("call_id", follower) in (e.item.get("call_id"), e.item)
            ]
            assert f"resp_{made_by}" in owners


@given(threads())
def test_all_words_are_told_once_and_in_order(entries: list[Entry]) -> None:
    words = [entry.item["content"][0]["text"] for entry in entries if entry.item["type"] == "message"]
    assert [item["content"][0]["text"] for item in compose(entries) if item["type"] == "message"] == words
