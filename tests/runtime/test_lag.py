"""The delay of the loop is measured repeatedly, until `stop`."""

import asyncio
import time

from shim.runtime.lag import Lag


async def test_a_blocked_loop_is_late() -> None:
    seen: list[float] = []
    measured = asyncio.Event()

    def hear(late: float) -> None:
        seen.append(late)
        measured.set()

    lag = Lag(hear, pause=0.01)
    lag.start()
    await asyncio.sleep(0)
    time.sleep(0.2)  # the loop cannot run anything meanwhile
    await measured.wait()
    assert seen[0] >= 0.15
    await lag.stop()
    count = len(seen)
    await asyncio.sleep(0.05)
    assert len(seen) == count


async def test_a_measurement_that_was_not_started_can_be_stopped() -> None:
    await Lag(lambda late: None).stop()
