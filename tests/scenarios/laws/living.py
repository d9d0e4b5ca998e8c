"""A thread whose runs are driven by real pumps, and an upstream that sends an event only on demand.

Every wait ends when a pump is idle: it waits for upstream's next read, or has finished.
"""

import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from typing import Any, Final

from shim.engine.protocol import Emitted, Events, Reply
from shim.engine.run import recovery
from shim.ports import Call, Listener, Refusal
from shim.runtime import drive
from shim.runtime.heartbeat import Heartbeat
from shim.runtime.pump import Threads
from shim.runtime.unread import Patience
from shim.store.database import Database
from tests.engine.scripted import Harness, Upstream

Json = dict[str, Any]
#: A pump that is not idle after so many seconds fails the test.
PATIENCE: Final = 10
NUMBERS: Final = count(1)


class Answer:
    """An open response, read by a pump in its own thread."""

    def __init__(self, rest: threading.Event) -> None:
        self.id, self._rest = f"resp_{next(NUMBERS)}", rest
        self._reads: SimpleQueue[list[Json] | Refusal | None] = SimpleQueue()

    def send(self, read: list[Json] | Refusal | None) -> None:
        """Send one network read; or let the connection fail, or end."""
        self._rest.clear()
        self._reads.put(read)

    async def events(self) -> AsyncGenerator[list[Json], None]:
        while True:
            self._rest.set()
            if isinstance(read := self._reads.get(), Refusal):
                raise read
            if read is None:
                return
            yield read

    async def close(self) -> None:
        pass

    def listen(self, listener: Listener) -> None:
        pass

    def interrupt(self) -> None:
        self.send(None)


@dataclass
class Pump:
    """A run that is being driven: its answer once upstream has opened it, the emitted events, and its reader."""

    rest: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    emitted: list[Emitted] = field(default_factory=list)
    over: bool = False
    view: Iterator[bytes] | None = None

    async def watched(self, events: Events) -> Events:
        try:
            async with aclosing(events) as batches:
                async for batch in batches:
                    self.emitted += batch
                    yield batch
        finally:
            self.over = True
            self.rest.set()

    def settle(self) -> None:
        assert self.rest.wait(PATIENCE), "a pump hangs"


class Sayer(Upstream):
    """An upstream that opens answers without any event, or refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.refusal: Refusal | None = None
        self.opening: Pump | None = None

    async def stream(self, body: Json, call: Call) -> Answer:  # type: ignore[override]
        self.bodies.append(body)
        if self.refusal is not None:
            raise self.refusal
        assert self.opening is not None
        self.opening.answer = Answer(self.opening.rest)
        return self.opening.answer


class Place:
    """The engine around one thread: this process, and later ones that may take its run over."""

    def __init__(self, base: Database) -> None:
        harness = Harness(base)
        harness.upstream = self.upstream = Sayer()
        # The engine was created with another upstream; this replaces it.
        object.__setattr__(harness.context, "upstream", self.upstream)
        self.harness, self.pumps = harness, Threads(Patience(1_000_000, PATIENCE), PATIENCE)
        self.pump: Pump | None = None
        self.left: list[Pump] = []

    def call(self, method: str, path: str, body: Json | None = None, query: Json | None = None) -> Reply:
        """Send a request; a pump drives the run that it starts.  Raises `Refused`."""
        self.upstream.opening = pump = Pump()
        reply = self.harness.reply(method, path, body, query)
        if reply.events is not None:
            self.pump = pump
            events = pump.watched(reply.events)
            if reply.streamed:
                pump.view = self.pumps.view(events)
                next(pump.view)
            else:
                self.pumps.work(events)
        self.settle()
        return reply

    def settle(self) -> None:
        if self.pump is not None:
            self.pump.settle()

    def send(self, read: list[Json] | Refusal | None) -> None:
        """Upstream sends one network read to the run that is being driven."""
        assert self.pump is not None
        assert self.pump.answer is not None
        self.pump.answer.send(read)
        self.settle()

    @property
    def answer(self) -> Answer:
        assert self.pump is not None
        assert self.pump.answer is not None
        return self.pump.answer

    def leave(self) -> None:
        """The reader disconnects: its generator is closed, as the SDK does it."""
        assert self.pump is not None
        assert self.pump.view is not None
        self.pump.view.close()  # type: ignore[attr-defined]
        self.pump.view = None

    def wait(self, seconds: float) -> None:
        """Let time pass, then run the heartbeat of the process."""
        self.harness.clock.time += seconds
        heartbeat = Heartbeat(self.harness.context, self.harness.base)
        heartbeat.check()
        heartbeat.renew()
        self.settle()

    def die(self, thread_id: str) -> None:
        """This process and all that may repeat its request die; the next calls go to yet another process.

        The pump of this process is only paused, see `wake`.
        """
        if self.pump is not None:
            self.left.append(self.pump)
        for _ in range(recovery.MAX_LOST_PROCESSES - 1):
            self.harness = self._next(self.harness)
            object.__setattr__(self.harness.context, "pump", lambda events: drive.finish(events.aclose()))
            self.harness.get(f"threads/{thread_id}")
        self.harness = self._next(self.harness)
        self.pump = None

    def _next(self, before: Harness) -> Harness:
        before.living.discard(before.context.owner)
        return before.elsewhere(f"process {next(NUMBERS)}")

    def wake(self) -> None:
        """Paused pumps continue, although their runs have been taken over."""
        for pump in self.left:
            if not pump.over:
                assert pump.answer is not None
                pump.answer.send(None)
                pump.settle()
        self.left = []

    def end(self) -> None:
        if self.pump is not None and not self.pump.over:
            self.send(None)
        self.wake()
        self.pumps.join()
        self.pump = None
