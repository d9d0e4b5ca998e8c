"""A request that is sent again: concurrent repetitions, and the events of a repeated stream."""

import json
from typing import Any

import pytest

from shim.engine.protocol import Emitted
from tests.engine.scripted import World, answer, place, pump
from tests.translate.telling import added, created, message, says

Json = dict[str, Any]
HELLO = message(says("Hello."), id="msg_a")


def again(world: World, path: str, body: Json) -> Any:
    return world.reply("POST", path, body, **{"x-stainless-retry-count": "1"})


def test_one_of_two_concurrent_repetitions_gets_a_new_message(world: World) -> None:
    path = f"threads/{world.thread()}/messages"
    body = {"role": "user", "content": "Yes"}
    first = world.post(path, **body)
    got: list[str] = []

    def other() -> None:
        got.append(json.loads(again(world, path, body).body)["id"])

    world.meddle(lambda name, *_: name == "claim", other)
    late = json.loads(again(world, path, body).body)
    assert got == [first["id"]]
    assert late["id"] != first["id"]
    assert [each["id"] for each in world.get(path, order="asc")["data"]] == [first["id"], late["id"]]


def test_a_repeated_stream_with_a_message_without_text(world: World) -> None:
    thread, helper = world.thread("One"), world.assistant()
    world.run(thread, [[created()], [added(HELLO)]], assistant_id=helper)
    told = pump(again(world, f"threads/{thread}/runs", {"assistant_id": helper, "stream": True}))
    assert [name for name, _ in told[3:]] == [
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.message.created",
        "thread.message.in_progress",
        "thread.message.incomplete",
        "thread.run.step.failed",
        "thread.run.failed",
    ]
    assert told[-1][1] == world.get(place(told[-1][1])) | {"tool_resources": {"code_interpreter": {"file_ids": []}}}


@pytest.mark.parametrize("begun", [True, False])
def test_a_thread_that_is_deleted_during_a_repeated_stream(world: World, begun: bool) -> None:
    """The thread is deleted between two reads of the store: the stream ends."""
    thread, helper = world.thread("One"), world.assistant()
    pauses: list[float] = []
    told: list[list[Emitted]] = []

    async def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            world.delete(f"threads/{thread}")

    def watch() -> None:
        object.__setattr__(world.context, "wait", wait)
        late = again(world, f"threads/{thread}/runs", {"assistant_id": helper, "stream": True})
        told.append(pump(late))

    world.script([*([[created()], watch] if begun else [watch, [created()]]), *answer(HELLO)[1:]])
    reply = world.reply("POST", f"threads/{thread}/runs", {"assistant_id": helper, "stream": True})
    assert reply.events is not None
    pump(reply)
    assert len(pauses) == 2
    names = ["thread.run.created", "thread.run.queued", *(["thread.run.in_progress"] if begun else [])]
    assert [name for name, _ in told[0]] == names
