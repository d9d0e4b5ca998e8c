"""`ShimSession` with the Agents SDK: its runner, tools and streaming, and the methods that it calls on a session."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import openai
import pytest

from shim import AsyncOpenAI, OpenAI, ShimSession
from shim.wire.errors import ApiError

agents = pytest.importorskip("agents")
from agents.memory import Session, SessionSettings  # noqa: E402

QUIET = agents.RunConfig(tracing_disabled=True)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OpenAI:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
    return OpenAI()


def _texts(client: OpenAI, thread_id: str) -> list[tuple[str, str]]:
    found = client.beta.threads.messages.list(thread_id, order="asc")
    return [(each.role, each.content[0].text.value.split(".")[0]) for each in found.data]


def _during(work: Callable[[AsyncOpenAI, Any], Coroutine[Any, Any, None]]) -> None:
    """Run with a client, and an agent that has one tool."""

    @agents.function_tool
    def look_up(word: str) -> str:
        """Look a word up."""
        return f"{word} means peace"

    async def main() -> None:
        async with AsyncOpenAI() as own:
            model = agents.OpenAIResponsesModel("gpt-4o", own)
            await work(own, agents.Agent(name="One", instructions="Be kind.", tools=[look_up], model=model))

    asyncio.run(main())


def test_an_agent_and_an_assistant_share_a_thread(client: OpenAI) -> None:
    assistant = client.beta.assistants.create(model="gpt-4o", instructions="Be brief.")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "My name is Ada."}])
    client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    async def work(own: AsyncOpenAI, agent: Any) -> None:
        session = ShimSession(thread.id, own)
        assert isinstance(session, Session)
        result = await agents.Runner.run(agent, 'look_up {"word": "irene"}', session=session, run_config=QUIET)
        assert 'look_up returned "irene means peace"' in result.final_output
        assert 'Earlier user said "My name is Ada."' in result.final_output
        streamed = agents.Runner.run_streamed(agent, 'look_up {"word": "pax"}', session=session, run_config=QUIET)
        names = [event.type async for event in streamed.stream_events()]
        assert "raw_response_event" in names
        assert 'look_up returned "pax means peace"' in streamed.final_output
        kinds = [item.get("type", "message") for item in await session.get_items()]
        turn = ["message", "function_call", "function_call_output", "message"]
        assert kinds == ["message", "message", *turn, *turn]

    _during(work)
    client.beta.threads.messages.create(thread.id, role="user", content="And now?")
    client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    text = client.beta.threads.messages.list(thread.id, limit=1).data[0].content[0].text.value
    assert 'user said "look_up {"word": "irene"}", a tool returned "irene means peace"' in text
    assert [role for role, _ in _texts(client, thread.id)] == ["user", "assistant"] * 4


def test_items_are_returned_as_they_were_added(client: OpenAI) -> None:
    thread = client.beta.threads.create()
    items: list[Any] = [
        {"role": "user", "content": "Look at this."},
        {"role": "developer", "content": "Be careful."},
        {"role": "user", "content": [{"type": "input_image", "image_url": "https://example.com/a.png"}]},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "function_call", "call_id": "call_1", "name": "look_up", "arguments": "{}", "id": "fc_1"},
        {"type": "function_call_output", "call_id": "call_1", "output": "nothing"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Nothing."}]},
    ]

    async def work(own: AsyncOpenAI, _: Any) -> None:
        session = ShimSession(thread.id, own)
        await session.add_items(items)
        assert await session.get_items() == items
        assert await session.get_items(2) == items[-2:]
        assert await session.get_items(0) == []
        few = ShimSession(thread.id, own, session_settings=SessionSettings(limit=3))
        assert await few.get_items() == items[-3:]
        assert await session.pop_item() == items[-1]
        await session.add_items([])
        assert [await session.pop_item() for _ in range(2)] == [items[-2], items[-3]]
        assert await session.get_items() == items[:-3]

    _during(work)
    page = client.beta.threads.messages.list(thread.id, order="asc").data
    assert [(each.role, each.content[0].type) for each in page] == [("user", "text"), ("user", "image_url")]


def test_popped_or_cleared_items_are_never_sent_again(client: OpenAI) -> None:
    assistant = client.beta.assistants.create(model="gpt-4o")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "A secret."}])
    runs = client.beta.threads.runs
    runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    assert client.shim.thread(thread.id).last_response_id

    async def work(own: AsyncOpenAI, agent: Any) -> None:
        session = ShimSession(thread.id, own)
        assert (await session.pop_item() or {})["role"] == "assistant"
        assert client.shim.thread(thread.id).last_response_id is None
        assert _texts(client, thread.id) == [("user", "A secret")]
        await session.clear_session()
        assert await session.get_items() == []
        assert await session.pop_item() is None
        result = await agents.Runner.run(agent, "What do you know?", session=session, run_config=QUIET)
        assert "secret" not in result.final_output

    _during(work)
    assert runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id).status == "completed"
    assert not any("secret" in text for _, text in _texts(client, thread.id))
    assert len(runs.list(thread.id).data) == 2


def test_a_thread_that_does_not_exist_or_has_an_active_run(client: OpenAI) -> None:
    tool: Any = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
    assistant = client.beta.assistants.create(model="gpt-4o", tools=[tool])
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "look_up, please"}])
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    assert run.status == "requires_action"
    item = {"role": "user", "content": "Hello?"}

    async def work(own: AsyncOpenAI, _: Any) -> None:
        missing, busy = ShimSession("thread_none", own), ShimSession(thread.id, own)
        for each in (missing.get_items(), missing.add_items([item]), missing.pop_item(), missing.clear_session()):
            with pytest.raises(ApiError, match="No thread found with id 'thread_none'"):
                await each
        for each in (busy.add_items([item]), busy.pop_item(), busy.clear_session()):
            with pytest.raises(ApiError, match=f"while a run {run.id} is active"):
                await each
        # A call that has no output yet is not returned to other readers.
        assert [one["type"] for one in await busy.get_items()] == ["message"]

    _during(work)


def test_blocking_and_async_clients(client: OpenAI) -> None:
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello."}])

    async def main() -> None:
        own = ShimSession(thread.id)
        assert len(await own.get_items()) == 1
        assert isinstance(own._client, AsyncOpenAI)
        await own._client.close()
        # A blocking client works as well.
        assert len(await ShimSession(thread.id, client).get_items()) == 1
        with pytest.raises(TypeError, match="this client is not the shim's"):
            await ShimSession(thread.id, openai.AsyncOpenAI(api_key="test")).get_items()

    asyncio.run(main())
