"""Steps of a run.  Bodies are the API's objects; ``thread_id`` and ``run_id`` are read from them."""

from typing import Any, Final

import sqlalchemy as sa

from shim.store import rows
from shim.store.rows import Cut, Listed, Order
from shim.store.schema import steps
from shim.store.tx import Tx
from shim.wire.types import Json

_of_run: Final = sa.select(steps.c.body).where(rows.matching(steps, "tenant", "run_id"))
_RISING: Final = _of_run.order_by(steps.c.seq.asc())
_LAST: Final = _of_run.order_by(steps.c.seq.desc()).limit(1)


def save(tx: Tx, body: Json) -> None:
    """Replace the step of that id, in its place, or add it at the end."""
    rows.put(tx.db, steps, tx.tenant, _columns(body))


def get(tx: Tx, run_id: str, id: str) -> Json | None:
    return rows.get(tx.db, steps, {"tenant": tx.tenant, "run_id": run_id, "id": id})


def of_run(tx: Tx, run_id: str) -> list[Json]:
    """All steps of the run, in order."""
    bodies = tx.db.execute(_RISING, {"for_tenant": tx.tenant, "for_run_id": run_id}).scalars()
    return [rows.load(body) for body in bodies]


def last(tx: Tx, run_id: str) -> Json | None:
    """The run's last step in the store's order."""
    body = tx.db.execute(_LAST, {"for_tenant": tx.tenant, "for_run_id": run_id}).scalar()
    return None if body is None else rows.load(body)


def requeue(tx: Tx, run_id: str, id: str) -> None:
    """Move the step to the end of its run.  It is inserted again, as a number of the store's order is never used
    twice.
    """
    body = get(tx, run_id, id)
    if body is not None:
        rows.remove(tx.db, steps, {"tenant": tx.tenant, "id": id})
        rows.add(tx.db, steps, {"tenant": tx.tenant, **_columns(body)})


def delete(tx: Tx, id: str) -> bool:
    return rows.remove(tx.db, steps, {"tenant": tx.tenant, "id": id}) > 0


def page(
    tx: Tx,
    run_id: str,
    limit: int,
    order: Order,
    after: str | None = None,
    before: str | None = None,
) -> Listed:
    """See `rows.page`."""
    return rows.page(tx.db, steps, {"tenant": tx.tenant, "run_id": run_id}, Cut(limit, order, after, before))


def _columns(body: Json) -> dict[str, Any]:
    copied = ("id", "created_at", "thread_id", "run_id")
    return {name: body[name] for name in copied} | {"body": rows.dump(body)}
