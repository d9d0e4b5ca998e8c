"""How a client's call reaches the engine: one dispatcher for blocking and async pumps."""

import json

from shim.engine import Request
from shim.runtime import drive
from shim.runtime.dispatch import Dispatcher
from shim.runtime.heartbeat import Heartbeat
from shim.runtime.pump import Tasks, Threads
from tests.engine.scripted import World, answer
from tests.translate.telling import message, says

HELLO = message(says("Hello."), id="msg_a")


def _run(world: World, streamed: bool) -> Request:
    thread, helper = world.thread("One"), world.assistant()
    world.script(answer(HELLO))
    body = json.dumps({"assistant_id": helper, "stream": streamed}).encode()
    return Request("POST", f"threads/{thread}/runs", body=body)


def test_a_blocking_door_reads_a_stream_to_its_end(world: World) -> None:
    dispatcher = Dispatcher(world.engine, Heartbeat(world.context, world.base), Threads(grace=30))
    answered = drive.finish(dispatcher.answer(_run(world, True)))
    assert (answered.status, answered.streamed) == (200, True)
    assert b"".join(answered.body).endswith(b"event: done\ndata: [DONE]\n\n")
    drive.finish(dispatcher.close())


async def test_an_async_door_answers_at_once_and_carries_the_run(world: World) -> None:
    dispatcher = Dispatcher(world.engine, Heartbeat(world.context, world.base), Tasks(grace=30))
    answered = await dispatcher.answer(_run(world, False))
    run = json.loads(b"".join([chunk async for chunk in answered.body]))
    assert (run["status"], answered.streamed) == ("queued", False)
    assert answered.headers["x-request-id"].startswith("req_")
    await dispatcher.close()
    assert world.get(f"threads/{run['thread_id']}/runs/{run['id']}")["status"] == "completed"


def test_responses_are_deleted_upstream_after_the_answer(world: World) -> None:
    object.__setattr__(world.context, "delete_responses", True)
    thread = world.thread("One")
    world.run(thread, answer(HELLO))
    dispatcher = Dispatcher(world.engine, Heartbeat(world.context, world.base), Threads(grace=30))
    answered = drive.finish(dispatcher.answer(Request("DELETE", f"threads/{thread}")))
    assert json.loads(b"".join(answered.body))["deleted"]
    drive.finish(dispatcher.close())
    assert ("DELETE", "responses/resp_1") in [(method, path.lstrip("/")) for method, path, _ in world.upstream.calls]
