"""Items that no run of the thread created: their rows in the journal, and the messages that show them."""

from typing import Any

import pytest

from shim.engine.bridge import written
from shim.store import journal
from tests.engine.scripted import Harness
from tests.translate.upstream_events import message, says

Json = dict[str, Any]
CALL = {"type": "function_call", "call_id": "call_a", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_a", "output": "42"}
REQUEST = {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "f", "arguments": "{}"}
LEAVE = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}


def message_item(role: str, text: str) -> Json:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


@pytest.fixture
def thread(harness: Harness) -> str:
    return harness.thread()


def give(harness: Harness, thread: str, item: Json) -> Json | None:
    return harness.base.write(written.append, harness.context, thread, item, 7)


def last(harness: Harness, thread: str) -> journal.Row:
    return harness.base.read(journal.rows, thread)[-1]


#: An item, its direction in the journal, and the role of the message that shows it.
GIVEN = [
    (message_item("user", "Hello."), "in", "user"),
    (message_item("assistant", "Hello."), "out", "assistant"),
    (message_item("developer", "Be brief."), "in", None),
    (CALL, "out", None),
    (OUTPUT, "in", None),
    (LEAVE, "in", None),
    ({"type": "reasoning", "id": "rs_1", "summary": []}, "out", None),
]


@pytest.mark.parametrize("item, direction, role", GIVEN, ids=lambda given: str(given)[:40])
def test_an_item_is_journalled_and_shown(
    harness: Harness, thread: str, item: Json, direction: str, role: str | None
) -> None:
    shown = give(harness, thread, item)
    row = last(harness, thread)
    assert (row.direction, row.item, row.run_id, row.response_id) == (direction, item, None, None)
    listed = harness.get(f"threads/{thread}/messages")["data"]
    if role is None:
        assert (shown, row.message_id, listed) == (None, None, [])
    else:
        assert shown is not None
        assert (shown["role"], shown["created_at"], row.message_id) == (role, 7, shown["id"])
        assert [each["id"] for each in listed] == [shown["id"]]


@pytest.mark.parametrize("call, answers", [(CALL, OUTPUT), (REQUEST, LEAVE)])
def test_an_output_belongs_to_the_last_response_with_its_call(
    harness: Harness, thread: str, call: Json, answers: Json
) -> None:
    for response_id in ("resp_1", "resp_2"):
        harness.base.write(written.put, harness.context, thread, call, None, response_id)
    other = {name: "other" if name in ("id", "call_id") else value for name, value in call.items()}
    harness.base.write(written.put, harness.context, thread, other, None, "resp_3")
    give(harness, thread, answers)
    assert last(harness, thread).response_id == "resp_2"


def test_an_item_of_a_response_is_journalled_with_the_responses_id(harness: Harness, thread: str) -> None:
    harness.base.write(written.put, harness.context, thread, message(says("Hello.")), None, "resp_1")
    row = last(harness, thread)
    assert (row.direction, row.response_id, row.message_id) == ("out", "resp_1", None)
