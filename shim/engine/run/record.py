"""Stores a run's events, one transaction for each network read; events are sent after they are stored."""

from shim import lifecycle
from shim.engine.context import Context
from shim.engine.protocol import Emitted
from shim.store import journal, messages, responses, runs, steps, threads
from shim.store.run_memory import RunMemory, Tip
from shim.store.tx import Tx
from shim.translate import calls, items
from shim.translate.turn import Turn
from shim.wire.types import Json

DELTAS = ("thread.message.delta", "thread.run.step.delta")


def turn_of(context: Context, run: Json, memory: RunMemory, body: Json | None = None) -> Turn:
    """A turn for the run's next response.  ``body``: the request that continues the run."""
    return Turn(
        run,
        context.ids,
        context.now,
        spent=memory["spent"],
        call_ids=dict(memory["call_ids"]),
        citations=memory["citations"],
        images=list(memory["images"]),
        caller_body=body or {},
    )


def objects_of(tx: Tx, emitted: list[Emitted], memory: RunMemory) -> None:
    """Save the messages and steps that the events show, each in its latest form."""
    latest: dict[str, tuple[str, Json]] = {}
    for name, data in emitted:
        if name not in DELTAS and data.get("object") in ("thread.message", "thread.run.step"):
            latest[data["id"]] = data["object"], data
    for kind, data in latest.values():
        if kind == "thread.message":
            messages.save(tx, labelled(data, memory))
        else:
            steps.save(tx, data)


def labelled(message: Json, memory: RunMemory) -> Json:
    """A message with the metadata that the program has given it since it was created."""
    changed = memory["message_metadata"].get(message["id"])
    return message if changed is None else message | {"metadata": changed}


def begun(tx: Tx, context: Context, run: Json, response_id: str, previous: str | None) -> None:
    """Note a response as soon as its id is known, so that any process can fetch it."""
    responses.insert(tx, response_id, run["thread_id"], run["id"], previous, context.now())


def abandoned(tx: Tx, context: Context, run: Json, response_id: str, previous: str | None) -> None:
    """Note a response that is dropped before any event is sent, so that it is deleted upstream like the others."""
    begun(tx, context, run, response_id, previous)
    responses.finish(tx, response_id, "cancelled", None)


def items_of(tx: Tx, turn: Turn, response_id: str | None) -> None:
    """Journal the items that upstream has finished."""
    run = turn.run
    for key, item in turn.done:
        opened = turn.items.get(key)
        message = opened.message if opened is not None else None
        journal.append(
            tx,
            run["thread_id"],
            "out",
            items.journalled(item, opened.call.get("id") if opened is not None else None),
            run_id=run["id"],
            response_id=response_id,
            message_id=message["id"] if message else None,
        )


def amended_of(tx: Tx, turn: Turn, memory: RunMemory) -> None:
    """Store what upstream sent for an item after its last event was emitted."""
    for opened in turn.amended:
        if opened.kind == "message":
            messages.save(tx, labelled(opened.message, memory))
            assert opened.known is not None
            journal.amend(tx, opened.message["id"], items.journalled(opened.known.item, None))
        else:
            step = steps.get(tx, turn.run["id"], opened.step["id"])
            assert step is not None
            steps.save(tx, step | {"step_details": calls.shown(opened)["step_details"]})


def ending_of(tx: Tx, turn: Turn, memory: RunMemory, response: Json, chained: bool) -> RunMemory:
    """Move head or tip according to the end of the response; returns the new run memory."""
    run, response_id = turn.run, response.get("id")
    if response_id:
        responses.finish(tx, response_id, response.get("status") or run["status"], response.get("usage"))
    usable = response_id if chained and not memory["stale"] else None
    covers = journal.last_seq(tx, run["thread_id"])
    memory = memory | {"spent": turn.spent, "images": turn.images, "citations": turn.citations}
    whole = not run["truncation_strategy"]["last_messages"] and not memory["cut"]
    if run["status"] == "completed" and usable and whole:
        threads.set_head(tx, run["thread_id"], usable, covers)
    if run["status"] == "requires_action":
        _save_function_step(tx, turn.function_step or {})
        tip: Tip | None = {"id": usable, "covers": covers} if usable else None
        memory |= {"tip": tip, "asker": response_id, "step_usage": turn.step_usage, "obeyed": True}
        memory |= {"call_ids": turn.call_ids, "background": None, "again": 0}
    return memory


def _save_function_step(tx: Tx, step: Json) -> None:
    """Save the step that requires outputs; as it is still open, it is stored after the finished ones."""
    steps.save(tx, step)
    if (steps.last(tx, step["run_id"]) or {}).get("id") != step["id"]:
        steps.requeue(tx, step["run_id"], step["id"])


def run_of(tx: Tx, context: Context, run: Json, memory: RunMemory, stored_status: lifecycle.RunStatus) -> bool:
    """Save the run, unless its status has changed since it was ``stored_status``."""
    driven = run["status"] in ("queued", "in_progress", "cancelling") and not memory["background"]
    lease: runs.Lease = {"owner": None, "lease_until": None}
    if driven:
        lease = {"owner": context.owner, "lease_until": context.clock() + context.lease}
    return runs.move(tx, run, memory, frozenset({stored_status}), **lease)
