"""One transaction of a run: what a batch tells, committed before it is told."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from shim import lifecycle
from shim.engine.context import Context, Json
from shim.engine.protocol import Emitted
from shim.engine.run import container_files, record
from shim.engine.run.chain import Sent
from shim.store import journal, runs, threads
from shim.store.errors import Gone
from shim.translate.turn import Turn


@dataclass(frozen=True, slots=True)
class Stored:
    """What a transaction has made of the run.  ``moved``: nothing, as somebody else had moved the run; to this."""

    run: Json = field(default_factory=dict)
    private: Json = field(default_factory=dict)
    moved: Json | None = None


class Carried(Protocol):
    """What the transaction needs of a carrier; see `shim.engine.run.carrier.Carrier`."""

    world: Context
    turn: Turn
    private: Json
    sent: Sent
    seen: lifecycle.RunStatus
    response: Json
    chained: bool
    kept: list[container_files.Kept]


def commit(db: Any, carrier: Carried, emitted: list[Emitted]) -> Stored:
    """Store what a batch tells.  The turn stays as it is, so that it can be done again should that fail."""
    world, turn = carrier.world, carrier.turn
    run = turn.run
    threads.in_turn(db, world.tenant, run["thread_id"])
    current = runs.get(db, world.tenant, run["thread_id"], run["id"])
    if current is None:
        raise Gone
    if current.body["status"] != carrier.seen or current.owner not in (None, world.owner):
        return Stored(moved=current.body)
    private = carrier.private | {"stale": current.private["stale"]}
    response = turn.terminal or carrier.response
    if not carrier.response.get("noted") and (response_id := response.get("id")):
        record.begun(db, world, run, response_id, carrier.sent.previous)
        if turn.terminal is not None:
            # It had no name until now.
            journal.name(db, world.tenant, run["id"], response_id)
    record.objects_of(db, world, emitted)
    record.items_of(db, world, turn, response.get("id"))
    container_files.keep(db, world, run["thread_id"], carrier.kept)
    if turn.ended:
        private = record.ending_of(db, world, turn, private, response, carrier.chained)
    run = run | {"metadata": current.body["metadata"]}
    record.run_of(db, world, run, private, carrier.seen)
    return Stored(run, private)
