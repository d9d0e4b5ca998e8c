"""The model's messages."""

import pytest

from tests.translate.upstream_events import (
    NOW,
    added,
    created,
    done,
    emit,
    ended,
    last,
    message,
    names,
    refuses,
    refusing,
    says,
    text,
    texts,
    turn,
)

OPENS = ["run.step.created", "run.step.in_progress", "message.created", "message.in_progress"]
HELLO = message(says("Hello."))


def test_a_plain_answer_in_the_recorded_order() -> None:
    emitted = emit(turn(), created(), added(HELLO), text("Hel"), text("lo."), done(HELLO), ended(HELLO))
    closes = ["message.completed", "run.step.completed", "run.completed"]
    assert names(emitted) == ["run.in_progress", *OPENS, "message.delta", "message.delta", *closes]


def test_deltas_have_the_recorded_format() -> None:
    emitted = emit(turn(), created(), added(HELLO), text("Hel"), text("lo."))
    first, second = (data for name, data in emitted if name == "thread.message.delta")
    part = {"index": 0, "type": "text", "text": {"value": "Hel", "annotations": []}}
    assert first == {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [part]}}
    assert second["delta"]["content"][0]["text"] == {"value": "lo."}


def test_step_and_message_are_emitted_twice_and_name_each_other() -> None:
    emitted = emit(turn(), created(), added(HELLO))
    objects = [data for name, data in emitted if name != "thread.run.in_progress"]
    assert objects[0] == objects[1]
    assert objects[2] == objects[3]
    assert objects[0]["step_details"] == {
        "type": "message_creation",
        "message_creation": {"message_id": objects[2]["id"]},
    }
    assert objects[0]["created_at"] == objects[2]["created_at"] == NOW


#: The streamed answer, its finished content, the text that must have been emitted, and the number of differences.
FINISHED = [
    pytest.param([text("Hello.")], [says("Hello.")], "Hello.", 0, id="all of it"),
    pytest.param([text("Hel")], [says("Hello.")], "Hello.", 0, id="a beginning"),
    pytest.param([], [says("Hello.")], "Hello.", 0, id="nothing"),
    pytest.param([text("")], [says("Hello.")], "Hello.", 0, id="an empty piece"),
    pytest.param([text("Hello.")], [], "Hello.", 0, id="content left out"),
    pytest.param([text("Hullo.")], [says("Hello.")], "Hello.", 1, id="something else: what is finished is stored"),
    pytest.param([refusing("No")], [refuses("No.")], "No.", 0, id="a refusal's beginning"),
    pytest.param([], [refuses("No.")], "No.", 0, id="no word of a refusal"),
    pytest.param([refusing("")], [refuses("No.")], "No.", 0, id="an empty piece of a refusal"),
    pytest.param([], [{"type": "hologram"}], "", 0, id="a part of a kind that nobody knows"),
    pytest.param([], [says("")], "", 0, id="an empty text"),
    pytest.param([], [refuses("")], "", 0, id="an empty refusal"),
    pytest.param([], [{"type": "output_text", "text": None}], "", 0, id="a text that is null"),
]


@pytest.mark.parametrize("streamed, content, whole, differences", FINISHED)
def test_missing_text_is_emitted_at_the_end(streamed, content, whole, differences) -> None:
    state = turn()
    item = message(*content)
    emitted = emit(state, created(), added(HELLO), *streamed, done(item), ended(item))
    if not differences:
        assert texts(emitted) == whole
    shown = last(emitted, "message.completed")["content"]
    assert "".join(part["text"]["value"] if part["type"] == "text" else part["refusal"] for part in shown) == whole
    assert len(state.differences) == differences


def test_parts_are_numbered_without_gaps() -> None:
    """Empty parts are numbered as well, whatever index upstream gives them, as clients that join the deltas count the
    parts.
    """
    item = message(says("a"), says(""), refuses("b"))
    emitted = emit(turn(), created(), added(item), text("a", content_index=0), done(item))
    deltas = [part for name, data in emitted if name == "thread.message.delta" for part in data["delta"]["content"]]
    assert [(part["index"], part["type"]) for part in deltas] == [(0, "text"), (1, "text"), (2, "refusal")]
    assert last(emitted, "message.completed")["content"] == [
        {"type": "text", "text": {"value": "a", "annotations": []}},
        {"type": "text", "text": {"value": "", "annotations": []}},
        {"type": "refusal", "refusal": "b"},
    ]


def test_several_messages_are_several_steps() -> None:
    """Each step is completed when the next item begins, as tokens are counted only at the end; the last step gets the
    usage.
    """
    one, two = message(says("one"), id="msg_a"), message(says("two"), id="msg_b")
    emitted = emit(turn(), created(), added(one), done(one), added(two), done(two), ended(one, two))
    middle = ["message.delta", "message.completed"]
    assert names(emitted)[1:] == [
        *[*OPENS, *middle, "run.step.completed"],
        *[*OPENS, *middle, "run.step.completed"],
        "run.completed",
    ]
    steps = [data["usage"]["total_tokens"] for name, data in emitted if name == "thread.run.step.completed"]
    assert steps == [0, 14]
    assert last(emitted, "run.completed")["usage"]["total_tokens"] == 14


def test_a_message_is_finished_once() -> None:
    emitted = emit(turn(), created(), added(HELLO), done(HELLO), done(HELLO), text("more"), ended(HELLO))
    assert names(emitted).count("message.completed") == 1
    assert texts(emitted) == "Hello."


def test_text_of_a_message_that_was_not_announced_starts_the_message() -> None:
    lost = {"type": "file_citation", "file_id": "f", "filename": "a", "index": 0}
    events = [
        text("a", "msg_z"),
        refusing("b", "msg_z"),
        {"type": "response.output_text.annotation.added", "item_id": "msg_z", "annotation": lost},
    ]
    emitted = emit(turn(status="in_progress"), *events, ended())
    assert texts(emitted) == "ab【4:0†a】"
    assert names(emitted).count("message.created") == 1
    assert [part["type"] for part in last(emitted, "message.completed")["content"]] == ["text", "refusal"]


def test_a_message_cut_short_waits_for_the_reason() -> None:
    cut = message(says("Hel"), status="incomplete")
    emitted = emit(turn(), created(), added(cut), text("Hel"), done(cut))
    assert names(emitted)[-1] == "message.delta"
