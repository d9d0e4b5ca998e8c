"""A run that a process drives, whose request has not been sent upstream yet."""

from typing import Any

from shim.engine.run import chain, record
from shim.engine.run.state import RunState
from shim.store import run_memory, runs
from shim.store.runs import RunRow
from shim.wire import objects
from tests.engine.scripted import Harness

Json = dict[str, Any]
MODEL = "gpt-4o"


def drive(harness: Harness, thread: str, **shown: Any) -> RunState:
    """A stored run of a thread, with its next request.  ``shown``: fields of the run."""
    number = len(harness.get(f"threads/{thread}/runs")["data"]) + 1
    run = objects.run(f"run_{thread}_{number}", harness.context.now(), thread, "asst_1") | {"model": MODEL} | shown
    memory = run_memory.blank(MODEL, {}, [])
    lease = harness.clock() + harness.context.lease
    harness.base.write(runs.insert, run, memory, harness.context.owner, lease)
    sent = harness.base.read(chain.prepare, harness.context, run, memory)
    return RunState(harness.context, record.turn_of(harness.context, run, memory), memory, sent, run["status"])


def stored(harness: Harness, state: RunState) -> RunRow:
    """The run as the store has it."""
    found = harness.base.read(runs.get, state.run["thread_id"], state.run["id"])
    assert found is not None
    return found
