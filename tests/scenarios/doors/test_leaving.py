"""A reader who leaves early does not affect the run: the run continues to its end."""

import asyncio
import contextlib
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from shim import AsyncOpenAI
from tests.scenarios.doors.colours import ASYNC, COLOURS, opened
from tests.scenarios.doors.loopback import Gate, Loopback, Reply, Request
from tests.scenarios.doors.talking import until_ended


class Leaves(Exception):
    pass


@dataclass
class Scene:
    """A client whose upstream stops in the middle of an answer until the gate is opened."""

    client: Any
    server: Loopback
    gate: Gate = field(default_factory=lambda: Gate(chunks=6))
    assistant: str = ""
    thread: str = ""

    @property
    def runs(self) -> Any:
        return self.client.beta.threads.runs

    @property
    def where(self) -> dict[str, str]:
        return {"thread_id": self.thread, "assistant_id": self.assistant}

    def prepare(self) -> None:
        self.server.answer = self.server.gated(self.gate)
        self.assistant = self.client.beta.assistants.create(model="gpt-4o").id
        self.thread = self.client.beta.threads.create(messages=[{"role": "user", "content": "essay-20"}]).id

    def check_finished(self) -> None:
        """The run is active although it has no reader, and completes when upstream continues."""
        self.gate.wait()
        (run,) = self.runs.list(self.thread).data
        assert run.status in ("queued", "in_progress")
        self.gate.open()
        ended = until_ended(self.client.beta.threads, self.thread, run.id)
        assert ended["status"] == "completed"
        newest = self.client.beta.threads.messages.list(self.thread).data[0]
        assert newest.content[0].text.value.endswith("word20")
        assert len(self.server.bodies) == 1


@pytest.fixture(params=COLOURS)
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    with Loopback() as server, opened(request.param, base_url=server.url) as client:
        made = Scene(client, server)
        made.prepare()
        yield made
        made.gate.open()


def _to_text(stream: Any) -> None:
    for event in stream:
        if event.event == "thread.message.delta":
            return


def by_break(scene: Scene) -> None:
    with scene.runs.stream(**scene.where) as stream:
        _to_text(stream)


def by_exception(scene: Scene) -> None:
    with contextlib.suppress(Leaves), scene.runs.stream(**scene.where) as stream:
        _to_text(stream)
        raise Leaves


def by_close(scene: Scene) -> None:
    stream = scene.runs.create(**scene.where, stream=True)
    _to_text(stream)
    stream.close()


def by_forgetting(scene: Scene) -> None:
    _to_text(scene.runs.create(**scene.where, stream=True))
    gc.collect()


def by_never_reading(scene: Scene) -> None:
    scene.runs.create(**scene.where, stream=True)
    gc.collect()


def by_closing_a_streaming_response(scene: Scene) -> None:
    with scene.runs.with_streaming_response.create(**scene.where, stream=True) as response:
        assert next(iter(response.iter_lines())).startswith("event: ")


def by_never_asking_for_a_stream(scene: Scene) -> None:
    run = scene.runs.create(**scene.where)
    assert (run.status, run.started_at) == ("queued", None)


WAYS = (
    by_break,
    by_exception,
    by_close,
    by_forgetting,
    by_never_reading,
    by_closing_a_streaming_response,
    by_never_asking_for_a_stream,
)


@pytest.mark.parametrize("leave", WAYS, ids=lambda way: way.__name__)
def test_a_run_completes_without_its_reader(scene: Scene, leave: Callable[[Scene], None]) -> None:
    leave(scene)
    scene.check_finished()


@contextlib.asynccontextmanager
async def conversing(server: Loopback, text: str = "essay-20") -> Any:
    """An async client, and the ids of the thread and the assistant for its run."""
    async with AsyncOpenAI(api_key="test", base_url=server.url, max_retries=0) as client:
        helper = await client.beta.assistants.create(model="gpt-4o")
        thread = await client.beta.threads.create(messages=[{"role": "user", "content": text}])
        yield client.beta.threads, {"thread_id": thread.id, "assistant_id": helper.id}


async def _ended(threads: Any, thread_id: str) -> Any:
    (run,) = (await threads.runs.list(thread_id)).data
    return await threads.runs.poll(run.id, thread_id=thread_id)


async def test_a_reader_whose_task_is_cancelled() -> None:
    with Loopback() as server:
        gate = Gate(chunks=6)
        server.answer = server.gated(gate)
        async with conversing(server) as (threads, where):
            reading = asyncio.Event()

            async def read() -> None:
                async with threads.runs.stream(**where) as stream:
                    async for event in stream:
                        if event.event == "thread.message.delta":
                            reading.set()

            reader = asyncio.create_task(read())
            await reading.wait()
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader
            gate.open()
            assert (await _ended(threads, where["thread_id"])).status == "completed"


@contextlib.asynccontextmanager
async def _anyio(seconds: float) -> Any:
    with anyio.fail_after(seconds):
        yield


#: asyncio cancels once; anyio repeats the cancellation until its scope has ended.
SCOPES: dict[str, Callable[[float], Any]] = {"anyio": _anyio}
if sys.version_info >= (3, 11):
    SCOPES["asyncio"] = asyncio.timeout


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_caller_who_gives_up_before_upstream_answers(scope: str) -> None:
    """The caller has not received a run, so none is stored; neither is the message that came in the same request."""
    received, answered = threading.Event(), threading.Event()

    def answer(request: Request) -> Reply | None:
        received.set()
        answered.wait(20)
        return None

    with Loopback(answer) as server:
        async with conversing(server, "Hello") as (threads, where):
            more = [{"role": "user", "content": "More"}]
            with pytest.raises(TimeoutError):
                async with SCOPES[scope](1.0):
                    await threads.runs.create(**where, additional_messages=more, stream=True)
            assert received.is_set()
            answered.set()
            assert (await threads.runs.list(where["thread_id"])).data == []
            assert len((await threads.messages.list(where["thread_id"])).data) == 1
            assert (await threads.runs.create_and_poll(**where)).status == "completed"


def test_objects_are_readable_during_the_stream(scene: Scene) -> None:
    """While the stream is read, other calls may read the run, its steps and its messages."""
    with scene.runs.stream(**scene.where) as stream:
        _to_text(stream)
        (run,) = scene.runs.list(scene.thread).data
        assert run.status == "in_progress"
        (step,) = scene.runs.steps.list(run.id, thread_id=scene.thread).data
        newest = scene.client.beta.threads.messages.list(scene.thread).data[0]
        assert step.step_details.message_creation.message_id == newest.id
        assert (step.status, newest.status) == ("in_progress", "in_progress")
        scene.gate.open()
        stream.until_done()


def test_the_blocking_client_within_a_running_loop() -> None:
    async def main() -> str:
        with Loopback() as server, opened("sync", base_url=server.url) as client:
            scene = Scene(client, server)
            scene.prepare()
            scene.gate.open()
            with scene.runs.stream(**scene.where) as stream:
                stream.until_done()
            return str(scene.runs.create_and_poll(**scene.where).status)

    assert asyncio.run(main()) == "completed"


def test_blocking_and_async_clients_share_threads() -> None:
    """A thread that one client has made can be continued with the other."""
    with Loopback() as server, opened("sync", base_url=server.url) as first:
        scene = Scene(first, server)
        scene.prepare()
        scene.gate.open()
        assert scene.runs.create_and_poll(**scene.where).status == "completed"
        with opened(ASYNC, base_url=server.url) as second:
            scene.client = second
            second.beta.threads.messages.create(scene.thread, role="user", content="More")
            assert scene.runs.create_and_poll(**scene.where).status == "completed"
    assert len(server.bodies[1]["input"]) == 1
    assert server.bodies[1]["previous_response_id"]
