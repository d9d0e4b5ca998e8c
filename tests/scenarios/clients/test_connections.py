"""Connections to upstream are shared neither by a process and its fork nor by two event loops."""

import asyncio
import gc
import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from shim import AsyncOpenAI, OpenAI
from shim.assembly import wiring
from tests.scenarios.clients.talking import TOOLS
from tests.scenarios.clients.test_shared import talk_async
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Gate, Loopback
from tests.server.served import until


def sockets() -> Counter[str]:
    """The open sockets of this process, by their names in the kernel."""
    found: list[str] = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            found.append(os.readlink(each))
        except OSError:
            continue
    return Counter(name for name in found if name.startswith("socket:"))


def needs_fork(test: Any) -> Any:
    lacking = not Path("/proc/self/fd").is_dir() or not hasattr(os, "fork")
    quiet = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")(test)
    return pytest.mark.skipif(lacking, reason="needs fork and /proc")(quiet)


@needs_fork
def test_a_fork_during_an_answer_inherits_no_connection() -> None:
    """Upstream learns from the closed connection that a run was cancelled; a copy of the connection in a child process
    would keep it open.  Whatever lock a thread of the parent owns at the moment of the fork, the child can use the
    client.
    """
    gate = Gate(chunks=3)
    before = sockets()
    with Loopback() as upstream, OpenAI(base_url=upstream.url, api_key="test") as client:
        helper = client.beta.assistants.create(model="gpt-4o").id
        upstream.answer = upstream.gated(gate)
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "essay-50"}])
        run = client.beta.threads.runs.create(thread.id, assistant_id=helper)
        gate.wait()
        upstream.answer = lambda request: None
        pool = client._client._transport.inner._transport._pool  # type: ignore[attr-defined]
        inherited = {f"socket:[{os.fstat(each).st_ino}]" for each in _of(pool)}
        assert inherited
        with pool._optional_thread_lock if hasattr(pool, "_optional_thread_lock") else threading.Lock():
            returned = _forked(lambda: str(bool(inherited & sockets().keys())) + _answer(client, helper))
        assert returned == "Falsecompleted"
        gate.open()
        assert client.beta.threads.runs.poll(run.id, thread_id=thread.id).status == "completed"
    # The server's threads close their ends after they have seen that the client's are closed.
    until(lambda: not sockets() - before)


@needs_fork
@pytest.mark.parametrize("colour", COLOURS)
def test_a_fork_does_not_touch_the_runs_of_its_parent(colour: str) -> None:
    """The child neither renews the leases of the parent's runs nor closes their connections."""
    gate = Gate(chunks=3)
    with Loopback() as upstream, opened(colour, base_url=upstream.url) as client:
        helper = client.beta.assistants.create(model="gpt-4o").id
        upstream.answer = upstream.gated(gate)
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "essay-50"}])
        run = client.beta.threads.runs.create(thread.id, assistant_id=helper)
        gate.wait()
        assert _forked(_some_beats) == "beaten"
        gate.open()
        assert client.beta.threads.runs.poll(run.id, thread_id=thread.id).status == "completed"


def _some_beats() -> str:
    """Run the heartbeats of a client once, in the child."""
    for heartbeat in wiring._heartbeats.values():
        heartbeat.check()
        heartbeat.renew()
    return "beaten"


def _of(pool: Any) -> list[int]:
    streams = [each._connection._network_stream for each in pool._connections]
    return [stream.get_extra_info("socket").fileno() for stream in streams]


def _answer(client: Any, helper: str) -> str:
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
    return str(client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper).status)


def _forked(work: Any) -> str:
    """What ``work`` returns in a forked child."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            # Not in the thread that forked: a lock that the forking thread owns would block only another thread.
            returned: list[str] = []
            worker = threading.Thread(target=lambda: returned.append(work()), daemon=True)
            worker.start()
            worker.join(20)
            os.write(theirs, "".join(returned or ["stuck"]).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        found = pipe.read()
    os.waitpid(pid, 0)
    return found


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_one_async_client_in_successive_and_in_parallel_loops() -> None:
    """As in a script that calls `asyncio.run` several times with one client."""
    with Loopback() as upstream:
        talks = _in_many_loops(AsyncOpenAI(base_url=upstream.url, api_key="test", max_retries=0))
    assert all(output in answer for output, answer in talks)
    assert len(talks) == 4
    # Connections of closed loops cannot be closed, only dropped, and Python warns about unclosed sockets.
    gc.collect()


def _in_many_loops(client: Any) -> list[tuple[str, str]]:
    async def helper() -> str:
        return str((await client.beta.assistants.create(model="gpt-4o", tools=TOOLS)).id)

    async def two() -> list[tuple[str, str]]:
        other = asyncio.to_thread(lambda: asyncio.run(talk_async(client, made)))
        return list(await asyncio.gather(talk_async(client, made), other))

    made = asyncio.run(helper())
    talks = [asyncio.run(talk_async(client, made)) for _ in range(2)] + asyncio.run(two())
    asyncio.run(client.close())
    return talks
