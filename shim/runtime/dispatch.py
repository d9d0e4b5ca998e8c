"""Passes a request from a door to the engine, and returns the answer; the run is pumped.

A run is pumped in the background: a caller that disconnects, at any time, does not stop the run.  Written once for
blocking and async clients; behind a blocking client `drive` finishes these coroutines.
"""

import time
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from shim.engine import Engine, Reply, Request
from shim.runtime.heartbeat import Heartbeat
from shim.runtime.long_poll import until_news
from shim.runtime.pump import Pumps
from shim.runtime.unread import last
from shim.upstream.caller import calling
from shim.wire import ids
from shim.wire.errors import error

B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Answered(Generic[B]):
    """An answer to pass on.  A reader that stops before the end of ``body`` must close it."""

    status: int
    headers: dict[str, str]
    body: B
    streamed: bool


class Dispatcher(Generic[B]):
    """Answers for one engine."""

    def __init__(self, engine: Engine, heartbeat: Heartbeat, pumps: Pumps[B]) -> None:
        self.engine: Final = engine
        self._heartbeat, self._pumps = heartbeat, pumps

    async def answer(self, request: Request, engine: Engine | None = None) -> Answered[B]:
        """The engine's answer, for the caller with these headers; ``engine``: that of the caller's tenant."""
        began = time.perf_counter()
        engine = engine or self.engine
        with calling(request.headers):
            await until_news(engine.context.registry, request, engine.context.tenant, self._pumps.colour)
            reply = await self._pumps.handled(engine.handle(request))
            body = self._pumped(reply)
            if reply.afterwards is not None:
                self._pumps.after(reply.afterwards)
            if self._heartbeat.may_sweep(engine.context.tenant):
                self._pumps.after(engine.sweep)
        return Answered(reply.status, headers(reply, began), body, reply.streamed)

    async def leave(self, seconds: float) -> None:
        """Wait up to ``seconds`` for active runs, then end their streams with a last event."""
        await self._pumps.wait_for_runs(seconds)
        self._pumps.end_views(last(error("shutting_down")))

    async def finish_errands(self) -> None:
        """Wait for work that still calls the client, before the client is closed."""
        await self._pumps.errands.finish()

    async def close(self) -> None:
        """Wait for active runs; one that does not finish can be taken over when its lease ends."""
        await self._pumps.wait_for_runs()

    def _pumped(self, reply: Reply) -> B:
        if reply.events is not None and reply.streamed:
            return self._pumps.view(reply.events, reply.interruption, reply.attach)
        if reply.events is not None:
            self._pumps.work(reply.events)
        return self._pumps.whole(reply.body)


def headers(reply: Reply, began: float) -> dict[str, str]:
    """The headers of a reply, with those that every answer of the API had: programs log the request's id."""
    elapsed = str(round((time.perf_counter() - began) * 1000))
    usual = {"openai-version": "2020-10-01", "openai-processing-ms": elapsed, "x-request-id": ids.request()}
    return usual | dict(reply.headers)
