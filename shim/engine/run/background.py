"""Runs in upstream's background mode: starts them, asks for their state, stops them.

No process of ours is needed while upstream works.  Each call that reads the thread asks upstream for the state, at a
limited rate.  So a program may start a run, end, and be started again.
"""

from collections.abc import Awaitable
from contextlib import suppress
from typing import Final, TypeVar

from shim.engine import retention
from shim.engine.context import Context
from shim.engine.run import echo, healing, record
from shim.engine.run.budget import OutOfTokens
from shim.engine.run.carrier import Carrier
from shim.engine.run.chain import UNSENT, Sent
from shim.engine.run.state import RunState
from shim.ports import Call, Refusal
from shim.store import responses, runs, threads
from shim.store.errors import Gone
from shim.store.run_memory import RunMemory
from shim.store.runs import RunRow
from shim.store.tx import Tx
from shim.translate import endings, failures, normalise
from shim.wire.types import Json

T = TypeVar("T")
UNFINISHED: Final = ("queued", "in_progress")


async def begin(carrier: Carrier) -> None:
    """Start the run in upstream's background, and store the id of the response.  Raises `Refusal`."""
    try:
        await _begin(carrier)
    except OutOfTokens:
        await carrier.finish_out_of_tokens()


async def _begin(carrier: Carrier) -> None:
    state, upstream = carrier.state, carrier.context.upstream
    response = await carrier.create()
    if (why := healing.cause_in(state, response)) is not None:
        with suppress(Refusal):
            await upstream.cancel(response["id"])
        await _storing_id(carrier, response["id"], healing.drop(state, response["id"], state.sent.previous))
        await healing.heal(state, why)
        response = await carrier.create()
    if await _storing_id(carrier, response["id"], carrier.handed_over(response["id"])):
        with suppress(Refusal):
            await upstream.cancel(response["id"])
    await _apply(carrier, response)


async def _storing_id(carrier: Carrier, response_id: str, work: Awaitable[T]) -> T:
    """Run a transaction that stores a response's id.  If the thread was deleted, stop the response, as no call would
    ever do so.
    """
    try:
        return await work
    except Gone:
        with suppress(Refusal):
            await carrier.context.upstream.cancel(response_id)
        await retention.discard(carrier.context, response_id)
        raise


async def fail(carrier: Carrier, refusal: Refusal) -> None:
    """Upstream did not start the response, for a reason that is not the caller's: the run fails."""
    error = failures.of_refusal(refusal.status, refusal.code, carrier.message_for_caller(refusal))
    if await carrier.stopped(check_store=True) is None:
        await carrier.commit_batch(list(endings.failed(carrier.turn, error)))


async def poll(context: Context, row: RunRow, now: float) -> None:
    """Ask upstream for the state of the run, unless that was done a moment ago."""
    run_id, response_id = row.body["id"], row.memory["background"]
    if response_id is None or not context.registry.may_poll(run_id, now):
        return
    carrier = _carrier(context, row)
    try:
        response = await context.upstream.retrieve(response_id)
    except Refusal as refusal:
        if refusal.status == 404:
            await fail(carrier, refusal)
        # Other failures are temporary: the next call asks again, and the run expires at last.
        return
    claimed = await context.store.write(_claim, carrier.state, response_id) if echo.is_lost(response) else None
    if claimed is None:
        await _apply(carrier, response)
    else:
        await _restart(context, row, *claimed)


async def _restart(context: Context, row: RunRow, memory: RunMemory, previous: str) -> None:
    """Some servers look for the previous response only when they start to work.  If it is lost then, the run is started
    again with the whole thread.
    """
    carrier = _carrier(context, row._replace(memory=memory), Sent({}, previous))
    await healing.heal(carrier.state, "lost")
    try:
        await begin(carrier)
    except Refusal as refusal:
        await fail(carrier, refusal)


def _claim(tx: Tx, state: RunState, response_id: str) -> tuple[RunMemory, str] | None:
    """Claim the run, so that only one of several processes starts it again; returns its memory and the id of the lost
    previous response, or None.
    """
    context, run = state.context, state.run
    threads.lock(tx, run["thread_id"])
    current = runs.get(tx, run["thread_id"], run["id"])
    previous = {row.id: row.previous_id for row in responses.of_run(tx, run["id"])}.get(response_id)
    if current is None or current.memory["background"] != response_id or previous is None:
        return None
    memory = current.memory | {"background": None}
    lease: runs.Lease = {"owner": context.owner, "lease_until": context.clock() + context.lease}
    claimed = runs.move(tx, run, memory, frozenset({state.stored_status}), **lease)
    return (memory, previous) if claimed else None


async def stop(context: Context, response_id: str) -> None:
    """Cancel a response upstream.  If that fails, its answer is not used."""
    with suppress(Refusal):
        await context.upstream.cancel(response_id)


async def _apply(carrier: Carrier, response: Json) -> None:
    """Apply upstream's state of the response to the run.  The answer is shown only when it is complete."""
    response = normalise.response(response) or {}
    status = response.get("status")
    kind = "response.in_progress" if status in UNFINISHED else f"response.{status}"
    if status == "queued" or (status == "in_progress" and carrier.turn.run["status"] != "queued"):
        return
    healing.judge(carrier.state, response, True)
    await carrier.take([{"type": kind, "response": response}])


def _carrier(context: Context, row: RunRow, sent: Sent = UNSENT) -> Carrier:
    turn = record.turn_of(context, row.body, row.memory)
    state = RunState(context, turn, row.memory, sent, stored_status=row.body["status"], noted=sent is UNSENT)
    return Carrier(state, Call(), unregistered=True)
