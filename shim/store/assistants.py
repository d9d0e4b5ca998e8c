"""Assistants.  Bodies are the API's objects."""

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
    """Add an assistant; ``batch`` is the import that it came from."""
    rows.add(tx.db, assistants, _columns(tx.tenant, body, batch))


def insert_new(tx: Tx, body: Json) -> bool:
    """Add an assistant, unless its id exists; returns whether it was added."""
    return rows.add_new(tx.db, assistants, _columns(tx.tenant, body, None))


def _columns(tenant: str, body: Json, batch: str | None) -> dict[str, Any]:
    known = {"id": body["id"], "created_at": body["created_at"], "body": rows.dump(body)}
    return {"tenant": tenant, "batch": batch, **known}


def get(tx: Tx, id: str) -> Json | None:
    return rows.get(tx.db, assistants, {"tenant": tx.tenant, "id": id})


def save(tx: Tx, body: Json) -> bool:
    """Replace the body; returns whether the assistant exists."""
    return rows.change(tx.db, assistants, {"tenant": tx.tenant, "id": body["id"]}, {"body": rows.dump(body)}) > 0


def mentioning(tx: Tx, id: str) -> list[Json]:
    """The assistants whose body contains the id of another object."""
    # Searched here, as a database cannot search encrypted columns.
    bodies = tx.db.execute(_ALL, {"for_tenant": tx.tenant}).scalars()
    return [rows.load(body) for body in bodies if f'"{id}"' in body]


def delete(tx: Tx, id: str) -> bool:
    """Delete the assistant, and the row of the request that made it.  Its runs stay, with their copies of its
    fields.
    """
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
