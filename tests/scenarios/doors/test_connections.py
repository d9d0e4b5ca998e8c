"""A run returns its connection to the pool: the next run uses it again."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from shim import AsyncOpenAI, OpenAI
from tests.bench import bodies
from tests.scenarios.replay import server as replay
from tests.scenarios.replay.server import Replay, Reply

ANSWER = Reply(bodies.pieces(3, 1))
OPTIONS: dict[str, Any] = {"api_key": "test", "max_retries": 0}


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The client addresses of all connections that the replaying servers have accepted."""
    found: list[Any] = []
    setup = replay._Handler.setup

    def counted(self: Any) -> None:
        found.append(self.client_address)
        setup(self)

    monkeypatch.setattr(replay._Handler, "setup", counted)
    return found


def run(client: OpenAI) -> str:
    """The last event of a run on a new thread."""
    helper = client.beta.assistants.create(model="gpt-4o")
    thread: Any = {"messages": [{"role": "user", "content": "Go on."}]}
    events = client.beta.threads.create_and_run(assistant_id=helper.id, thread=thread, stream=True)
    return [event.event for event in events][-1]


async def arun(client: AsyncOpenAI) -> str:
    helper = await client.beta.assistants.create(model="gpt-4o")
    thread: Any = {"messages": [{"role": "user", "content": "Go on."}]}
    events = await client.beta.threads.create_and_run(assistant_id=helper.id, thread=thread, stream=True)
    return [event.event async for event in events][-1]


def test_two_runs_share_a_connection(connections: list[Any]) -> None:
    with Replay([ANSWER] * 2) as server, OpenAI(base_url=server.url, **OPTIONS) as client:
        assert [run(client), run(client)] == ["thread.run.completed"] * 2
        assert len(connections) == 1


async def test_two_awaited_runs_share_a_connection(connections: list[Any]) -> None:
    with Replay([ANSWER] * 2) as server:
        async with AsyncOpenAI(base_url=server.url, **OPTIONS) as client:
            assert [await arun(client), await arun(client)] == ["thread.run.completed"] * 2
            assert len(connections) == 1


class Open(list[bytes]):
    """An answer whose body stays open after its last chunk until ``free`` is set."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__(pieces)
        self.free = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        yield from super().__iter__()
        self.free.wait(60)


def test_a_body_that_stays_open_does_not_block(connections: list[Any]) -> None:
    lingering = Open(bodies.pieces(3, 1))
    with Replay([Reply(lingering), ANSWER]) as server, OpenAI(base_url=server.url, **OPTIONS) as client:
        assert run(client) == "thread.run.completed"
        assert run(client) == "thread.run.completed"
        lingering.free.set()
        assert len(connections) == 2


async def test_a_body_that_stays_open_does_not_block_the_async_client(connections: list[Any]) -> None:
    lingering = Open(bodies.pieces(3, 1))
    with Replay([Reply(lingering), ANSWER]) as server:
        async with AsyncOpenAI(base_url=server.url, **OPTIONS) as client:
            assert await arun(client) == "thread.run.completed"
            assert await arun(client) == "thread.run.completed"
            lingering.free.set()
            assert len(connections) == 2
