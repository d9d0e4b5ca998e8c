"""One transaction of a run: a batch of events is committed before it is sent."""

from dataclasses import dataclass

from shim.engine.protocol import Emitted
from shim.engine.run import container_files, record
from shim.engine.run.state import RunState
from shim.store import journal, run_memory, runs, threads
from shim.store.errors import Gone
from shim.store.run_memory import RunMemory
from shim.store.tx import Tx, brief, urgent
from shim.wire.types import Json


@dataclass(frozen=True, slots=True)
class Stored:
    """The result of a transaction, for `RunState.stored`."""

    run: Json
    memory: RunMemory


@dataclass(frozen=True, slots=True)
class Moved:
    """Nothing was stored, as the run's status had been changed: the run as it is stored now."""

    run: Json


@urgent
def commit(tx: Tx, state: RunState, emitted: list[Emitted]) -> Stored | Moved:
    """Store a batch of events.  The state is not changed, so that the transaction can be repeated."""
    context, turn, run = state.context, state.turn, state.run
    threads.in_turn(tx, run["thread_id"])
    current = runs.get(tx, run["thread_id"], run["id"])
    if current is None:
        raise Gone
    if current.body["status"] != state.stored_status or current.owner not in (None, context.owner):
        return Moved(current.body)
    memory = run_memory.rejoined(state.memory, current.memory)
    response = turn.terminal or state.response
    if not state.noted and (response_id := response.get("id")):
        record.begun(tx, context, run, response_id, state.sent.previous)
        memory = run_memory.answered(memory, response_id)
        if turn.terminal is not None:
            # The response had no id until now.
            journal.name(tx, run["id"], response_id)
    record.objects_of(tx, emitted, memory)
    record.items_of(tx, turn, response.get("id"))
    record.amended_of(tx, turn, memory)
    container_files.store_fetched(tx, run["thread_id"], state.files)
    if turn.ended:
        memory = record.ending_of(tx, turn, memory, response, state.chained)
    run = run | {"metadata": current.body["metadata"]}
    record.run_of(tx, context, run, memory, state.stored_status)
    return Stored(run, memory)


@brief
def hand_over(tx: Tx, state: RunState, response_id: str) -> Stored:
    """Store that upstream works on the run in its background and no process drives it.  Returns the stored run, which
    may have been cancelled meanwhile.
    """
    context, run = state.context, state.run
    current = runs.get(tx, run["thread_id"], run["id"])
    if current is None:
        raise Gone
    record.begun(tx, context, run, response_id, state.sent.previous)
    memory = run_memory.rejoined(state.memory, current.memory)
    memory = run_memory.answered(memory, response_id) | {"background": response_id}
    lease: runs.Lease = {"owner": None, "lease_until": None}
    runs.move(tx, current.body, memory, frozenset({state.stored_status, "cancelling"}), **lease)
    return Stored(current.body, memory)
