"""A WSGI and an ASGI application with clients that are made, and used, when the module is imported."""

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from conversations import TOOLS, talk, talk_async

from shim import AsyncOpenAI, OpenAI

client, awaited = OpenAI(), AsyncOpenAI()
#: Before the workers are forked: after this, connections to upstream and the database are open, and the heartbeat runs.
ASSISTANT = client.beta.assistants.create(model="gpt-4o", tools=TOOLS).id  # type: ignore[arg-type]
talk(client, ASSISTANT, "stream", "before the fork")
JSON = ("content-type", "application/json")


def wsgi(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
    given = dict(parse_qsl(environ["QUERY_STRING"]))
    start("200 OK", [JSON])
    if "essay" in given:
        return _essay(given["essay"])
    return iter([json.dumps(talk(client, ASSISTANT, **given)).encode()])


def _essay(thread: str) -> Iterator[bytes]:
    """A long answer, streamed; its first line is the process id of the worker."""
    client.beta.threads.messages.create(thread, role="user", content="slowly essay-400")
    with client.beta.threads.runs.stream(thread_id=thread, assistant_id=ASSISTANT) as events:
        begun = False
        for text in events.text_deltas:
            yield b"" if begun else f"{os.getpid()}\n".encode()
            begun = True
            yield text.encode()


async def asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    given = dict(parse_qsl(scope["query_string"].decode()))
    headers = [tuple(each.encode() for each in JSON)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if "essay" in given:
        await _essay_async(given["essay"], send)
        return
    result = await talk_async(awaited, ASSISTANT, **given)
    await send({"type": "http.response.body", "body": json.dumps(result).encode()})


async def _essay_async(thread: str, send: Any) -> None:
    threads = awaited.beta.threads
    await threads.messages.create(thread, role="user", content="slowly essay-400")
    async with threads.runs.stream(thread_id=thread, assistant_id=ASSISTANT) as events:
        begun = False
        async for text in events.text_deltas:
            body = text if begun else f"{os.getpid()}\n{text}"
            begun = True
            await send({"type": "http.response.body", "body": body.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": b""})
