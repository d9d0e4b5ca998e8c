"""Messages of a thread.  Bodies are the objects of the wire; ``thread_id`` and ``run_id`` are read from them."""

from typing import Any

import sqlalchemy as sa

from shim.store import dialects, requests, rows, threads
from shim.store.rows import Cut, Json, Listed, Order
from shim.store.schema import messages


def insert(db: sa.Connection, tenant: str, body: Json) -> None:
    """A new message, at the end of its thread."""
    threads.in_turn(db, tenant, body["thread_id"])
    rows.add(db, messages, {"tenant": tenant, **_columns(body)})


def get(db: sa.Connection, tenant: str, thread_id: str, id: str) -> Json | None:
    return rows.get(db, messages, {"tenant": tenant, "thread_id": thread_id, "id": id})


def save(db: sa.Connection, tenant: str, body: Json) -> None:
    """Replace the message of that id, in its place, or add it at the end."""
    threads.in_turn(db, tenant, body["thread_id"])
    rows.put(db, messages, tenant, _columns(body))


def delete(db: sa.Connection, tenant: str, thread_id: str, id: str) -> bool:
    """Delete the message, and the trace of the request that made it."""
    dialects.erasing(db)
    requests.forget(db, tenant, thread_id, id)
    return rows.remove(db, messages, {"tenant": tenant, "thread_id": thread_id, "id": id}) > 0


def page(
    db: sa.Connection,
    tenant: str,
    thread_id: str,
    limit: int,
    order: Order,
    after: str | None = None,
    before: str | None = None,
    run_id: str | None = None,
) -> Listed:
    """See `rows.page`; ``run_id`` keeps only what that run wrote."""
    narrower = {} if run_id is None else {"run_id": run_id}
    scope = {"tenant": tenant, "thread_id": thread_id}
    return rows.page(db, messages, scope, Cut(limit, order, after, before), narrower)


def _columns(body: Json) -> dict[str, Any]:
    return {
        "id": body["id"],
        "created_at": body["created_at"],
        "thread_id": body["thread_id"],
        "run_id": body.get("run_id"),
        "body": rows.dump(body),
    }
