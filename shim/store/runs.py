"""Runs; at most one of them is active in a thread, across all processes.

``memory`` (the column `private`) is the run memory, which the API never shows.  ``owner`` and ``lease_until`` (seconds
since the epoch) are the process that drives it and the end of its lease.
"""

from typing import Any, Final, NamedTuple, TypedDict

import sqlalchemy as sa
from typing_extensions import Unpack

from shim.store import dialects, rows, run_memory, schema, threads
from shim.store.errors import ActiveRun
from shim.store.rows import Cut, Listed, Order
from shim.store.run_memory import RunMemory
from shim.store.schema import runs
from shim.store.tx import Tx, brief
from shim.wire.types import Json


class RunRow(NamedTuple):
    """A stored run."""

    body: Json
    memory: RunMemory
    owner: str | None
    lease_until: float | None


class Lease(TypedDict, total=False):
    """The owner and the lease of a run.  A missing key is not changed; None clears it."""

    owner: str | None
    lease_until: float | None


_shown: Final = sa.select(runs.c.body, runs.c.private, runs.c.owner, runs.c.lease_until)
_ONE: Final = _shown.where(rows.matching(runs, "tenant", "thread_id", "id"))
_ACTIVE: Final = _shown.where(rows.matching(runs, "tenant", "thread_id"), schema.ACTIVE)
_update_one: Final = runs.update().where(rows.matching(runs, "tenant", "id"))
_MOVE: Final = _update_one.where(runs.c.status.in_(sa.bindparam("allowed", expanding=True)))
_CLAIM: Final = _update_one.where(
    schema.ACTIVE, sa.or_(runs.c.lease_until.is_(None), runs.c.lease_until < sa.bindparam("now"))
)
_RELEASE: Final = _update_one.where(schema.ACTIVE, runs.c.owner == sa.bindparam("by"))


def insert(tx: Tx, body: Json, memory: RunMemory, owner: str | None, lease_until: float | None) -> None:
    """Add a run.  Raises `ActiveRun` if it would be active and its thread already has an active one."""
    thread_id = body["thread_id"]
    threads.in_turn(tx, thread_id)
    fixed = {"tenant": tx.tenant, "id": body["id"], "thread_id": thread_id, "created_at": body["created_at"]}
    lease = {"owner": owner, "lease_until": lease_until}
    values = {**fixed, **lease, **_columns(body), "private": rows.dump(memory)}
    if not rows.add_unless(tx.db, schema.ONE_ACTIVE_RUN, values):
        other = active(tx, thread_id)
        assert other is not None
        raise ActiveRun(other.body["id"])


@brief
def get(tx: Tx, thread_id: str, id: str) -> RunRow | None:
    return _row(tx, _ONE, {"tenant": tx.tenant, "thread_id": thread_id, "id": id})


@brief
def active(tx: Tx, thread_id: str) -> RunRow | None:
    """The thread's active run, if any."""
    return _row(tx, _ACTIVE, {"tenant": tx.tenant, "thread_id": thread_id})


def move(tx: Tx, body: Json, memory: RunMemory, allowed: frozenset[str], **lease: Unpack[Lease]) -> bool:
    """Save the run if its stored status is one of ``allowed``: compare and set.  Returns whether that was so."""
    values = {**_columns(body), "private": rows.dump(memory), **lease, "allowed": sorted(allowed)}
    return tx.db.execute(_MOVE, {**_which(tx.tenant, body["id"]), **values}).rowcount > 0


def save(tx: Tx, body: Json) -> bool:
    """Save the run in any status; returns whether it exists.  For metadata, in the transaction that read it."""
    return rows.change(tx.db, runs, {"tenant": tx.tenant, "id": body["id"]}, _columns(body)) > 0


def claim(tx: Tx, id: str, now: float, owner: str, lease_until: float) -> bool:
    """Take over an active run whose lease has ended, or that has no owner.  Of several concurrent callers one
    succeeds.
    """
    values = {"now": now, "owner": owner, "lease_until": lease_until}
    return tx.db.execute(_CLAIM, {**_which(tx.tenant, id), **values}).rowcount > 0


def take_over(tx: Tx, id: str, lost: str | None, owner: str, lease_until: float) -> bool:
    """Take over an active run from ``lost``, a process that has ended.  Of several concurrent callers one succeeds."""
    where = {"tenant": tx.tenant, "id": id, "owner": lost}
    return rows.change(tx.db, runs, where, {"owner": owner, "lease_until": lease_until}) > 0


@brief
def release(tx: Tx, id: str, owner: str) -> bool:
    """Release a run of this owner, so that the next process that reads or changes the thread can take it over at
    once.
    """
    return (
        tx.db.execute(_RELEASE, {**_which(tx.tenant, id), "by": owner, "owner": None, "lease_until": None}).rowcount > 0
    )


def delete(tx: Tx, id: str) -> bool:
    """Delete the run with its steps, responses and journal rows.  Its messages stay."""
    dialects.erasing(tx.db)
    for table in (schema.steps, schema.responses, schema.journal):
        rows.remove(tx.db, table, {"tenant": tx.tenant, "run_id": id})
    return rows.remove(tx.db, runs, {"tenant": tx.tenant, "id": id}) > 0


def page(
    tx: Tx,
    thread_id: str,
    limit: int,
    order: Order,
    after: str | None = None,
    before: str | None = None,
) -> Listed:
    """See `rows.page`."""
    return rows.page(tx.db, runs, {"tenant": tx.tenant, "thread_id": thread_id}, Cut(limit, order, after, before))


def _which(tenant: str, id: str) -> dict[str, Any]:
    return {"for_tenant": tenant, "for_id": id}


def _columns(body: Json) -> dict[str, Any]:
    copied = ("assistant_id", "status", "expires_at")
    return {name: body.get(name) for name in copied} | {"body": rows.dump(body)}


def _row(tx: Tx, statement: sa.Select[Any], where: rows.Where) -> RunRow | None:
    row = tx.db.execute(statement, rows.bound(where)).first()
    if row is None:
        return None
    body, memory, owner, lease_until = row
    return RunRow(rows.load(body), run_memory.load(memory), owner, lease_until)
