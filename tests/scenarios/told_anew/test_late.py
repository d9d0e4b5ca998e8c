"""More content of an item arrives after its end: the longest version is stored, listed and replayed."""

import logging
from typing import Any

import pytest

from tests.engine.scripted import Harness, answer, inputs, place
from tests.scenarios.told_anew.strict import STATELESS
from tests.translate.upstream_events import (
    added,
    call,
    citation,
    code,
    created,
    done,
    ended,
    message,
    refuses,
    says,
    text,
)

Json = dict[str, Any]
SHORT, LONG = message(says("Hel")), message(says("Hello."))
#: The answer in one network read, and event by event.
CUTS = {"at once": lambda events: [events], "one by one": lambda events: [[event] for event in events]}


def late(begun: Json, over: Json, whole: Json) -> list[Json]:
    """An answer whose terminal payload contains more of an item than the item's own end."""
    return [created(), added(begun), done(over), ended(whole)]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("stateless", [False, True])
def test_a_message_with_more_text_at_the_end(
    harness: Harness, cut: str, stateless: bool, caplog: pytest.LogCaptureFixture
) -> None:
    harness.upstream.can = STATELESS if stateless else harness.upstream.can
    thread = harness.thread("One")
    with caplog.at_level(logging.WARNING, logger="shim"):
        emitted = harness.run(thread, CUTS[cut](late(message(), SHORT, LONG)))
    assert harness.messages(thread) == ["One", "Hello."]
    assert emitted[-1][0] == "thread.run.completed"
    assert "has more of message" in caplog.text
    if stateless:
        harness.message(thread, "Two")
        harness.run(thread, answer(message(says("Bye.")), id="resp_2"))
        assert inputs(harness.sent) == ["One", "Hello.", "Two"]


@pytest.mark.parametrize("cut", CUTS)
def test_a_citation_that_only_the_end_contains(harness: Harness, cut: str) -> None:
    thread = harness.thread("One")
    harness.run(thread, CUTS[cut](late(message(), SHORT, message(says("Hello.", citation(6))))))
    (text,) = harness.get(f"threads/{thread}/messages")["data"][0]["content"]
    (note,) = text["text"]["annotations"]
    assert text["text"]["value"] == "Hello." + note["text"]


@pytest.mark.parametrize("cut", CUTS)
def test_code_with_more_text_at_the_end(harness: Harness, cut: str) -> None:
    thread = harness.thread("One")
    emitted = harness.run(thread, CUTS[cut](late(code(""), code("print("), code("print(1)"))))
    (step,) = harness.get(f"{place(emitted[-1][1])}/steps")["data"]
    assert step["status"] == "completed"
    assert step["step_details"]["tool_calls"][0]["code_interpreter"]["input"] == "print(1)"


@pytest.mark.parametrize("cut", CUTS)
def test_code_with_more_text_after_its_step_was_completed(harness: Harness, cut: str) -> None:
    thread = harness.thread("One")
    events = [created(), added(code("")), done(code("print(")), added(LONG), done(LONG), ended(code("print(1)"), LONG)]
    emitted = harness.run(thread, CUTS[cut](events))
    step = harness.get(f"{place(emitted[-1][1])}/steps", order="asc")["data"][0]
    assert step["status"] == "completed"
    assert step["step_details"]["tool_calls"][0]["code_interpreter"]["input"] == "print(1)"


@pytest.mark.parametrize("cut", CUTS)
def test_a_call_with_longer_arguments_at_the_end(harness: Harness, cut: str) -> None:
    """The program receives the last version, because the outputs are requested only then."""
    thread = harness.thread("One")
    emitted = harness.run(thread, CUTS[cut](late(call(""), call("{}"), call("{} "))))
    (required,) = emitted[-1][1]["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert required["function"]["arguments"] == "{} "


#: The item in its own end, and in a terminal payload with another text, less text, or none.
OTHERS = {
    "another text": (LONG, message(says("Bye."))),
    "less": (LONG, SHORT),
    "nothing": (LONG, message()),
    "a refusal": (LONG, message(says("Hello."), refuses(""))),
    "a bare message": (LONG, message(says(""))),
}


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("other", OTHERS)
def test_an_end_without_more_content_changes_nothing(harness: Harness, cut: str, other: str) -> None:
    over, whole = OTHERS[other]
    thread = harness.thread("One")
    harness.run(thread, CUTS[cut]([created(), added(message()), text("Hello."), done(over), ended(whole)]))
    assert harness.messages(thread)[-1].startswith("Hello.")
    assert harness.get(f"threads/{thread}/messages")["data"][0]["content"][0]["text"]["value"] == "Hello."
