"""Brings a thread's active run up to date before the thread is read.

For a run in upstream's background, upstream is asked for its state.  A run expires when its time is over.  When the
process that drove a run has ended, another one takes it over; the run fails when too many processes have died during
its request, and is cancelled if it was being cancelled.  So a program that never retrieves a run is never locked out of
a thread.
"""

from collections.abc import Callable, Iterator
from typing import Final

from shim.engine.context import Context
from shim.engine.protocol import Emitted
from shim.engine.run import background, notes, record, recovery
from shim.engine.run.carrier import Superseded
from shim.ports import Refusal
from shim.store import messages, runs, steps, threads
from shim.store.errors import Gone, StoreFailed
from shim.store.run_memory import RunMemory
from shim.store.runs import RunRow
from shim.store.tx import Tx, brief
from shim.translate import endings, failures
from shim.translate.turn import OpenItem, Turn
from shim.wire.errors import ApiError
from shim.wire.types import Json

#: Writes the end of a run.
Ending = Callable[[Turn], Iterator[Emitted]]

ORPHANED: Final = "The process that drove this run ended before the run did."
UNSTORED: Final = "The store failed before the answer was complete."
#: Exceptions that may end a refresh and are not internal errors.
PASSING: Final = (ApiError, Gone, Refusal, StoreFailed)
DRIVEN: Final = ("queued", "in_progress", "cancelling")


async def thread(context: Context, thread_id: str) -> None:
    """Bring the thread's active run up to date, if anything is due."""
    row = await context.store.read(runs.active, thread_id)
    if row is None:
        return
    try:
        await _refresh(context, row)
    except Superseded:
        # Another process has refreshed the run at the same time and stored its result first.
        return
    except PASSING:
        raise
    except Exception:  # noqa: BLE001 - `internal_error` logs it
        # Every later refresh would fail in the same way, so the run is ended.
        why = notes.internal_error(context, row.body["id"])
        if (background_id := row.memory["background"]) is not None:
            await background.stop(context, background_id)
        await context.store.write(_fail, context, row, why)


async def _refresh(context: Context, row: RunRow) -> None:
    if _lost(context, row) and await recovery.take_over(context, row):
        return
    if _due(context, row) is not None:
        await context.store.write(active, context, row.body["thread_id"])
        if (background_id := row.memory["background"]) is not None:
            await background.stop(context, background_id)
    elif row.memory["background"]:
        await background.poll(context, row, context.clock())


@brief
def active(tx: Tx, context: Context, thread_id: str) -> Json | None:
    """The thread's active run, after the ending that is due, if any; None if no run is active."""
    row = runs.active(tx, thread_id)
    if row is None or (ending := _due(context, row)) is None:
        return row.body if row else None
    threads.lock(tx, thread_id)
    _end(tx, context, row, ending)
    return None


def _fail(tx: Tx, context: Context, seen: RunRow, why: str) -> None:
    """End the run as failed, unless another process has changed it since."""
    threads.lock(tx, seen.body["thread_id"])
    row = runs.active(tx, seen.body["thread_id"])
    if row == seen:
        _end(tx, context, row, lambda turn: endings.failed(turn, failures.last_error(None, why)))


def _end(tx: Tx, context: Context, row: RunRow, ending: Ending) -> None:
    turn = reopened(tx, context, row)
    emitted: list[Emitted] = list(ending(turn))
    record.items_of(tx, turn, None)
    record.objects_of(tx, emitted, row.memory)
    record.run_of(tx, context, turn.run, row.memory, row.body["status"])
    context.registry.notify(row.body["id"])
    context.monitor("ended", turn.run, turn.run["status"])


def _due(context: Context, row: RunRow) -> Ending | None:
    """The ending that is due, or None."""
    if context.clock() >= row.body["expires_at"]:
        return endings.lapsed
    if not _lost(context, row):
        return None
    if row.body["status"] == "cancelling":
        return endings.stopped
    if recovery.may_retry(row):
        # It can still be taken over.
        return None
    why = UNSTORED if _abandoned(context, row) else ORPHANED
    return lambda turn: endings.failed(turn, failures.last_error(None, why))


def _lost(context: Context, row: RunRow) -> bool:
    """Whether the run should be driven by a process, and is not."""
    if row.body["status"] not in DRIVEN or row.memory["background"]:
        return False
    if row.owner == context.owner and context.registry.drives(row.body["id"]):
        # Regardless of the lease, which may have been renewed too late.
        return False
    gone = row.owner is None or not context.alive(row.owner) or (row.lease_until or 0.0) < context.clock()
    return gone or _abandoned(context, row)


def _abandoned(context: Context, row: RunRow) -> bool:
    """Whether this process has released the run, and could not store that."""
    return row.owner == context.owner and context.registry.abandoned(row.body["id"])


def reopened(tx: Tx, context: Context, row: RunRow) -> Turn:
    """A stored run with its unfinished steps and messages, ready for an ending."""
    turn = Turn(row.body, context.ids, context.now, spent=row.memory["spent"])
    for step in steps.of_run(tx, row.body["id"]):
        if step["status"] != "in_progress":
            continue
        written = step["step_details"].get("message_creation")
        message = messages.get(tx, row.body["thread_id"], written["message_id"]) if written else None
        if _awaits_outputs(step, row.memory):
            step = step | {"usage": row.memory["step_usage"]}
        if message is not None and message["status"] == "completed":
            # The step was complete except for its token counts.
            turn.reopen_postponed(step)
        else:
            turn.reopen(OpenItem(step["type"], step, message=message or {}))
    return turn


def _awaits_outputs(step: Json, memory: RunMemory) -> bool:
    """Whether a step is that of the calls whose outputs the run required last: its tokens are known."""
    made = [call for call in step["step_details"].get("tool_calls") or () if call["type"] == "function"]
    return bool(made) and all(call["id"] in memory["call_ids"] for call in made)
