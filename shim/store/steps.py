"""Steps of a run.  Bodies are the objects of the wire; ``thread_id`` and ``run_id`` are read from them."""

from typing import Any, Final

import sqlalchemy as sa

from shim.store import rows
from shim.store.rows import Cut, Json, Listed, Order
from shim.store.schema import steps

_of_run: Final = sa.select(steps.c.body).where(rows.matching(steps, "tenant", "run_id"))
_RISING: Final = _of_run.order_by(steps.c.seq.asc())
_LAST: Final = _of_run.order_by(steps.c.seq.desc()).limit(1)


def save(db: sa.Connection, tenant: str, body: Json) -> None:
    """Replace the step of that id, in its place, or add it at the end."""
    rows.put(db, steps, tenant, _columns(body))


def get(db: sa.Connection, tenant: str, run_id: str, id: str) -> Json | None:
    return rows.get(db, steps, {"tenant": tenant, "run_id": run_id, "id": id})


def of_run(db: sa.Connection, tenant: str, run_id: str) -> list[Json]:
    """All steps of the run, in order."""
    found = db.execute(_RISING, {"for_tenant": tenant, "for_run_id": run_id}).scalars()
    return [rows.load(body) for body in found]


def last(db: sa.Connection, tenant: str, run_id: str) -> Json | None:
    """The step that sorts last in the run."""
    found = db.execute(_LAST, {"for_tenant": tenant, "for_run_id": run_id}).scalar()
    return None if found is None else rows.load(found)


def requeue(db: sa.Connection, tenant: str, run_id: str, id: str) -> None:
    """Let the step sort last in its run.  It is written anew, as a number of the store's order is never given twice."""
    body = get(db, tenant, run_id, id)
    if body is not None:
        rows.remove(db, steps, {"tenant": tenant, "id": id})
        rows.add(db, steps, {"tenant": tenant, **_columns(body)})


def delete(db: sa.Connection, tenant: str, id: str) -> bool:
    return rows.remove(db, steps, {"tenant": tenant, "id": id}) > 0


def page(
    db: sa.Connection,
    tenant: str,
    run_id: str,
    limit: int,
    order: Order,
    after: str | None = None,
    before: str | None = None,
) -> Listed:
    """See `rows.page`."""
    return rows.page(db, steps, {"tenant": tenant, "run_id": run_id}, Cut(limit, order, after, before))


def _columns(body: Json) -> dict[str, Any]:
    copied = ("id", "created_at", "thread_id", "run_id")
    return {name: body[name] for name in copied} | {"body": rows.dump(body)}
