"""Assistants.  Bodies are the objects of the wire."""

from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa

from shim.store import dialects, requests, rows
from shim.store.rows import Cut, Listed, Order
from shim.store.schema import assistants
from shim.store.tx import Tx
from shim.wire.types import Json

_ALL: Final = sa.select(assistants.c.body).where(rows.matching(assistants, "tenant"))


def insert(tx: Tx, body: Json, batch: str | None = None) -> None:
    """A new assistant; ``batch`` names the import that brought it."""
    rows.add(tx.db, assistants, _columns(tx.tenant, body, batch))


def insert_new(tx: Tx, body: Json) -> bool:
    """The same, unless there is one of that id; says whether it was added."""
    return rows.add_new(tx.db, assistants, _columns(tx.tenant, body, None))


def _columns(tenant: str, body: Json, batch: str | None) -> dict[str, Any]:
    known = {"id": body["id"], "created_at": body["created_at"], "body": rows.dump(body)}
    return {"tenant": tenant, "batch": batch, **known}


def get(tx: Tx, id: str) -> Json | None:
    return rows.get(tx.db, assistants, {"tenant": tx.tenant, "id": id})


def save(tx: Tx, body: Json) -> bool:
    """Replace the body; says whether the assistant exists."""
    return rows.change(tx.db, assistants, {"tenant": tx.tenant, "id": body["id"]}, {"body": rows.dump(body)}) > 0


def mentioning(tx: Tx, id: str) -> list[Json]:
    """The assistants whose body names some other object's id."""
    # Looked for here, as a database cannot look into what is encrypted.
    found = tx.db.execute(_ALL, {"for_tenant": tx.tenant}).scalars()
    return [rows.load(body) for body in found if f'"{id}"' in body]


def delete(tx: Tx, id: str) -> bool:
    """Delete the assistant, and the trace of the request that made it.  Its runs, and what they show of it, stay."""
    dialects.erasing(tx.db)
    requests.forget(tx, None, id)
    return rows.remove(tx.db, assistants, {"tenant": tx.tenant, "id": id}) > 0


def page(
    tx: Tx,
    limit: int,
    order: Order,
    after: str | None = None,
    before: str | None = None,
    but: Collection[str] = (),
) -> Listed:
    """See `rows.page`."""
    return rows.page(tx.db, assistants, {"tenant": tx.tenant}, Cut(limit, order, after, before), but=but)
