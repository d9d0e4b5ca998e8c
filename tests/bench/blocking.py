"""The variants with blocking clients.

Each function prepares a variant and returns the function that is timed. The timed function reads one stream and
reports each text to the watch.
"""

import socket
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import openai

from shim.engine.protocol import Emitted, encode
from shim.runtime import drive
from tests.bench.stand import THREAD, UNMERGED, Stand
from tests.bench.upstream import END
from tests.bench.watch import Watch

Timed = Callable[[Watch], None]


def bare(stand: Stand) -> Timed:
    """The same bytes read from a socket without parsing: the cost of the upstream alone."""
    address = urlsplit(f"{stand.url}/responses")

    def read(watch: Watch) -> None:
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(f"POST {address.path} HTTP/1.1\r\ncontent-length: 0\r\n\r\n".encode())
            while not (data := connection.recv(65536)).endswith(END):
                watch.record("")
        assert data

    return read


def create(stand: Stand) -> Timed:
    def read(watch: Watch) -> None:
        for event in stand.plain.responses.create(model="gpt-4o-mini", input="Go on.", stream=True):
            if event.type == "response.output_text.delta":
                watch.record(event.delta)

    return read


def stream(stand: Stand) -> Timed:
    def read(watch: Watch) -> None:
        with stand.plain.responses.stream(model="gpt-4o-mini", input="Go on.") as events:
            for event in events:
                if event.type == "response.output_text.delta":
                    watch.record(event.delta)

    return read


def _loop(runs: Any, thread: str, assistant: str) -> Timed:
    def read(watch: Watch) -> None:
        for event in runs.create(thread_id=thread, assistant_id=assistant, stream=True):
            if event.event == "thread.message.delta":
                for part in event.data.delta.content:
                    watch.record(part.text.value)

    return read


class Handler(openai.AssistantEventHandler):
    """The application's event handler."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def on_text_delta(self, delta: Any, snapshot: Any) -> None:
        self.watch.record(delta.value)


def _handler(runs: Any, thread: str, assistant: str) -> Timed:
    def read(watch: Watch) -> None:
        with runs.stream(thread_id=thread, assistant_id=assistant, event_handler=Handler(watch)) as stream:
            stream.until_done()

    return read


def shim_create(stand: Stand) -> Timed:
    return _loop(stand.shimmed.beta.threads.runs, stand.thread(), stand.assistant)


def shim_handler(stand: Stand) -> Timed:
    return _handler(stand.shimmed.beta.threads.runs, stand.thread(), stand.assistant)


def direct_create(stand: Stand) -> Timed:
    return _unwarned(_loop(stand.plain.beta.threads.runs, THREAD, stand.assistant))


def direct_handler(stand: Stand) -> Timed:
    return _unwarned(_handler(stand.plain.beta.threads.runs, THREAD, stand.assistant))


def unmerged_handler(stand: Stand) -> Timed:
    return _unwarned(_handler(stand.plain.beta.threads.runs, UNMERGED, stand.assistant))


def _unwarned(read: Timed) -> Timed:
    def quietly(watch: Watch) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            read(watch)

    return quietly


def alone(stand: Stand) -> Timed:
    """The engine without the SDK and without a network: it reads prepared bytes, and its output is encoded."""
    request = stand.run_request()

    def read(watch: Watch) -> None:
        reply = drive.finish(stand.engine.handle(request))
        assert reply.events is not None
        for batch in drive.drain(reply.events):
            report_texts(watch, batch)

    return read


def report_texts(watch: Watch, batch: list[Emitted]) -> None:
    """Encode a batch, as the server does, and report its texts to the watch, as an application would."""
    encode(batch)
    for name, data in batch:
        if name == "thread.message.delta":
            watch.record(data["delta"]["content"][0]["text"]["value"])
