"""The program on the page about browsers runs: one request, one stream, two functions."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.docs.blocks import blocks

ASK = 'Call get_weather {"city": "Paris"}, then get_time {"city": "Paris"}.'
#: The ids, names and data of events.
Heard = list[tuple[str, str, Any]]


@pytest.fixture
async def page(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, Any]]:
    """The page's program as a namespace, started."""
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    (program,) = blocks("docs/how-to/stream-to-a-browser.md")
    names: dict[str, Any] = {"__name__": "chat"}
    exec(compile(program, "chat.py", "exec"), names)
    async with names["lifespan"](names["app"]):
        yield names


async def _chat(
    app: Any, request: dict[str, Any] | None = None, leave_at: str | None = None, resume: tuple[str, str] | None = None
) -> Heard:
    """Send a request as a server would pass it to the application; the reader may disconnect after an event."""
    events: Heard = []
    gone = asyncio.Event()
    body = [{"type": "http.request", "body": json.dumps(request).encode()}]

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        for event in message.get("body", b"").decode().split("\n\n")[:-1]:
            lines = dict(line.split(": ", 1) for line in event.split("\n") if not line.startswith(":"))
            if lines:
                data = lines["data"]
                events.append((lines.get("id", ""), lines["event"], data if data == "[DONE]" else json.loads(data)))
                if events[-1][1] == leave_at:
                    gone.set()
                    await asyncio.Event().wait()

    method, path, headers = "POST", "/chat", [(b"content-type", b"application/json")]
    if resume is not None:
        method, path, headers = "GET", f"/chat/{resume[0]}", [(b"last-event-id", resume[1].encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": headers, "query_string": b""}
    await app(scope, receive, send)
    return events


def text(events: Heard) -> str:
    deltas = [data["delta"]["content"] for _, name, data in events if name == "thread.message.delta"]
    return "".join(part["text"]["value"] for content in deltas for part in content)


async def test_one_stream_through_two_functions(page: dict[str, Any]) -> None:
    events = await _chat(page["app"], {"text": ASK})
    names = [name for _, name, _ in events]
    assert names.count("thread.run.requires_action") == 2
    assert names[-2:] == ["thread.run.completed", "done"]
    assert names.count("thread.message.delta") > 5, "the text comes word by word"
    assert 'get_weather returned "{"city":"Paris","celsius":19}"' in text(events)
    assert 'get_time returned "{"city":"Paris","time":"14:05"}"' in text(events)


async def test_the_next_message_is_taken_in_the_same_thread(page: dict[str, Any]) -> None:
    thread_id = (await _chat(page["app"], {"text": "Say hello."}))[0][2]["thread_id"]
    again = await _chat(page["app"], {"text": "And what did I say before?", "thread_id": thread_id})
    assert "Say hello." in text(again)


async def test_a_browser_that_disconnects_in_a_tool_round_gets_the_rest(page: dict[str, Any]) -> None:
    left = await _chat(page["app"], {"text": ASK}, leave_at="thread.run.requires_action")
    last, _, run = left[-1]
    rest = await _chat(page["app"], resume=(run["thread_id"], last))
    assert [name for _, name, _ in rest][-2:] == ["thread.run.completed", "done"]
    assert "get_time returned" in text(rest)
    assert len((await page["client"].beta.threads.runs.list(run["thread_id"])).data) == 1


async def test_the_model_gets_the_error_of_a_wrong_call(page: dict[str, Any]) -> None:
    assert "city: Field required" in text(await _chat(page["app"], {"text": 'Call get_weather {"town": "Paris"}.'}))
