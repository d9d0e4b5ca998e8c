"""A write whose task is cancelled, at any of its suspension points, stores nothing, or leaves a run that continues."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import anyio
import pytest

from shim import AsyncOpenAI
from shim.store.database import Database
from shim.store.tx import Lengthy
from tests.scenarios.cancelled.steps import When, cancelled_at
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.doors.talking import tool

Json = dict[str, Any]
#: More suspension points than any of the writes has.
MANY: Final = 200
#: Seconds after which a run that has not ended counts as abandoned: less than the time of a lease.
PATIENCE: Final = 10.0
ACTIVE: Final = ("queued", "in_progress", "cancelling")


@dataclass
class Stage:
    client: Any
    assistant_id: str

    @property
    def threads(self) -> Any:
        return self.client.beta.threads

    async def thread(self, text: str = "Hello") -> str:
        made = await self.threads.create(messages=[{"role": "user", "content": text}])
        return str(made.id)

    async def waiting(self) -> tuple[str, str]:
        """A thread, and a run in it with the status ``requires_action``."""
        thread_id = await self.thread("get_time")
        run = await self.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=self.assistant_id)
        assert run.status == "requires_action"
        return thread_id, run.id

    async def outputs(self, thread_id: str, run_id: str) -> list[Json]:
        run = await self.threads.runs.retrieve(run_id, thread_id=thread_id)
        calls = run.required_action.submit_tool_outputs.tool_calls
        return [{"tool_call_id": call.id, "output": "noon"} for call in calls]

    async def settled(self, thread_id: str) -> list[Any]:
        """The thread's runs, as soon as none of them is active."""
        with anyio.fail_after(PATIENCE):
            while True:
                found = (await self.threads.runs.list(thread_id, limit=100)).data
                if not any(run.status in ACTIVE for run in found):
                    return list(found)
                await asyncio.sleep(0.005)

    async def check_free(self, thread_id: str) -> None:
        """The thread accepts another message and a run, which completes."""
        await self.threads.messages.create(thread_id, role="user", content="Bye")
        run = await self.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=self.assistant_id)
        assert run.status == "completed"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Loopback]:
    with Loopback() as found:
        yield found


@pytest.fixture
async def stage(upstream: Loopback) -> AsyncIterator[Stage]:
    async with AsyncOpenAI(api_key="test", base_url=upstream.url, max_retries=0) as client:
        helper = await client.beta.assistants.create(model="gpt-4o", tools=[tool("get_time")])  # type: ignore[list-item]
        yield Stage(client, helper.id)


async def read(stream: Any) -> None:
    async for _ in await stream:
        pass


async def _run(stage: Stage, streamed: bool, thread_id: str) -> None:
    given: Json = {"thread_id": thread_id, "assistant_id": stage.assistant_id}
    runs = stage.threads.runs
    await (read(runs.create(stream=True, **given)) if streamed else runs.create(**given))


async def _submit(stage: Stage, streamed: bool, thread_id: str, run_id: str, outputs: list[Json]) -> None:
    given: Json = {"thread_id": thread_id, "run_id": run_id, "tool_outputs": outputs}
    runs = stage.threads.runs
    await (read(runs.submit_tool_outputs(stream=True, **given)) if streamed else runs.submit_tool_outputs(**given))


Attempt = Callable[[Callable[[], Awaitable[Any]]], Awaitable[bool]]


async def run_of_a_thread(stage: Stage, streamed: bool, attempt: Attempt) -> bool:
    thread_id = await stage.thread()
    came = await attempt(lambda: _run(stage, streamed, thread_id))
    runs = await stage.settled(thread_id)
    assert [run.status for run in runs] in ([], ["completed"])
    messages = (await stage.threads.messages.list(thread_id)).data
    assert len(messages) == 1 + len(runs)
    await stage.check_free(thread_id)
    return came


async def outputs_of_a_run(stage: Stage, streamed: bool, attempt: Attempt) -> bool:
    thread_id, run_id = await stage.waiting()
    outputs = await stage.outputs(thread_id, run_id)
    came = await attempt(lambda: _submit(stage, streamed, thread_id, run_id, outputs))
    (run,) = await stage.settled(thread_id)
    if run.status == "requires_action":
        # No outputs were accepted, so the same outputs are accepted now.
        await _submit(stage, streamed, thread_id, run_id, outputs)
        (run,) = await stage.settled(thread_id)
    assert run.status == "completed"
    newest = (await stage.threads.messages.list(thread_id)).data[0]
    assert "noon" in newest.content[0].text.value
    await stage.check_free(thread_id)
    return came


async def thread_and_run(stage: Stage, streamed: bool, attempt: Attempt) -> bool:
    """Only threads whose id the caller received before its cancellation are checked: each must be consistent."""
    made: list[Any] = []
    given: Json = {"assistant_id": stage.assistant_id, "thread": {"messages": [{"role": "user", "content": "Hi"}]}}

    async def work() -> None:
        if not streamed:
            made.append((await stage.threads.create_and_run(**given)).thread_id)
            return
        async for event in await stage.threads.create_and_run(stream=True, **given):
            if event.event == "thread.created":
                made.append(event.data.id)

    came = await attempt(work)
    for thread_id in made:
        assert [run.status for run in await stage.settled(thread_id)] == ["completed"]
        await stage.check_free(thread_id)
    return came


async def message_of_a_thread(stage: Stage, streamed: bool, attempt: Attempt) -> bool:
    thread_id = await stage.thread()
    came = await attempt(lambda: stage.threads.messages.create(thread_id, role="user", content="Two"))
    texts = [each.content[0].text.value for each in (await stage.threads.messages.list(thread_id)).data]
    assert texts in (["Hello"], ["Two", "Hello"])
    await stage.check_free(thread_id)
    return came


async def cancel_of_a_run(stage: Stage, streamed: bool, attempt: Attempt) -> bool:
    thread_id, run_id = await stage.waiting()
    came = await attempt(lambda: stage.threads.runs.cancel(run_id, thread_id=thread_id))
    (run,) = await stage.settled(thread_id)
    assert run.status in ("requires_action", "cancelled")
    if run.status == "requires_action":
        await stage.threads.runs.cancel(run_id, thread_id=thread_id)
        await stage.settled(thread_id)
    await stage.check_free(thread_id)
    return came


async def thread_that_goes(stage: Stage, streamed: bool, attempt: Attempt) -> bool:
    thread_id, _ = await stage.waiting()
    came = await attempt(lambda: stage.threads.delete(thread_id))
    with suppress(Exception):
        await stage.threads.delete(thread_id)
    return came


#: Each write, and whether it is streamed.
WRITES: Final = [
    (run_of_a_thread, False),
    (run_of_a_thread, True),
    (thread_and_run, False),
    (thread_and_run, True),
    (outputs_of_a_run, False),
    (outputs_of_a_run, True),
    (message_of_a_thread, False),
    (cancel_of_a_run, False),
    (thread_that_goes, False),
]
NAMES: Final = [f"{write.__name__}{', streamed' if streamed else ''}" for write, streamed in WRITES]


def in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every transaction runs in a thread, as on a server's database, or while others write."""

    def attempt(*_: object) -> None:
        raise Lengthy

    monkeypatch.setattr(Database, "attempt", attempt)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["as it waits", "as it wakes"])
@pytest.mark.parametrize("write, streamed", WRITES, ids=NAMES)
async def test_cancelled_at_every_suspension_point(
    stage: Stage, write: Any, streamed: bool, when: When, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_threads(monkeypatch)
    assert await _cancelled_everywhere(stage, write, streamed, when) > 2, "these were not all of its places"


@pytest.mark.slow
@pytest.mark.parametrize("write, streamed", WRITES, ids=NAMES)
async def test_cancelled_at_every_suspension_point_with_transactions_on_the_loop(
    stage: Stage, write: Any, streamed: bool
) -> None:
    await _cancelled_everywhere(stage, write, streamed, "as it waits")


async def _cancelled_everywhere(stage: Stage, write: Any, streamed: bool, when: When) -> int:
    """The number of the first suspension point that the write did not reach."""
    for place in range(1, MANY):
        try:
            if not await write(stage, streamed, lambda work, place=place: cancelled_at(place, when, work)):
                break
        except BaseException as problem:
            raise AssertionError(f"cancelled at place {place}, {when}") from problem
    else:
        pytest.fail("it never came to an end")
    return place


@pytest.mark.slow
@pytest.mark.parametrize("write, streamed", WRITES[:6], ids=NAMES[:6])
async def test_a_write_that_times_out(stage: Stage, write: Any, streamed: bool) -> None:
    """The calls are ended by ``asyncio.wait_for``, as in applications."""
    for number in range(12):

        async def attempt(work: Callable[[], Awaitable[Any]], number: int = number) -> bool:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(work(), 0.001 * number)
            return True

        await write(stage, streamed, attempt)
