"""Threads whose journals contain items from before normalisation, in any form: they can be continued."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from shim.store import schema
from tests.engine.scripted import Harness, answer, inputs
from tests.scenarios.told_anew.strict import STATELESS, by_name, strict
from tests.translate.upstream_events import call, last, message, names, says

Json = dict[str, Any]
HELLO = message(says("Hello."))
#: The forms that a message and a call may have in an old journal.
MESSAGES: dict[str, Any] = {
    "a text": {"type": "message", "role": "assistant", "content": "Hello."},
    "null": {"type": "message", "role": "assistant", "content": None},
    "no content": {"type": "message", "role": "assistant"},
    "no role": {"type": "message", "content": [{"type": "output_text", "text": "Hello."}]},
    "a part without a type": {"type": "message", "role": "assistant", "content": [{"text": "Hello."}]},
    "a part that is null": {"type": "message", "role": "assistant", "content": [None, {"type": "output_text"}]},
    "a text that is null": {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": None}]},
    "no type": {"role": "assistant", "content": "Hello."},
    "nothing": {},
}
CALLS: dict[str, Any] = {
    "no arguments": {"type": "function_call", "call_id": "call_a", "name": "f"},
    "no name": {"type": "function_call", "call_id": "call_a", "arguments": "{}"},
    "null": {"type": "function_call", "call_id": "call_a", "name": None, "arguments": None},
    "half": {"type": "function_call", "call_id": "call_a", "name": "a b", "arguments": '{"x":'},
    "no type": {"call_id": "call_a", "name": "f", "arguments": "{}"},
}


def make_old(harness: Harness, item: Json, kind: str, direction: str = "out") -> None:
    """Replace an item in the journal."""
    where = (schema.journal.c.type == kind) & (schema.journal.c.direction == direction)
    harness.base.write(lambda tx: tx.db.execute(sa.update(schema.journal).where(where).values(item=json.dumps(item))))


@pytest.mark.parametrize("limit", [None, 1])
@pytest.mark.parametrize("item", MESSAGES.values(), ids=MESSAGES)
def test_a_thread_with_a_malformed_message_can_be_continued(harness: Harness, item: Json, limit: int | None) -> None:
    harness.upstream.can = STATELESS
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    make_old(harness, item, "message")
    harness.message(thread, "Two")
    more: Json = {"truncation_strategy": {"type": "last_messages", "last_messages": limit}} if limit else {}
    emitted = harness.run(thread, strict(by_name, HELLO, id="resp_2"), max_prompt_tokens=5000, **more)
    assert names(emitted)[-1] == "run.completed"
    assert set(inputs(harness.sent)) <= {"One", "Hello.", "Two"}
    assert {"Two"} <= set(inputs(harness.sent))


@pytest.mark.parametrize("item", CALLS.values(), ids=CALLS)
def test_a_thread_with_a_malformed_call_can_be_continued(harness: Harness, item: Json) -> None:
    harness.upstream.can = STATELESS
    thread = harness.thread("One")
    waiting = last(harness.run(thread, answer(call())), "run.requires_action")
    make_old(harness, item, "function_call")
    emitted = harness.submit(waiting, strict(by_name, HELLO, id="resp_2"), call_a="42")
    assert names(emitted)[-1] == "run.completed"
    assert names(harness.run(thread, strict(by_name, HELLO, id="resp_3")))[-1] == "run.completed"
    assert inputs(harness.sent) == ["One", "call call_a", "output call_a", "Hello."]
