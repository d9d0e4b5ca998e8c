"""How a client's call reaches the engine: one dispatcher for blocking and async pumps."""

import json

from shim.engine import Request
from shim.runtime import drive
from shim.runtime.dispatch import Dispatcher
from shim.runtime.heartbeat import Heartbeat
from shim.runtime.pump import Tasks, Threads
from tests.engine.scripted import Harness, answer
from tests.translate.upstream_events import message, says

HELLO = message(says("Hello."), id="msg_a")


def _run(harness: Harness, streamed: bool) -> Request:
    thread, helper = harness.thread("One"), harness.assistant()
    harness.script(answer(HELLO))
    body = json.dumps({"assistant_id": helper, "stream": streamed}).encode()
    return Request("POST", f"threads/{thread}/runs", body=body)


def test_a_blocking_door_reads_a_stream_to_its_end(harness: Harness) -> None:
    dispatcher = Dispatcher(harness.engine, Heartbeat(harness.context, harness.base), Threads(grace=30))
    answered = drive.finish(dispatcher.answer(_run(harness, True)))
    assert (answered.status, answered.streamed) == (200, True)
    assert b"".join(answered.body).endswith(b"event: done\ndata: [DONE]\n\n")
    drive.finish(dispatcher.close())


async def test_an_async_door_answers_at_once_and_carries_the_run(harness: Harness) -> None:
    dispatcher = Dispatcher(harness.engine, Heartbeat(harness.context, harness.base), Tasks(grace=30))
    answered = await dispatcher.answer(_run(harness, False))
    run = json.loads(b"".join([chunk async for chunk in answered.body]))
    assert (run["status"], answered.streamed) == ("queued", False)
    assert answered.headers["x-request-id"].startswith("req_")
    await dispatcher.close()
    assert harness.get(f"threads/{run['thread_id']}/runs/{run['id']}")["status"] == "completed"


def test_responses_are_deleted_upstream_after_the_answer(harness: Harness) -> None:
    object.__setattr__(harness.context, "delete_responses", True)
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    dispatcher = Dispatcher(harness.engine, Heartbeat(harness.context, harness.base), Threads(grace=30))
    answered = drive.finish(dispatcher.answer(Request("DELETE", f"threads/{thread}")))
    assert json.loads(b"".join(answered.body))["deleted"]
    drive.finish(dispatcher.close())
    assert ("DELETE", "responses/resp_1") in [(method, path.lstrip("/")) for method, path, _ in harness.upstream.calls]
