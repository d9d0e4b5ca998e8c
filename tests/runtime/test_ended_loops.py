"""Runs whose task or loop has ended."""

import asyncio

from shim.engine.protocol import DONE, Events
from shim.engine.registry import Registry
from shim.runtime import pump


async def _events(steps: list[str]) -> Events:
    steps.append("begun")
    yield [DONE]
    steps.append("done")


def test_a_pump_that_is_cancelled_before_its_first_step_starts_nevertheless() -> None:
    async def main() -> list[str]:
        steps: list[str] = []
        pumps = pump.Tasks()
        pumps.work(_events(steps))
        for task in list(pumps._running):
            task.cancel()
        await asyncio.sleep(0)
        await pumps.join(5)
        return steps

    assert asyncio.run(main()) == ["begun", "done"]


def test_a_closed_loop_drives_no_run() -> None:
    running = Registry(pump.liveness)
    running.enter("run_thread", None)

    async def main() -> None:
        running.enter("run_loop", None)
        assert running.runs() == [("", "run_thread"), ("", "run_loop")]

    asyncio.run(main())
    assert running.runs() == [("", "run_thread")]
    assert (running.abandoned("run_loop"), running.drives("run_loop")) == (True, False)
    rung: list[str] = []
    assert not running.watch("run_loop", lambda: rung.append("rung"))
    running.notify("run_loop")
    assert not running.abandoned("run_loop")
    assert running.drives("run_thread")
