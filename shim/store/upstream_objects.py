"""Records which tenant has made which object upstream, if all tenants share the server's key there.

Only ids are stored, and the collection of the API that an object belongs to (``files``, ``vector_stores``, ...).
"""

from collections.abc import Collection
from typing import Final, NamedTuple

import sqlalchemy as sa

from shim.store import rows
from shim.store.errors import NoSuchCursor
from shim.store.rows import Order
from shim.store.schema import upstream_objects as objects
from shim.store.tx import Tx

_of_tenant: Final = rows.matching(objects, "tenant")
_OWNED: Final = sa.select(objects.c.id).where(_of_tenant, objects.c.id.in_(sa.bindparam("ids", expanding=True)))
_SEQ: Final = sa.select(objects.c.seq).where(rows.matching(objects, "tenant", "collection", "id"))
_LIST: Final = sa.select(objects.c.id).where(rows.matching(objects, "tenant", "collection")).limit(sa.bindparam("most"))


class Ids(NamedTuple):
    """Part of a list, and whether there is more."""

    ids: list[str]
    has_more: bool


def note(tx: Tx, collection: str, id: str, now: int) -> None:
    """Record that the tenant has made the object.  A second time nothing changes."""
    rows.add_new(tx.db, objects, {"tenant": tx.tenant, "id": id, "collection": collection, "created_at": now})


def owned(tx: Tx, ids: Collection[str]) -> set[str]:
    """The ids among ``ids`` whose objects the tenant has made."""
    return set(tx.db.execute(_OWNED, {"for_tenant": tx.tenant, "ids": list(ids)}).scalars()) if ids else set()


def forget(tx: Tx, id: str) -> None:
    """Remove an object that upstream no longer has."""
    rows.remove(tx.db, objects, {"tenant": tx.tenant, "id": id})


def page(tx: Tx, collection: str, limit: int, order: Order, after: str | None) -> Ids:
    """The tenant's objects in the order in which they were made, after the object ``after``.

    Raises `NoSuchCursor`.
    """
    where = {"for_tenant": tx.tenant, "for_collection": collection}
    statement = _LIST.order_by(objects.c.seq.asc() if order == "asc" else objects.c.seq.desc())
    if after is not None:
        seq = tx.db.execute(_SEQ, where | {"for_id": after}).scalar()
        if seq is None:
            raise NoSuchCursor(after)
        statement = statement.where(objects.c.seq > seq if order == "asc" else objects.c.seq < seq)
    ids = list(tx.db.execute(statement, where | {"most": limit + 1}).scalars())
    return Ids(ids[:limit], len(ids) > limit)
