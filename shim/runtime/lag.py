"""Measures the delay of an event loop, by which every event is delayed as well."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

#: Seconds between two measurements.
PAUSE: Final = 1.0


class Lag:
    """Measures the delay once a second, from `start` to `stop`, and calls ``seen`` with it, in seconds."""

    def __init__(self, observe: Callable[[float], None], pause: float = PAUSE) -> None:
        self._observe, self._pause = observe, pause
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._measure(), name="shim-lag")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _measure(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + self._pause
            await asyncio.sleep(self._pause)
            self._observe(max(0.0, clock() - due))
