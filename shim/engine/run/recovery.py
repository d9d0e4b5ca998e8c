"""Recovery: another process finishes a run whose process died or whose lease expired.

If upstream has finished the response, the new process fetches it and the run continues; messages and steps that were
stored only in part are written again from it.  A response that still runs in upstream's background is read from its
beginning.  Otherwise the same request is sent again for the same run: the journal holds all that it needs, tool outputs
included, and no function was called with anything from the lost answer.  The messages and steps of the lost answer are
removed.  A run fails only when `MAX_LOST_PROCESSES` processes have died during its request, as that request may be the
cause.
"""

import logging
from contextlib import suppress
from typing import Final

from shim.engine.context import Context
from shim.engine.run import chain, container_files, echo, record
from shim.engine.run.carrier import Carrier
from shim.engine.run.chain import UNSENT
from shim.engine.run.commit import Moved, commit
from shim.engine.run.state import RunState
from shim.engine.run.stream_position import StreamPosition
from shim.ports import Call, Refusal
from shim.store import journal, messages, responses, run_memory, runs, steps, threads
from shim.store.errors import Gone, StoreFailed
from shim.store.run_memory import RunMemory
from shim.store.runs import RunRow
from shim.store.tx import Tx
from shim.translate import elsewhere, items, normalise, stream
from shim.translate.turn import GeneratedFile, OpenItem, Turn
from shim.wire.types import Json

log = logging.getLogger("shim")
#: Statuses of a response that upstream has finished.  A response that was cancelled because its reader disconnected
#: does not count.
FINISHED: Final = ("completed", "incomplete", "failed")
UNFINISHED: Final = ("queued", "in_progress")
#: Items that have a step of their own but no message.
HOSTED: Final = ("file_search_call", "code_interpreter_call")
#: How many processes may die during one request before its run fails.
MAX_LOST_PROCESSES: Final = 5


async def take_over(context: Context, row: RunRow) -> bool:
    """Try to continue a lost run.  False if that is not allowed: it is being cancelled, it has expired, or too many
    processes have died during its request.
    """
    if row.body["status"] == "cancelling":
        return False
    response = await _last_response(context, row) or {}
    if response.get("status") in FINISHED:
        context.monitor("taken_over", row.body)
        return await _end(context, row, response)
    goes_on = response.get("status") in UNFINISHED and response.get("background") is True
    return await _go_on(context, row, response["id"] if goes_on else None)


def may_retry(row: RunRow) -> bool:
    """Whether fewer than `MAX_LOST_PROCESSES` processes have died during the run's last request."""
    return _earlier_losses(row) + 1 < MAX_LOST_PROCESSES


def _earlier_losses(row: RunRow) -> int:
    # Runs of an earlier version have a boolean here, or nothing.
    return int(row.memory["again"])


async def _last_response(context: Context, row: RunRow) -> Json | None:
    """The run's last response as upstream has it now, unless its end has been stored."""
    if not context.profile(row.memory["model"]).stores:
        return None
    response_id = await context.store.read(_unfinished, context, row)
    if response_id is None:
        return None
    try:
        response = await context.upstream.retrieve(response_id)
    except Refusal:
        return None
    return (normalise.response(response) or {}) | {"id": response_id}


async def _end(context: Context, row: RunRow, response: Json) -> bool:
    """Write the rest of a response that upstream has finished."""
    files = await context.store.write(_finish, context, row, response)
    context.registry.notify(row.body["id"])
    if files is not None and (fetched := await container_files.fetch(context, files)):
        with suppress(Gone):
            await context.store.write(container_files.store_fetched, row.body["thread_id"], fetched)
    return files is not None


async def _go_on(context: Context, row: RunRow, background_id: str | None) -> bool:
    """Read the response that is ``background_id`` on upstream from its beginning, or send the run's last request again,
    with a pump of its own.
    """
    run_id = row.body["id"]
    try:
        carrier = await context.store.write(_restart, context, row, background_id)
    except StoreFailed:
        context.registry.leave(run_id)
        context.registry.abandon(run_id, None)
        raise
    if carrier is None:
        return False
    context.monitor("taken_over", row.body)
    log.info("run %s lost its process: its answer is %s", run_id, "read anew" if background_id else "asked for again")
    context.pump(carrier.events(()))
    return True


def _restart(tx: Tx, context: Context, row: RunRow, background_id: str | None) -> Carrier | None:
    """Claim the run and remove what was stored of the lost answer, in one transaction."""
    run = row.body
    threads.lock(tx, run["thread_id"])
    current = runs.get(tx, run["thread_id"], run["id"])
    if current is None or current != row or context.clock() >= run["expires_at"]:
        return None
    if background_id is None and not may_retry(row):
        return None
    _withdraw(tx, run)
    memory = row.memory if background_id else _marked_retry(context, row)
    lease: runs.Lease = {"owner": context.owner, "lease_until": context.clock() + context.lease}
    runs.move(tx, run, memory, frozenset({run["status"]}), **lease)
    turn, sent = record.turn_of(context, run, memory), chain.prepare(tx, context, run, memory)
    carrier = Carrier(
        RunState(context, turn, memory, sent, stored_status=run["status"]),
        Call(),
        position=StreamPosition(background_id),
    )
    carrier.choose_background()
    # In the transaction, so that no reader finds the run claimed and yet released by this process.
    context.registry.enter(run["id"], carrier.interruption, context.tenant)
    return carrier


def _marked_retry(context: Context, row: RunRow) -> RunMemory:
    marked = run_memory.marked(row.memory, context.now(), "resumed", "the process that had asked is gone", None)
    return marked | {"again": _earlier_losses(row) + 1}


def _withdraw(tx: Tx, run: Json) -> None:
    """Remove what was stored of the last response: its steps, messages and items.  Steps that the application has
    answered, and everything before them, stay.
    """
    for step in _steps_of_response(tx, run):
        steps.delete(tx, step["id"])
        if (written := step["step_details"].get("message_creation")) is not None:
            messages.delete(tx, run["thread_id"], written["message_id"])
    sent = (entry.seq for entry in journal.of_run(tx, run["id"]) if entry.direction == "in")
    journal.delete_after(tx, run["id"], max(sent, default=0))
    for response in responses.of_run(tx, run["id"]):
        if response.status is None:
            responses.finish(tx, response.id, "cancelled", None)


def _unfinished(tx: Tx, context: Context, row: RunRow) -> str | None:
    """The run's last response, if its end has not been stored."""
    rows = responses.of_run(tx, row.body["id"])
    if rows and rows[-1].status is None:
        return rows[-1].id
    last = context.registry.last_response(row.body["id"])
    return None if last in {each.id for each in rows} else last


def _finish(tx: Tx, context: Context, row: RunRow, response: Json) -> list[GeneratedFile] | None:
    """Claim the run, and write the rest of its response in the same transaction, so that only one of several processes
    does so.  Returns the files that code wrote.
    """
    run = row.body
    threads.lock(tx, run["thread_id"])
    if not _still_lost(tx, context, row, response["id"]):
        return None
    now = context.clock()
    mine = (context.owner, now + context.lease)
    if not (runs.take_over(tx, run["id"], row.owner, *mine) if row.owner else runs.claim(tx, run["id"], now, *mine)):
        return None
    entries = journal.of_run(tx, run["id"])
    known = [
        items.normal(each.item) for each in entries if (each.response_id, each.direction) == (response["id"], "out")
    ]
    turn = record.turn_of(context, run, row.memory)
    _drop_unfinished(tx, turn, response, known)
    noted = any(each.id == response["id"] for each in responses.of_run(tx, run["id"]))
    chained = echo.may_chain(response, True, context.profile(row.memory["model"]))
    state = RunState(context, turn, row.memory, UNSENT, run["status"], response, noted, chained)
    emitted = list(stream.translate(turn, {"type": f"response.{response['status']}", "response": response}))
    return None if isinstance(commit(tx, state, emitted), Moved) else turn.generated_files


def _still_lost(tx: Tx, context: Context, row: RunRow, response_id: str) -> bool:
    """Whether no process has continued the run during the request to upstream.

    The run's process may only have been slow.  The owner's name is not sufficient to detect that, as the owner may be
    this process.
    """
    now = runs.get(tx, row.body["thread_id"], row.body["id"])
    same = now is not None and (now.owner, now.lease_until) == (row.owner, row.lease_until)
    return same and _unfinished(tx, context, row) == response_id


def _drop_unfinished(tx: Tx, turn: Turn, response: Json, journalled: list[Json]) -> None:
    """Finished messages and steps stay; everything else of the response is emitted again."""
    run = turn.run
    written: list[OpenItem] = []
    hosted = 0
    for step in _steps_of_response(tx, run):
        creation = step["step_details"].get("message_creation")
        message = messages.get(tx, run["thread_id"], creation["message_id"]) if creation else None
        finished = step["status"] != "in_progress"
        if message is not None and (finished or message["status"] == "completed"):
            written.append(OpenItem("message", step, message=message, open=False, whole=True))
            if not finished:
                turn.reopen_postponed(step)
        elif finished:
            hosted += 1
        else:
            steps.delete(tx, step["id"])
            if message is not None:
                messages.delete(tx, run["thread_id"], message["id"])
    _mark_emitted(turn, response, journalled, written, hosted)


def _steps_of_response(tx: Tx, run: Json) -> list[Json]:
    """The steps after the last one that the application has answered; the others are of earlier rounds."""
    answered = {items.call_id(entry.call_id) for entry in journal.of_run(tx, run["id"])}
    run_steps = steps.of_run(tx, run["id"])
    positions = [n for n, step in enumerate(run_steps, 1) if _answers(step, answered)]
    return run_steps[positions[-1] if positions else 0 :]


def _answers(step: Json, answered: set[str]) -> bool:
    calls = step["step_details"].get("tool_calls") or []
    return step["status"] == "completed" and any(items.call_id(call["id"]) in answered for call in calls)


def _mark_emitted(turn: Turn, response: Json, journalled: list[Json], written: list[OpenItem], hosted: int) -> None:
    """Mark the items of the response that were emitted completely, and those that were journalled.

    A journalled item whose step was not finished is emitted again, but not journalled again.
    """
    for item in journalled:
        turn.was_journalled(item)
    for index, (item, known) in enumerate(turn.known.output(response.get("output") or [])):
        known, kind = known or turn.known.add(item, index), item["type"]
        turn.known.learn(known, item)
        if kind == "message" and written:
            turn.was_emitted(known, written.pop(0))
        elif (kind in HOSTED or elsewhere.has_tool_for(turn.run, kind)) and hosted:
            hosted -= 1
            turn.was_emitted(known)
