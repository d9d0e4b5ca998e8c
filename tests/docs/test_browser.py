"""The answer to the forum's developer is a program that runs: one request, one stream, two functions."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.docs.blocks import blocks

ASK = 'Call get_weather {"city": "Paris"}, then get_time {"city": "Paris"}.'
Heard = list[tuple[str, Any]]


@pytest.fixture
async def page(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, Any]]:
    """The page's program as a namespace, started."""
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    (program,) = blocks("docs/how-to/stream-to-a-browser.md")
    names: dict[str, Any] = {"__name__": "chat"}
    exec(compile(program, "chat.py", "exec"), names)
    async with names["lifespan"](names["app"]):
        yield names


async def _chat(app: Any, asked: dict[str, Any], leave_at: str | None = None) -> Heard:
    """POST /chat as a server would hand it to the application; the reader may leave at an event."""
    heard: Heard = []
    gone = asyncio.Event()
    body = [{"type": "http.request", "body": json.dumps(asked).encode()}]

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        for event in message.get("body", b"").decode().split("\n\n")[:-1]:
            name, data = event.split("\n")
            heard.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
            if heard[-1][0] == leave_at:
                gone.set()
                await asyncio.Event().wait()

    scope = {"type": "http", "method": "POST", "path": "/chat", "headers": [], "query_string": b""}
    await app(scope, receive, send)
    return heard


async def test_one_stream_through_two_functions(page: dict[str, Any]) -> None:
    heard = await _chat(page["app"], {"text": ASK})
    calls = [data for name, data in heard if name == "calls"]
    text = "".join(data for name, data in heard if name == "text")
    assert calls == [["get_weather"], ["get_time"]]
    assert 'get_weather returned "{"city": "Paris", "celsius": 19}"' in text
    assert 'get_time returned "{"city": "Paris", "time": "14:05"}"' in text
    assert [name for name, _ in heard].count("end") == 1
    assert [name for name, _ in heard].count("text") > 5, "the text comes word by word"
    assert ("status", "completed") in heard


async def test_the_next_message_is_taken_in_the_same_thread(page: dict[str, Any]) -> None:
    first = await _chat(page["app"], {"text": "Say hello."})
    thread_id = dict(first)["thread"]
    again = await _chat(page["app"], {"text": "And what did I say before?", "thread_id": thread_id})
    assert dict(again)["thread"] == thread_id
    assert "Say hello." in "".join(data for name, data in again if name == "text")


async def test_a_browser_that_leaves_in_a_tool_round_locks_nothing(page: dict[str, Any]) -> None:
    left = await _chat(page["app"], {"text": ASK}, leave_at="calls")
    thread_id = dict(left)["thread"]
    heard = await _chat(page["app"], {"text": "Say hello.", "thread_id": thread_id})
    assert ("status", "completed") in heard
    statuses = [run.status for run in (await page["runs"].list(thread_id)).data]
    assert statuses == ["completed", "cancelled"]


async def test_a_function_that_fails_is_told_to_the_model(page: dict[str, Any]) -> None:
    heard = await _chat(page["app"], {"text": 'Call get_weather {"town": "Paris"}.'})
    assert "unexpected keyword argument" in "".join(data for name, data in heard if name == "text")
