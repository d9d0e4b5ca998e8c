"""Tool outputs: they answer the calls of a run, and start its next round."""

from dataclasses import dataclass

from shim import lifecycle
from shim.engine import idempotency
from shim.engine.api import lookup
from shim.engine.context import Context
from shim.engine.protocol import Emitted, Reply, Request
from shim.engine.run import chain, launch, record, refresh
from shim.engine.run.carrier import Carrier
from shim.engine.run.chain import Sent
from shim.engine.run.state import RunState
from shim.store import journal, run_memory, runs, steps, threads
from shim.store.runs import RunRow
from shim.store.tx import Tx, brief
from shim.translate import elsewhere, history
from shim.translate.turn import Turn
from shim.wire import objects
from shim.wire.errors import error
from shim.wire.requests import read
from shim.wire.types import Json


async def submit(context: Context, request: Request, thread_id: str, run_id: str) -> Reply:
    """POST /threads/{thread_id}/runs/{run_id}/submit_tool_outputs"""
    lookup.check(thread=thread_id, run=run_id)
    body = read("runs.submit_tool_outputs", request.body)
    post = idempotency.post(context, request, "outputs")
    accepted = await context.store.write(_accept, context, thread_id, run_id, body["tool_outputs"], post)
    memory, streamed = accepted.row.memory, bool(body.get("stream"))
    turn = record.turn_of(context, accepted.run, memory, body)
    carrier = Carrier(RunState(context, turn, memory, accepted.sent), request.call(streamed))
    first: list[Emitted] = [
        ("thread.run.step.completed", accepted.step),
        ("thread.run.queued", objects.as_streamed(accepted.run)),
    ]
    return await launch.reply(carrier, first, streamed, lambda tx: _undo_submission(tx, accepted))


@dataclass(frozen=True, slots=True)
class Accepted:
    """A run that has received its outputs: as it was while it waited (``row``), as it is now, its completed step, its
    next request.

    ``mark``: the position in the journal before the outputs.  ``noted``: the row of the request in ``requests``.
    """

    row: RunRow
    run: Json
    step: Json
    sent: Sent
    mark: int
    noted: int


@brief
def _accept(
    tx: Tx, context: Context, thread_id: str, run_id: str, tool_outputs: list[Json], post: idempotency.Post
) -> Accepted:
    """Store the outputs before anything is sent upstream: the step is completed, the run queued, the outputs
    journalled.
    """
    threads.lock(tx, thread_id, context.now())
    idempotency.check(tx, post)
    refresh.active(tx, context, thread_id)
    row = lookup.run(tx, thread_id, run_id)
    row = row._replace(memory=row.memory | {"stale": False})
    if row.body["status"] not in lifecycle.before("answered"):
        raise error("not_accepting_outputs", status=row.body["status"])
    outputs = _match(row.body, tool_outputs)
    mark = journal.last_seq(tx, thread_id)
    approvals = elsewhere.approval_requests(row.body)
    upstream = row.memory["call_ids"]
    for call_id, output in outputs.items():
        item = history.of_output(call_id, output, approvals.get(call_id, ""), upstream.get(call_id))
        journal.append(tx, thread_id, "in", item, run_id=run_id, response_id=row.memory["asker"])
    step = _answered(tx, context, row, outputs)
    turn = Turn(row.body, context.ids, context.now)
    turn.happen("answered", required_action=None)
    lease: runs.Lease = {"owner": context.owner, "lease_until": context.clock() + context.lease}
    runs.move(tx, turn.run, row.memory, lifecycle.before("answered"), **lease)
    noted = idempotency.note(tx, context, post, run_id, thread_id)
    return Accepted(row, turn.run, step, chain.prepare(tx, context, turn.run, row.memory), mark, noted)


def _match(run: Json, tool_outputs: list[Json]) -> dict[str, str]:
    """Outputs by call id, in the order of the calls.  Missing, unknown and repeated ids are refused."""
    expected = [call["id"] for call in run["required_action"]["submit_tool_outputs"]["tool_calls"]]
    received = [output.get("tool_call_id") for output in tool_outputs]
    if sorted(expected) != sorted(id or "" for id in received):
        raise error("outputs_mismatch", expected=expected, got=received)
    by_id = {output["tool_call_id"]: output.get("output") or "" for output in tool_outputs}
    return {call_id: by_id[call_id] for call_id in expected}


def _answered(tx: Tx, context: Context, row: RunRow, outputs: dict[str, str]) -> Json:
    """The step of the calls, completed, with its outputs and its usage."""
    open_step = next(step for step in steps.of_run(tx, row.body["id"]) if step["status"] == "in_progress")
    calls = [
        call | {"function": call["function"] | {"output": outputs[call["id"]]}}
        for call in open_step["step_details"]["tool_calls"]
    ]
    step = open_step | {
        "status": "completed",
        "completed_at": context.now(),
        "step_details": {"type": "tool_calls", "tool_calls": calls},
        "usage": row.memory["step_usage"],
    }
    steps.save(tx, step)
    return step


def _undo_submission(tx: Tx, accepted: Accepted) -> None:
    """Upstream refused the round: the run requires the outputs again, as if nothing had been submitted.

    If it was cancelled meanwhile, it gets no owner, and the next call that reads the thread ends it.
    """
    row = accepted.row
    current = runs.get(tx, row.body["thread_id"], row.body["id"])
    if current is None:
        return
    waits = current.body["status"] == "queued"
    if waits:
        _reopen_step(tx, accepted)
    lease: runs.Lease = {"owner": None, "lease_until": None}
    body = row.body if waits else current.body
    memory = run_memory.rejoined(row.memory, current.memory)
    if memory["stale"]:
        # A message was deleted meanwhile that the response contains from which this round was to chain.
        memory = memory | {"tip": None}
    runs.move(tx, body, memory, frozenset({"queued", "cancelling"}), **lease)


def _reopen_step(tx: Tx, accepted: Accepted) -> None:
    """Open the step of the calls again, and remove the outputs from the journal."""
    idempotency.forget(tx, accepted.noted)
    step = accepted.step
    calls = [call | {"function": call["function"] | {"output": None}} for call in step["step_details"]["tool_calls"]]
    waiting = {"status": "in_progress", "completed_at": None, "usage": None}
    steps.save(tx, step | waiting | {"step_details": {"type": "tool_calls", "tool_calls": calls}})
    journal.delete_after(tx, accepted.run["id"], accepted.mark)
