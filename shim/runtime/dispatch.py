"""Where the doors on asyncio hand a request to the engine, and get back an answer whose run is under way.

What a run has still to do is pumped in a task of its own: a caller who leaves, whenever that is, leaves the run alone.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from shim.engine import Engine, Reply, Request
from shim.runtime.heartbeat import Heartbeat
from shim.runtime.long_poll import hold_async
from shim.runtime.pump import Tasks
from shim.runtime.unread import last
from shim.upstream.caller import calling
from shim.wire import ids
from shim.wire.errors import error


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to pass on.  Whoever leaves before the end of ``body`` closes it."""

    status: int
    headers: dict[str, str]
    body: AsyncGenerator[bytes, None]
    streamed: bool


class Dispatcher:
    """Answers for one engine."""

    def __init__(self, engine: Engine, heartbeat: Heartbeat, pumps: Tasks) -> None:
        self.engine: Final = engine
        self._heartbeat, self._pumps = heartbeat, pumps

    async def answer(self, asked: Request, engine: Engine | None = None) -> Answered:
        """What the engine says, for the caller whose headers these are; ``engine``: the one of his tenant."""
        began = time.perf_counter()
        mine = engine or self.engine
        with calling(asked.headers):
            await hold_async(mine.world.registry, asked, mine.world.tenant)
            reply = await self._handled(mine, asked)
            if self._heartbeat.may_sweep(mine.world.tenant):
                self._pumps.work(mine.sweep())
            return Answered(reply.status, headers(reply, began), self._pumped(reply), reply.streamed)

    async def leave(self, seconds: float) -> None:
        """Wait so long for runs still going, then end their streams with a last event."""
        await self._pumps.join(seconds)
        self._pumps.end_views(last(error("shutting_down")))

    async def close(self) -> None:
        """Wait for runs still going; what is left ends by its lease."""
        await self._pumps.join(self._pumps.grace)

    async def _handled(self, engine: Engine, asked: Request) -> Reply:
        """In a task of its own, so that a caller who gives up cancels it but once, and what it has begun is undone
        before he hears of it.  Some libraries cancel their tasks again at every await.
        """
        task = asyncio.create_task(engine.handle(asked))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            while not task.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([task])
            if not task.cancelled() and task.exception() is None:
                # It was too late to undo anything: what has begun goes on, and nobody reads it.
                self._abandoned(task.result())
            raise

    def _abandoned(self, reply: Reply) -> None:
        if reply.events is not None:
            self._pumps.work(reply.events)

    def _pumped(self, reply: Reply) -> AsyncGenerator[bytes, None]:
        if reply.events is not None and reply.streamed:
            return self._pumps.view(reply.events, reply.interruption)
        if reply.events is not None:
            self._pumps.work(reply.events)
        return _once(reply.body)


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def headers(reply: Reply, began: float) -> dict[str, str]:
    """What every answer of the API carried, besides what this one says: programs log the request's id."""
    elapsed = str(round((time.perf_counter() - began) * 1000))
    usual = {"openai-version": "2020-10-01", "openai-processing-ms": elapsed, "x-request-id": ids.request()}
    return usual | dict(reply.headers)
