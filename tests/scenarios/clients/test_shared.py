"""One client with many users: threads, tasks, a process that forks after it made the client, a running event loop."""

import asyncio
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from shim import AsyncOpenAI, OpenAI
from tests.scenarios.clients.talking import TOOLS
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.doors.talking import secret
from tests.stores import KINDS, empty


@pytest.fixture(params=KINDS)
def stored(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Store the test's threads in an empty database of either kind; returns its URL."""
    with empty(request.param, tmp_path / "kept") as url:
        monkeypatch.setenv("SHIM_DATABASE_URL", url)
        yield url


def talk(client: Any, assistant_id: str) -> tuple[str, str]:
    """A conversation with one tool call: the tool's output, and the answer."""
    output = secret()
    threads = client.beta.threads
    thread = threads.create(messages=[{"role": "user", "content": "get_time"}])
    run = threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant_id)
    outputs = [{"tool_call_id": run.required_action.submit_tool_outputs.tool_calls[0].id, "output": output}]
    with threads.runs.submit_tool_outputs_stream(run_id=run.id, thread_id=thread.id, tool_outputs=outputs) as stream:
        stream.until_done()
    return output, threads.messages.list(thread.id).data[0].content[0].text.value


async def talk_async(client: Any, assistant_id: str) -> tuple[str, str]:
    output = secret()
    threads = client.beta.threads
    thread = await threads.create(messages=[{"role": "user", "content": "get_time"}])
    run = await threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant_id)
    outputs = [{"tool_call_id": run.required_action.submit_tool_outputs.tool_calls[0].id, "output": output}]
    async with threads.runs.submit_tool_outputs_stream(
        run_id=run.id, thread_id=thread.id, tool_outputs=outputs
    ) as stream:
        await stream.until_done()
    return output, (await threads.messages.list(thread.id)).data[0].content[0].text.value


def test_fifty_threads_share_a_client(stored: str) -> None:
    with Loopback() as upstream, OpenAI(base_url=upstream.url, api_key="test") as client:
        assistant = client.beta.assistants.create(model="gpt-4o", tools=TOOLS).id
        with ThreadPoolExecutor(50) as crowd:
            for output, answer in crowd.map(lambda _: talk(client, assistant), range(50)):
                assert output in answer


async def test_five_hundred_tasks_share_a_client(stored: str) -> None:
    """450 tasks create a thread each; fifty more run a whole conversation."""
    with Loopback() as upstream:
        async with AsyncOpenAI(base_url=upstream.url, api_key="test") as client:
            assistant = (await client.beta.assistants.create(model="gpt-4o", tools=TOOLS)).id
            made = await asyncio.gather(*(client.beta.threads.create(metadata={"n": str(n)}) for n in range(450)))
            talks = await asyncio.gather(*(talk_async(client, assistant) for _ in range(50)))
            assert all(output in answer for output, answer in talks)
            found = await asyncio.gather(*(client.beta.threads.retrieve(thread.id) for thread in made))
            assert [thread.metadata for thread in found] == [{"n": str(n)} for n in range(450)]


async def test_a_blocking_client_in_a_running_loop(stored: str) -> None:
    """As in a notebook, whose cells run inside an event loop."""
    with Loopback() as upstream, OpenAI(base_url=upstream.url, api_key="test") as client:
        output, answer = talk(client, client.beta.assistants.create(model="gpt-4o", tools=TOOLS).id)
        assert output in answer


def test_an_async_client_in_each_of_several_loops(stored: str) -> None:
    """As in a script that calls `asyncio.run` several times."""
    with Loopback() as upstream:

        async def once() -> tuple[str, str]:
            async with AsyncOpenAI(base_url=upstream.url, api_key="test") as client:
                return await talk_async(client, (await client.beta.assistants.create(model="gpt-4o", tools=TOOLS)).id)

        for _ in range(3):
            output, answer = asyncio.run(once())
            assert output in answer


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_process_forks_after_its_client_was_made_and_used(stored: str) -> None:
    """As servers with a preloaded application and task queues do: parent and children use the same client."""
    with Loopback() as upstream, OpenAI(base_url=upstream.url, api_key="test") as client:
        assistant = client.beta.assistants.create(model="gpt-4o", tools=TOOLS).id
        talk(client, assistant)
        children = [_forked(client, assistant) for _ in range(3)]
        output, answer = talk(client, assistant)
        assert output in answer
        for pid, pipe in children:
            with os.fdopen(pipe) as reader:
                found = reader.read()
            os.waitpid(pid, 0)
            assert found, "the child died"
            output, answer = json.loads(found)
            assert output in answer
        output, answer = talk(client, assistant)
        assert output in answer


def _forked(client: Any, assistant: str) -> tuple[int, int]:
    """Fork a child that runs a conversation; returns its process id and a pipe with the conversation's result."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return pid, ours
    try:
        os.write(theirs, json.dumps(talk(client, assistant)).encode())
    finally:
        os._exit(0)
