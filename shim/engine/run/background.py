"""Runs that go on upstream while nothing of ours does: begun, looked at, stopped.

Upstream works in its background mode; each look at the thread asks it how far it is, sparingly.  So a program may
begin a run, end, and be started again.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

from shim.engine import retention
from shim.engine.context import Context, Json
from shim.engine.run import echo, record
from shim.engine.run.asking import Cause
from shim.engine.run.budget import Unfit
from shim.engine.run.carrier import Carrier
from shim.engine.run.chain import Sent
from shim.ports import Call, Refusal
from shim.store import responses, runs, threads
from shim.store.errors import Gone
from shim.store.runs import RunRow
from shim.translate import endings, failures, normalise

T = TypeVar("T")
UNFINISHED: Final = ("queued", "in_progress")


async def begin(carrier: Carrier) -> None:
    """Ask upstream to work in the background, and remember which response that is.  Raises `Refusal`."""
    try:
        await _begin(carrier)
    except Unfit:
        carrier.dry = True
        await carrier.run_dry()


async def _begin(carrier: Carrier) -> None:
    response = await carrier.create()
    if (why := _unheard(carrier, response)) is not None:
        with suppress(Refusal):
            await carrier.world.upstream.cancel(response["id"])
        left = (carrier.turn.run, response["id"], carrier.sent.previous)
        await _noting(carrier, response["id"], record.unheard, carrier.world, *left)
        await carrier.asker.heal(why)
        response = await carrier.create()
    carrier.private = carrier.private | {"background": response["id"]}
    moved = await _noting(carrier, response["id"], _remember, carrier)
    if moved["status"] == "cancelling":
        # Somebody cancelled it before there was anything to stop.
        carrier.turn.run, carrier.seen = moved, "cancelling"
        with suppress(Refusal):
            await carrier.world.upstream.cancel(response["id"])
    await _apply(carrier, response)


async def _noting(carrier: Carrier, response_id: str, work: Callable[..., T], *args: Any) -> T:
    """A transaction that notes a response.  If its thread is gone nobody would ever look at it, nor stop it."""
    try:
        return await carrier.world.store.write(work, *args)
    except Gone:
        with suppress(Refusal):
            await carrier.world.upstream.cancel(response_id)
        await retention.disown(carrier.world, response_id)
        raise


async def fail(carrier: Carrier, refusal: Refusal) -> None:
    """Upstream would not begin, for a reason that is not the caller's: the run ends failed."""
    error = failures.of_refusal(refusal.status, refusal.code, carrier.in_callers_words(refusal))
    if await carrier.stopped(look=True) is None:
        await carrier.settle(list(endings.failed(carrier.turn, error)))


async def look(world: Context, row: RunRow, now: float) -> None:
    """Ask upstream how far the run is, unless somebody asked a moment ago."""
    run_id, response_id = row.body["id"], row.private["background"]
    if not world.registry.may_ask(run_id, now):
        return
    carrier = _carrier(world, row)
    try:
        response = await world.upstream.retrieve(response_id)
    except Refusal as refusal:
        if refusal.status == 404:
            await fail(carrier, refusal)
        # Anything else passes: the next look asks again, and the run's time is not for ever.
        return
    if echo.is_lost(response) and await world.store.write(_claim, carrier, response_id):
        await _again(carrier)
    else:
        await _apply(carrier, response)


def _unheard(carrier: Carrier, response: Json) -> Cause | None:
    """Why upstream would answer without the history that it was to chain from, if it would."""
    previous = carrier.sent.previous
    if previous is None or not carrier.asker.may_heal:
        return None
    said = echo.of_response(response, previous, carrier.profile)
    return None if said == "held" else said


async def _again(carrier: Carrier) -> None:
    """Some servers look for the previous response only when they get to work: then the run begins once more, with all
    of its history.
    """
    await carrier.asker.heal("lost")
    try:
        await begin(carrier)
    except Refusal as refusal:
        await fail(carrier, refusal)


def _claim(db: Any, carrier: Carrier, response_id: str) -> bool:
    """Whether this is the one who begins the run again, of several who look at it."""
    world, run = carrier.world, carrier.turn.run
    threads.lock(db, world.tenant, run["thread_id"])
    current = runs.get(db, world.tenant, run["thread_id"], run["id"])
    previous = {made.id: made.previous_id for made in responses.of_run(db, world.tenant, run["id"])}.get(response_id)
    if current is None or current.private["background"] != response_id or previous is None:
        return False
    private = current.private | {"background": None}
    lease: runs.Lease = {"owner": world.owner, "lease_until": world.clock() + world.lease}
    if not runs.move(db, world.tenant, run, private, frozenset({carrier.seen}), **lease):
        return False
    carrier.restart(private, Sent({}, previous))
    return True


async def stop(world: Context, row: RunRow) -> None:
    """Tell upstream to stop.  If it does not hear that, the answer is fetched and dropped, or lapses."""
    with suppress(Refusal):
        await world.upstream.cancel(row.private["background"])


async def _apply(carrier: Carrier, response: Json) -> None:
    """What upstream has so far.  It shows nothing of an answer before the whole is there."""
    response = normalise.response(response) or {}
    status = response.get("status")
    kind = "response.in_progress" if status in UNFINISHED else f"response.{status}"
    if status == "queued" or (status == "in_progress" and carrier.turn.run["status"] != "queued"):
        return
    carrier.judge(response, True)
    await carrier.take([{"type": kind, "response": response}])


def _carrier(world: Context, row: RunRow) -> Carrier:
    turn = record.turn_of(world, row.body, row.private)
    carrier = Carrier(world, turn, row.private, Sent({}, None), Call(), seen=row.body["status"], alone=True)
    carrier.response = {"noted": True}
    return carrier


def _remember(db: Any, carrier: Carrier) -> Json:
    """Returns the run as it is by now."""
    world, run = carrier.world, carrier.turn.run
    response_id = carrier.private["background"]
    current = runs.get(db, world.tenant, run["thread_id"], run["id"])
    if current is None:
        raise Gone
    record.begun(db, world, run, response_id, carrier.sent.previous)
    lease: runs.Lease = {"owner": None, "lease_until": None}
    runs.move(db, world.tenant, current.body, carrier.private, frozenset({carrier.seen, "cancelling"}), **lease)
    carrier.response = {"noted": True}
    return current.body
