"""A request that is sent again: concurrent repetitions, and the events of a repeated stream."""

import json
from typing import Any

import pytest

from shim.engine.protocol import Emitted
from tests.engine.scripted import Harness, answer, place, pump
from tests.translate.upstream_events import added, created, message, says

Json = dict[str, Any]
HELLO = message(says("Hello."), id="msg_a")


def repeated(harness: Harness, path: str, body: Json) -> Any:
    return harness.reply("POST", path, body, **{"x-stainless-retry-count": "1"})


def test_one_of_two_concurrent_repetitions_gets_a_new_message(harness: Harness) -> None:
    path = f"threads/{harness.thread()}/messages"
    body = {"role": "user", "content": "Yes"}
    first = harness.post(path, **body)
    got: list[str] = []

    def other() -> None:
        got.append(json.loads(repeated(harness, path, body).body)["id"])

    harness.meddle(lambda name, *_: name == "claim", other)
    late = json.loads(repeated(harness, path, body).body)
    assert got == [first["id"]]
    assert late["id"] != first["id"]
    assert [each["id"] for each in harness.get(path, order="asc")["data"]] == [first["id"], late["id"]]


def test_a_repeated_stream_with_a_message_without_text(harness: Harness) -> None:
    thread, helper = harness.thread("One"), harness.assistant()
    harness.run(thread, [[created()], [added(HELLO)]], assistant_id=helper)
    emitted = pump(repeated(harness, f"threads/{thread}/runs", {"assistant_id": helper, "stream": True}))
    assert [name for name, _ in emitted[3:]] == [
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.message.created",
        "thread.message.in_progress",
        "thread.message.incomplete",
        "thread.run.step.failed",
        "thread.run.failed",
    ]
    assert emitted[-1][1] == harness.get(place(emitted[-1][1])) | {
        "tool_resources": {"code_interpreter": {"file_ids": []}}
    }


@pytest.mark.parametrize("begun", [True, False])
def test_a_thread_that_is_deleted_during_a_repeated_stream(harness: Harness, begun: bool) -> None:
    """The thread is deleted between two reads of the store: the stream ends."""
    thread, helper = harness.thread("One"), harness.assistant()
    pauses: list[float] = []
    streams: list[list[Emitted]] = []

    async def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            harness.delete(f"threads/{thread}")

    def watch() -> None:
        object.__setattr__(harness.context, "wait", wait)
        late = repeated(harness, f"threads/{thread}/runs", {"assistant_id": helper, "stream": True})
        streams.append(pump(late))

    harness.script([*([[created()], watch] if begun else [watch, [created()]]), *answer(HELLO)[1:]])
    reply = harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": helper, "stream": True})
    assert reply.events is not None
    pump(reply)
    assert len(pauses) == 2
    names = ["thread.run.created", "thread.run.queued", *(["thread.run.in_progress"] if begun else [])]
    assert [name for name, _ in streams[0]] == names
