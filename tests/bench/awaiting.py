"""The variants with async clients: like `tests.bench.blocking`, but the timed function is a coroutine."""

import warnings
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import openai

from tests.bench.blocking import report_texts
from tests.bench.stand import THREAD, UNMERGED, Stand
from tests.bench.watch import Watch

Timed = Callable[[Watch], Awaitable[None]]


def create(stand: Stand) -> Timed:
    async def read(watch: Watch) -> None:
        async for event in await stand.async_plain.responses.create(model="gpt-4o-mini", input="Go on.", stream=True):
            if event.type == "response.output_text.delta":
                watch.record(event.delta)

    return read


def stream(stand: Stand) -> Timed:
    async def read(watch: Watch) -> None:
        async with stand.async_plain.responses.stream(model="gpt-4o-mini", input="Go on.") as events:
            async for event in events:
                if event.type == "response.output_text.delta":
                    watch.record(event.delta)

    return read


def _loop(runs: Any, thread: str, assistant: str) -> Timed:
    async def read(watch: Watch) -> None:
        async for event in await runs.create(thread_id=thread, assistant_id=assistant, stream=True):
            if event.event == "thread.message.delta":
                for part in event.data.delta.content:
                    watch.record(part.text.value)

    return read


class Handler(openai.AsyncAssistantEventHandler):
    """The application's event handler."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    async def on_text_delta(self, delta: Any, snapshot: Any) -> None:
        self.watch.record(delta.value)


def _handler(runs: Any, thread: str, assistant: str) -> Timed:
    async def read(watch: Watch) -> None:
        async with runs.stream(thread_id=thread, assistant_id=assistant, event_handler=Handler(watch)) as events:
            await events.until_done()

    return read


def shim_create(stand: Stand) -> Timed:
    return _loop(stand.async_shimmed.beta.threads.runs, stand.thread(), stand.assistant)


def shim_handler(stand: Stand) -> Timed:
    return _handler(stand.async_shimmed.beta.threads.runs, stand.thread(), stand.assistant)


def direct_create(stand: Stand) -> Timed:
    return _unwarned(_loop(stand.async_plain.beta.threads.runs, THREAD, stand.assistant))


def direct_handler(stand: Stand) -> Timed:
    return _unwarned(_handler(stand.async_plain.beta.threads.runs, THREAD, stand.assistant))


def unmerged_handler(stand: Stand) -> Timed:
    return _unwarned(_handler(stand.async_plain.beta.threads.runs, UNMERGED, stand.assistant))


def _unwarned(read: Timed) -> Timed:
    async def quietly(watch: Watch) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            await read(watch)

    return quietly


def alone(stand: Stand) -> Timed:
    """The engine without the SDK and without a network: it reads prepared bytes, and its output is encoded."""
    request = stand.run_request()

    async def read(watch: Watch) -> None:
        reply = await stand.async_engine.handle(request)
        assert reply.events is not None
        async with aclosing(reply.events) as batches:
            async for batch in batches:
                report_texts(watch, batch)

    return read
