"""Who polls a run through the SDK's helpers is answered when there is something to tell.

Asked every few milliseconds, fifty callers would leave the runs that they wait for no time to go on.  So where this
process drives the run, the answer is held until the run is done or wants something, for `HOLD` seconds at most.
Whoever retrieves a run by himself, or names an interval, is answered at once.
"""

import asyncio
import threading
from contextlib import suppress
from functools import partial
from typing import Final

from shim.engine import Request, Running
from shim.engine.routes import polled_run

#: Seconds, at most: well below what anybody waits for an answer.
HOLD: Final = 1.0


def hold(running: Running, asked: Request) -> None:
    """Behind a blocking client."""
    run_id = polled_run(asked)
    if run_id is None:
        return
    bell = threading.Event()
    if running.watch(run_id, bell.set):
        bell.wait(HOLD)
        running.unwatch(run_id, bell.set)


async def hold_async(running: Running, asked: Request) -> None:
    """The same for doors on asyncio."""
    run_id = polled_run(asked)
    if run_id is None:
        return
    bell = asyncio.Event()
    ring = partial(_ring, asyncio.get_running_loop(), bell)
    if running.watch(run_id, ring):
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), HOLD)
        finally:
            running.unwatch(run_id, ring)


def _ring(loop: asyncio.AbstractEventLoop, bell: asyncio.Event) -> None:
    # Who waited may be gone, and his loop with him.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(bell.set)
