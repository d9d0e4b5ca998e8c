"""How clients, event loops and programs end while runs are active."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from shim import AsyncOpenAI, OpenAI
from tests.scenarios.doors.colours import ASYNC, COLOURS, SYNC, opened
from tests.scenarios.doors.loopback import Gate, Loopback
from tests.scenarios.doors.talking import until_ended
from tests.scenarios.doors.test_programs import run_program

Json = dict[str, Any]
#: Seconds: longer than any intended wait of these tests.
SOON = 8.0


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate(chunks=6)
    yield made
    made.open()


@pytest.fixture
def server(gate: Gate) -> Iterator[Loopback]:
    with Loopback() as made:
        made.answer = made.gated(gate)
        yield made


def begin(client: Any) -> Any:
    """Start a run without reading it."""
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = {"messages": [{"role": "user", "content": "Hello"}]}
    return client.beta.threads.create_and_run(assistant_id=helper.id, thread=thread)


def seen(server: Loopback, run: Any) -> Any:
    """The run as another client retrieves it at this moment."""
    with OpenAI(api_key="test", base_url=server.url) as other:
        return other.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)


def check_free(server: Loopback, run: Any) -> str:
    """The run ends, and its thread accepts another message and run; returns the status with which the run ended."""
    with OpenAI(api_key="test", base_url=server.url) as other:
        ended = until_ended(other.beta.threads, run.thread_id, run.id)
        assert ended["status"] in ("completed", "failed")
        assert (ended["last_error"] is not None) == (ended["status"] == "failed")
        other.beta.threads.messages.create(run.thread_id, role="user", content="On")
        again = other.beta.threads.runs.create_and_poll(thread_id=run.thread_id, assistant_id=run.assistant_id)
        assert again.status == "completed"
        return str(ended["status"])


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("copied", [False, True], ids=["itself", "a copy"])
def test_closing_a_client_waits_for_its_runs(colour: str, copied: bool, server: Loopback, gate: Gate) -> None:
    with opened(colour, base_url=server.url) as client:
        run = begin(client.with_options(timeout=9) if copied else client)
        gate.wait()
        threading.Timer(0.1, gate.open).start()
    assert seen(server, run).status == "completed"


@pytest.mark.parametrize("colour", COLOURS)
def test_closing_a_client_waits_no_longer_than_the_exit_grace(
    colour: str, server: Loopback, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_EXIT_GRACE", "0.1")
    with opened(colour, base_url=server.url) as client:
        run = begin(client)
        gate.wait()
        began = time.monotonic()
    assert time.monotonic() - began < SOON
    gate.open()
    check_free(server, run)


def test_a_run_whose_loop_ended_is_taken_over(server: Loopback, gate: Gate) -> None:
    """The program did not close its client, and `asyncio.run` cancels the remaining tasks."""

    async def main() -> Any:
        client = AsyncOpenAI(api_key="test", base_url=server.url)
        helper = await client.beta.assistants.create(model="gpt-4o")
        thread = {"messages": [{"role": "user", "content": "Hello"}]}
        run = await client.beta.threads.create_and_run(assistant_id=helper.id, thread=thread)
        await asyncio.to_thread(gate.wait)
        return run

    run = asyncio.run(main())
    gate.open()
    assert seen(server, run).status in ("queued", "in_progress"), "it is taken over"
    assert check_free(server, run) == "completed"


def test_clients_in_several_loops(server: Loopback, gate: Gate) -> None:
    """As in programs that call `asyncio.run` several times."""
    gate.open()
    client = AsyncOpenAI(api_key="test", base_url=server.url)

    async def once() -> str:
        helper = await client.beta.assistants.create(model="gpt-4o")
        thread = {"messages": [{"role": "user", "content": "Hello"}]}
        run = await client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
        await client.close()
        return run.status

    assert asyncio.run(once()) == "completed"
    client = AsyncOpenAI(api_key="test", base_url=server.url)
    assert asyncio.run(once()) == "completed"


PROGRAM = """
from shim import OpenAI
client = OpenAI()
helper = client.beta.assistants.create(model="gpt-4o")
thread = {"messages": [{"role": "user", "content": "Hello"}]}
run = client.beta.threads.create_and_run(assistant_id=helper.id, thread=thread%s)
"""
SAYS = 'print(\'{"id": "%s", "thread_id": "%s", "assistant_id": "%s"}\' % (run.id, run.thread_id, run.assistant_id))\n'
READS = "run = [event.data for event in run if event.event == 'thread.run.created'][0]\n"
LEAVES = "run = next(event.data for event in run if event.event == 'thread.run.created')\n"
PROGRAMS = {
    "queued": PROGRAM % "" + SAYS,
    "left in the middle": PROGRAM % ", stream=True" + LEAVES + SAYS,
    "left by an error": PROGRAM % "" + SAYS + "import sys\nsys.stderr = None\nsys.exit(0 if run else 1)\n",
}


@pytest.mark.parametrize(
    "name", [name if name == "queued" else pytest.param(name, marks=pytest.mark.slow) for name in PROGRAMS]
)
def test_a_program_that_ends_waits_for_its_runs(name: str, server: Loopback, gate: Gate) -> None:
    threading.Thread(target=lambda: (gate.wait(), time.sleep(0.2), gate.open()), daemon=True).start()
    environment = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "test", "SHIM_EXIT_GRACE": "15"}
    run = type("Run", (), run_program("-c", PROGRAMS[name], **environment))
    assert seen(server, run).status == "completed"


@pytest.mark.slow
def test_a_run_whose_program_ended_is_taken_over(server: Loopback, gate: Gate) -> None:
    """The next reader detects that the run's process no longer exists, and takes the run over."""
    program = PROGRAMS["queued"] + "import time, os\n" + "os._exit(0) if not __import__('sys').stdout.flush() else 1\n"
    run = type("Run", (), run_program("-c", program, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="test"))
    gate.open()
    assert check_free(server, run) == "completed"


FORKS = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from shim import OpenAI
client = OpenAI(max_retries=0)
helper = client.beta.assistants.create(model="gpt-4o")
def talk(text):
    thread = {"messages": [{"role": "user", "content": text}]}
    run = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
    return [run.status, client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value]
before = talk("before")
ends = []
for name in ("first", "second"):
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writes, json.dumps(talk(name)).encode())
        finally:
            os._exit(0)
    os.close(writes)
    ends.append((child, os.fdopen(reads)))
after = talk("after")
children = [json.loads(pipe.read() or "null") for _, pipe in ends]
codes = [os.waitpid(child, 0)[1] for child, _ in ends]
print(json.dumps({"before": before, "children": children, "after": after, "codes": codes}))
"""


def test_a_program_and_its_forks_use_one_client(server: Loopback, gate: Gate) -> None:
    gate.open()
    known = run_program("-c", FORKS, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="test")
    results = [known["before"], *known["children"], known["after"]]  # type: ignore[misc]
    assert [status for status, _ in results] == ["completed"] * 4
    assert [text for _, text in results] == [f'You said "{name}".' for name in ("before", "first", "second", "after")]
    assert known["codes"] == [0, 0]


@pytest.mark.parametrize("colour", COLOURS)
def test_fifty_conversations_at_once(colour: str, server: Loopback, gate: Gate) -> None:
    gate.open()
    many = 50 if colour == SYNC else 20
    results: dict[int, list[str]] = {}
    with opened(colour, base_url=server.url) as client:
        helper = client.beta.assistants.create(model="gpt-4o")

        def talk(number: int) -> None:
            thread = client.beta.threads.create(messages=[{"role": "user", "content": f"I am {number}."}])
            with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=helper.id) as stream:
                names = [event.event for event in stream]
            text = client.beta.threads.messages.list(thread.id).data[0].content[0].text.value
            results[number] = [names[-1], text]

        talkers = [threading.Thread(target=talk, args=(number,)) for number in range(many)]
        for talker in talkers:
            talker.start()
        for talker in talkers:
            talker.join(60)
    assert results == {number: ["thread.run.completed", f'You said "I am {number}.".'] for number in range(many)}


async def test_many_conversations_of_one_loop(server: Loopback, gate: Gate) -> None:
    gate.open()
    async with AsyncOpenAI(api_key="test", base_url=server.url) as client:
        helper = await client.beta.assistants.create(model="gpt-4o")

        async def talk(number: int) -> str:
            thread = {"messages": [{"role": "user", "content": f"I am {number}."}]}
            run = await client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
            (newest, _) = (await client.beta.threads.messages.list(run.thread_id)).data
            return newest.content[0].text.value

        answers = await asyncio.gather(*(talk(number) for number in range(20)))
    assert answers == [f'You said "I am {number}.".' for number in range(20)]
    assert json.dumps(sorted(len(body["input"]) for body in server.bodies)) == json.dumps([1] * 20)


def test_parallel_requests_start_one_run_per_thread(server: Loopback, gate: Gate, tmp_path: Path) -> None:
    """Ten parallel requests for a run on one thread: one succeeds."""
    with opened(ASYNC, base_url=server.url) as one, opened(SYNC, base_url=server.url) as two:
        helper = one.beta.assistants.create(model="gpt-4o")
        thread = one.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
        results: list[str] = []

        def start_run(client: Any) -> None:
            try:
                results.append(client.beta.threads.runs.create(thread.id, assistant_id=helper.id).status)
            except openai.BadRequestError as error:
                results.append(error.message.partition(" - ")[0])

        callers = [threading.Thread(target=start_run, args=(client,)) for client in (one, two) * 5]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(30)
        gate.open()
        assert sorted(results) == ["Error code: 400"] * 9 + ["queued"]
        (run,) = two.beta.threads.runs.list(thread.id).data
        assert until_ended(two.beta.threads, thread.id, run.id)["status"] == "completed"
    assert len(server.bodies) == 1
