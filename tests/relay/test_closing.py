"""Clients that are closed, and programs that end, while a run goes on without its reader."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from shim import AsyncOpenAI
from shim.relay import follow_run, stream_run, to_sse, tool_schema
from shim.runtime import background
from tests.relay.talking import PARIS, Talk, until
from tests.scenarios.doors.colours import ASYNC, SYNC, Blocking, Loop, opened
from tests.scenarios.doors.loopback import PATIENCE

pytestmark = pytest.mark.usefixtures("offline")
ASK = f"Call slow {PARIS}, then slow {PARIS}."
ENDS = {"continue": "completed", "cancel": "cancelled"}


@pytest.fixture(params=ENDS)
def on_leave(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("SHIM_EXIT_GRACE", "30")


def slow(city: str) -> str:
    time.sleep(0.1)
    return city


async def slow_later(city: str) -> str:
    await asyncio.sleep(0.1)
    return city


SLOW: dict[str, Callable[..., Any]] = {SYNC: slow, ASYNC: slow_later}


@contextmanager
def closing(colour: str, function: Callable[..., Any]) -> Iterator[Talk]:
    """The loop of an async client goes on after the client is closed, as that of a server does."""
    if colour == SYNC:
        with opened(SYNC) as client:
            yield Talk(client, function)
        return
    loop = Loop()
    try:
        with Blocking(loop, loop.call(AsyncOpenAI, api_key="test")) as client:
            yield Talk(client, function)
    finally:
        loop.close()


def status(talk: Talk) -> str:
    """The status of the only run, as another client sees it at once."""
    with opened(SYNC) as other:
        (run,) = other.beta.threads.runs.list(talk.thread)
        if run.status != "requires_action":
            other.beta.threads.messages.create(talk.thread, role="user", content="The thread is free.")
    return str(run.status)


def read_until_it_asks(events: Any) -> None:
    for event in events:
        if event.event == "thread.run.requires_action":
            break


def choices(colour: str, on_leave: str) -> dict[str, Any]:
    return {"tools": {"slow": SLOW[colour]}, "on_leave": on_leave}


def test_a_closed_client_waits_for_runs_without_readers(
    colour: str, on_leave: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(colour, slow) as talk, talk.ask(ASK, **choices(colour, on_leave)) as stream:
        read_until_it_asks(stream)
    assert status(talk) == ENDS[on_leave]
    assert "failed after its reader had left" not in caplog.text
    assert "never retrieved" not in caplog.text


def test_a_stream_that_was_dropped_ends_as_one_that_was_closed(colour: str, on_leave: str) -> None:
    with closing(colour, slow) as talk:
        read_until_it_asks(talk.ask(ASK, **choices(colour, on_leave)))
        talk.stream = None
        gc.collect()
    assert status(talk) == ENDS[on_leave]


def test_a_run_that_takes_longer_than_the_grace_is_cancelled(
    colour: str, on_leave: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_EXIT_GRACE", "0.1")
    ended = threading.Event()
    tools = {"slow": lambda city: ended.wait(PATIENCE)}
    with closing(colour, slow) as talk, talk.ask(ASK, tools=tools, on_leave=on_leave) as stream:
        read_until_it_asks(stream)
    assert status(talk) == "cancelled"
    ended.set()


def test_a_closed_client_waits_for_the_run_of_a_body(colour: str) -> None:
    with closing(colour, slow) as talk:
        talk.ask(ASK, **choices(colour, "continue"))
        if colour == SYNC:
            body: Any = to_sse(talk.stream)
        else:
            body = Blocking(talk.client._loop, talk.client._loop.call(to_sse, talk.stream))
        for chunk in body:
            if b"requires_action" in chunk:
                break
    assert status(talk) == "completed"


def test_a_closed_client_does_not_wait_for_a_run_of_another_process() -> None:
    ended = threading.Event()
    with opened(SYNC) as client:
        talk = Talk(client, slow)
        stream = talk.ask(ASK, tools={"slow": lambda city: ended.wait(PATIENCE) and city})
        read_until_it_asks(stream)
        with opened(SYNC) as other:
            following = follow_run(other, talk.thread, stream.run.id)
            background.thread(partial(next, following), "following")
            until(lambda: following.run is not None)
            began = time.monotonic()
        assert time.monotonic() - began < 20
        ended.set()
    assert status(talk) == "completed"


def test_a_copy_of_a_client_waits_for_the_runs_of_the_original() -> None:
    with opened(SYNC) as client:
        talk = Talk(client, slow)
        with talk.ask(ASK) as stream:
            read_until_it_asks(stream)
        client.with_options(timeout=5).close()
    assert status(talk) == "completed"


PROGRAM = """
import asyncio, sys, time
from shim import AsyncOpenAI, OpenAI
from shim.relay import stream_run, tool_schema

def slow(city: str):
    time.sleep(0.1)
    return city

ON_LEAVE = sys.argv[2]
MADE = {"model": "gpt-4o", "tools": [tool_schema(slow)]}
ASK = {"role": "user", "content": 'Call slow {"city": "x"}, then slow {"city": "x"}.'}

def read():
    client = OpenAI()
    assistant = client.beta.assistants.create(**MADE)
    thread = client.beta.threads.create(messages=[ASK])
    print(thread.id, flush=True)
    ids = {"thread_id": thread.id, "assistant_id": assistant.id}
    for event in stream_run(client, tools=[slow], on_leave=ON_LEAVE, **ids):
        if event.event == "thread.run.requires_action":
            sys.exit(3)

async def read_later():
    client = AsyncOpenAI()
    assistant = await client.beta.assistants.create(**MADE)
    thread = await client.beta.threads.create(messages=[ASK])
    print(thread.id, flush=True)
    ids = {"thread_id": thread.id, "assistant_id": assistant.id}
    async for event in stream_run(client, tools=[slow], on_leave=ON_LEAVE, **ids):
        if event.event == "thread.run.requires_action":
            sys.exit(3)

if sys.argv[1] == "sync":
    read()
asyncio.run(read_later())
"""


def test_a_program_that_ends(colour: str, on_leave: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client is not closed.  An event loop that ends lets no run go on."""
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path}/program.db")
    command = [sys.executable, "-c", PROGRAM, colour, on_leave]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env={**os.environ}, check=False)
    assert ended.returncode == 3, ended.stderr
    with opened(SYNC) as client:
        (run,) = client.beta.threads.runs.list(ended.stdout.strip())
    assert run.status == ("cancelled" if colour == ASYNC else ENDS[on_leave]), ended.stderr
    assert "Traceback" not in ended.stderr


async def test_a_client_that_is_closed_by_a_cancelled_task_lets_its_runs_go_on() -> None:
    """As in a handler with a client of its own whose caller disconnects."""
    asked = asyncio.Event()
    ids: dict[str, Any] = {}
    streams: list[Any] = []

    async def handle() -> None:
        async with AsyncOpenAI() as client:
            made = await client.beta.assistants.create(model="gpt-4o", tools=[tool_schema(slow)])
            thread = await client.beta.threads.create(messages=[{"role": "user", "content": ASK}])
            ids.update(thread_id=thread.id, assistant_id=made.id)
            async with stream_run(client, tools=[slow], **ids) as stream:
                streams.append(stream)
                async for event in stream:
                    if event.event == "thread.run.requires_action":
                        asked.set()

    task = asyncio.create_task(handle())
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with AsyncOpenAI() as client:
        run = await client.beta.threads.runs.poll(streams[0].run.id, thread_id=ids["thread_id"])
        while run.status == "requires_action":
            await asyncio.sleep(0.05)
            run = await client.beta.threads.runs.poll(run.id, thread_id=run.thread_id)
    assert run.status == "completed"
