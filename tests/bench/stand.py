"""The set-up for all variants, done before the measurement: clients of both kinds, an assistant, threads."""

import json
import os
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import openai

import shim
from shim.engine import Context, Engine, Request
from shim.engine.protocol import encode
from shim.ports import Answer, Call, Listener, Profile
from shim.runtime import drive, pump
from shim.store.database import AsyncStore, Database, SyncStore, database
from shim.wire import ids, sse
from tests.bench import bodies
from tests.bench.served import Served, served

#: Ids of the threads whose runs the upstream serves as reference streams: the shim's output, and the same output
#: without merged deltas.
THREAD: Final = "thread_bench"
UNMERGED: Final = "thread_unmerged"
ASSISTANT: Final = {"model": "gpt-4o-mini", "instructions": "Answer."}
QUESTION: Final = {"messages": [{"role": "user", "content": "Go on."}]}
OPTIONS: Final[dict[str, Any]] = {"api_key": "bench", "max_retries": 0, "timeout": 30.0}


class Prepared:
    """An upstream without a network: the prepared pieces are parsed by the project's own reader."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def profile(self) -> Profile:
        return Profile("other")

    async def stream(self, body: Any, call: Call) -> Answer:
        return self  # type: ignore[return-value]

    async def events(self) -> AsyncGenerator[list[Any], None]:
        reader = sse.Reader()
        for piece in self._pieces:
            yield reader.feed(piece)

    async def close(self) -> None:
        """Nothing to do: no connection is open."""

    def listen(self, listener: Listener) -> None:
        """Nothing to do: no read is waited for."""

    def interrupt(self) -> None:
        """Nothing to do: no call is waiting."""


@dataclass
class Stand:
    """The set-up for one size of bursts. ``pieces`` is the answer, ``events`` the shim's output for it, ``unmerged``
    the same output without merged deltas, ``length`` the number of characters of the answer. The clients ``plain`` and
    ``shimmed`` use the same upstream.
    """

    base: Database
    pieces: list[bytes]
    events: list[bytes]
    unmerged: list[bytes]
    url: str
    server: Served
    length: int

    def __post_init__(self) -> None:
        self.plain = openai.OpenAI(base_url=self.url, **OPTIONS)
        self.async_plain = openai.AsyncOpenAI(base_url=self.url, **OPTIONS)
        self.shimmed = shim.OpenAI(base_url=self.url, **OPTIONS)
        self.async_shimmed = shim.AsyncOpenAI(base_url=self.url, **OPTIONS)
        self.engine = engine(SyncStore(self.base), self.pieces)
        self.async_engine = engine(AsyncStore(self.base), self.pieces)
        self.assistant: str = self.shimmed.beta.assistants.create(**ASSISTANT).id

    async def aclose(self) -> None:
        """Close every client."""
        self.plain.close()
        self.shimmed.close()
        await self.async_plain.close()
        await self.async_shimmed.close()

    def thread(self) -> str:
        """The id of a new thread with one question."""
        made: str = self.shimmed.beta.threads.create(**QUESTION).id
        return made

    def run_request(self) -> Request:
        """The request for a streamed run on a new thread, as a client passes it to the engine."""
        body = json.dumps({"assistant_id": self.assistant, "stream": True}).encode()
        return Request("POST", f"threads/{self.thread()}/runs", body=body)


def engine(store: Any, pieces: list[bytes]) -> Engine:
    """An engine without SDK and network."""
    return Engine(Context(store, Prepared(pieces), time.time, ids.new, pump.owner, pump.alive))


def _events(base: Database, pieces: list[bytes]) -> list[bytes]:
    """The shim's output for the answer, one piece for each batch: the old API's stream, ready to be served."""
    alone = engine(SyncStore(base), pieces)

    def post(path: str, body: Any) -> Any:
        return drive.finish(alone.handle(Request("POST", path, body=json.dumps(body).encode())))

    assistant = json.loads(post("assistants", ASSISTANT).body)["id"]
    thread = json.loads(post("threads", QUESTION).body)["id"]
    reply = post(f"threads/{thread}/runs", {"assistant_id": assistant, "stream": True})
    return [encode(batch) for batch in drive.drain(reply.events)]


def _bundled(pieces: list[bytes], burst: int) -> list[bytes]:
    """The old API's stream with an event for each delta, and ``burst`` events in each piece."""
    deltas = [piece for piece in pieces if piece.startswith(b"event: thread.message.delta")]
    start = pieces.index(deltas[0])
    bundles = [b"".join(deltas[place : place + burst]) for place in range(0, len(deltas), burst)]
    return [*pieces[:start], *bundles, *pieces[start + len(deltas) :]]


@contextmanager
def stands(deltas: int, bursts: tuple[int, ...]) -> Iterator[dict[int, Stand]]:
    """A `Stand` for each size of bursts; all use one upstream and one database."""
    length = len("".join(bodies.random_texts(deltas)))
    with TemporaryDirectory() as folder, _environment(f"sqlite:///{Path(folder) / 'bench.db'}") as url:
        base = database(url)
        cut = {burst: bodies.pieces(deltas, burst) for burst in bursts}
        events = {burst: _events(base, pieces) for burst, pieces in cut.items()}
        answers = {f"/{burst}/responses": cut[burst] for burst in bursts}
        unmerged = {burst: _bundled(_events(base, bodies.pieces(deltas, 1)), burst) for burst in bursts}
        answers |= {f"/{burst}/threads/{THREAD}/runs": events[burst] for burst in bursts}
        answers |= {f"/{burst}/threads/{UNMERGED}/runs": unmerged[burst] for burst in bursts}
        with served(answers) as server:
            yield {
                burst: Stand(base, cut[burst], events[burst], unmerged[burst], f"{server.url}/{burst}", server, length)
                for burst in bursts
            }


@contextmanager
def _environment(url: str) -> Iterator[str]:
    """Remove the user's own settings from the environment, and use another database than the user's."""
    environment = dict(os.environ)
    for name in environment:
        if name.startswith(("SHIM_", "OPENAI_")) or name.lower().endswith("_proxy"):
            with suppress(KeyError):
                del os.environ[name]
    os.environ["SHIM_DATABASE_URL"] = url
    try:
        yield url
    finally:
        os.environ.clear()
        os.environ.update(environment)
