"""How late an event loop is: every event that it carries is as late."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

#: Seconds between two looks.
PAUSE: Final = 1.0


class Lag:
    """Looks at its loop once a second, from `start` to `stop`, and tells ``seen`` how many seconds that was late."""

    def __init__(self, seen: Callable[[float], None], pause: float = PAUSE) -> None:
        self._seen, self._pause = seen, pause
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._look(), name="shim-lag")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _look(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + self._pause
            await asyncio.sleep(self._pause)
            self._seen(max(0.0, clock() - due))
