"""Cancel a task at each of its suspension points."""

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

#: When the task is cancelled: when it suspends, or when the awaited result has arrived and the task is about to resume.
When = Literal["as it waits", "as it wakes"]


@dataclass
class Steps:
    """Counts how often the tasks of a loop suspend; the suspension with the number ``fatal`` cancels ``target``."""

    fatal: int
    when: When
    target: "asyncio.Task[Any] | None" = None
    count: int = 0

    def factory(self, loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> "asyncio.Task[Any]":
        return asyncio.Task(self._counted(work), loop=loop, **more)

    async def _counted(self, work: Coroutine[Any, Any, Any]) -> Any:
        return await self._stepping(work)

    @types.coroutine
    def _stepping(self, work: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
        go_on: Callable[[Any], Any] = work.send
        given: Any = None
        while True:
            try:
                waits_for = go_on(given)
            except StopIteration as stop:
                return stop.value
            self._waiting(waits_for)
            try:
                go_on, given = work.send, (yield waits_for)
            except BaseException as problem:  # noqa: BLE001 - it is raised in the task
                go_on, given = work.throw, problem

    def _waiting(self, waits_for: Any) -> None:
        if self.target is None or self.target.done():
            return
        self.count += 1
        if self.count != self.fatal:
            return
        if self.when == "as it waits":
            self.target.cancel()
        elif waits_for is None:
            asyncio.get_running_loop().call_soon(self.target.cancel)
        else:
            waits_for.add_done_callback(lambda _: self.target and self.target.cancel())


async def cancelled_at(fatal: int, when: When, work: Callable[[], Awaitable[Any]]) -> bool:
    """Run ``work`` in a task and cancel the task at that suspension point.  False if the point was never reached."""
    loop, steps = asyncio.get_running_loop(), Steps(fatal, when)

    async def working() -> None:
        await work()

    loop.set_task_factory(steps.factory)
    try:
        steps.target = asyncio.ensure_future(working())
        with suppress(asyncio.CancelledError):
            await steps.target
    finally:
        loop.set_task_factory(None)
    return steps.count >= fatal
