"""A long thread is replayed completely, without being in memory as objects or as one text."""

import os
import tracemalloc
from typing import Any

import pytest

from shim import AsyncOpenAI, OpenAI
from shim.store.database import database
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.growth.long import fill
from tests.scenarios.growth.sink import Sink

TURNS = 100


@pytest.fixture(autouse=True)
def _stateless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_STORE_RESPONSES", "false")


def _fill(thread: str, helper: str, turns: int, much: int) -> None:
    """Write a long history into the store that the client uses."""
    fill(database(os.environ["SHIM_DATABASE_URL"]), thread, helper, turns, much)


def _stumbling(server: Loopback) -> None:
    """The first request is answered with an error that makes the SDK repeat it."""
    tried: list[Request] = []

    def answer(request: Request) -> Reply | None:
        tried.append(request)
        return Reply.error(500, "Try again.", retry_after="0") if len(tried) == 1 else None

    server.answer = answer


def _check(server: Loopback) -> None:
    first, second = (request for request in server.requests if request.path.endswith("/responses"))
    assert first.body == second.body
    assert len(second.body) > 262_144
    assert second.header("content-length") == str(len(second.body))
    sent = second.json
    assert [item["role"] for item in sent["input"]] == ["user", "assistant"] * TURNS + ["user"]
    assert sent["input"][-1]["content"][0]["text"] == "Läst of “all” \U0001f40c"
    assert (sent["store"], sent["stream"], sent["model"]) == (False, True, "gpt-5.6-terra")
    assert "previous_response_id" not in sent


def test_behind_a_blocking_client() -> None:
    with Loopback() as server, OpenAI(api_key="test", base_url=server.url) as client:
        _stumbling(server)
        helper, thread = client.beta.assistants.create(model="gpt-5.6-terra").id, client.beta.threads.create().id
        _fill(thread, helper, TURNS, much=20)
        client.beta.threads.messages.create(thread, role="user", content="Läst of “all” \U0001f40c")
        events = client.beta.threads.runs.create(thread_id=thread, assistant_id=helper, stream=True)
        assert [event.event for event in events][-1] == "thread.run.completed"
        _check(server)


async def test_behind_an_async_client() -> None:
    with Loopback() as server:
        _stumbling(server)
        async with AsyncOpenAI(api_key="test", base_url=server.url) as client:
            helper = (await client.beta.assistants.create(model="gpt-5.6-terra")).id
            thread = (await client.beta.threads.create()).id
            _fill(thread, helper, TURNS, much=20)
            await client.beta.threads.messages.create(thread, role="user", content="Läst of “all” \U0001f40c")
            events = await client.beta.threads.runs.create(thread_id=thread, assistant_id=helper, stream=True)
            assert [event.event async for event in events][-1] == "thread.run.completed"
        _check(server)


@pytest.mark.slow
def test_the_thread_is_in_memory_only_once() -> None:
    """A run's peak memory is less than twice the bytes that it sends; as objects, text and bytes it was five times as
    much.
    """
    with Sink() as sink, OpenAI(api_key="test", base_url=sink.url) as client:
        helper, thread = client.beta.assistants.create(model="gpt-5.6-terra").id, client.beta.threads.create().id
        run: Any = {"thread_id": thread, "assistant_id": helper, "additional_instructions": "Go on.", "stream": True}
        # Objects that are made once and cached are made before the measurement.
        assert [event.event for event in client.beta.threads.runs.create(**run)][-1] == "thread.run.completed"
        _fill(thread, helper, 2000, much=3)
        tracemalloc.start()
        try:
            events = [event.event for event in client.beta.threads.runs.create(**run)]
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert events[-1] == "thread.run.completed"
        assert sink.sizes[-1] > 1_000_000
        assert sink.tails[-1].endswith(b'"}]}]}')
        assert peak < sink.sizes[-1] * 2
