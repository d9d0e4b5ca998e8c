"""Messages of a thread.  Bodies are the API's objects; ``thread_id`` and ``run_id`` are read from them."""

from typing import Any

from shim.store import dialects, requests, rows, threads
from shim.store.rows import Cut, Listed, Order
from shim.store.schema import messages
from shim.store.tx import Tx
from shim.wire.types import Json


def insert(tx: Tx, body: Json) -> None:
    """Add a message at the end of its thread."""
    threads.in_turn(tx, body["thread_id"])
    rows.add(tx.db, messages, {"tenant": tx.tenant, **_columns(body)})


def get(tx: Tx, thread_id: str, id: str) -> Json | None:
    return rows.get(tx.db, messages, {"tenant": tx.tenant, "thread_id": thread_id, "id": id})


def save(tx: Tx, body: Json) -> None:
    """Replace the message of that id, in its place, or add it at the end."""
    threads.in_turn(tx, body["thread_id"])
    rows.put(tx.db, messages, tx.tenant, _columns(body))


def delete(tx: Tx, thread_id: str, id: str) -> bool:
    """Delete the message, and the row of the request that made it."""
    dialects.erasing(tx.db)
    requests.forget(tx, thread_id, id)
    return rows.remove(tx.db, messages, {"tenant": tx.tenant, "thread_id": thread_id, "id": id}) > 0


def page(
    tx: Tx,
    thread_id: str,
    limit: int,
    order: Order,
    after: str | None = None,
    before: str | None = None,
    run_id: str | None = None,
) -> Listed:
    """See `rows.page`; ``run_id``: only messages of that run."""
    narrower = {} if run_id is None else {"run_id": run_id}
    scope = {"tenant": tx.tenant, "thread_id": thread_id}
    return rows.page(tx.db, messages, scope, Cut(limit, order, after, before), narrower)


def _columns(body: Json) -> dict[str, Any]:
    return {
        "id": body["id"],
        "created_at": body["created_at"],
        "thread_id": body["thread_id"],
        "run_id": body.get("run_id"),
        "body": rows.dump(body),
    }
