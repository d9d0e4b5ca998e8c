"""Threads, and the head of each: the part of the thread that upstream already has."""

import hashlib
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shim.store import dialects, doubt, rows
from shim.store.dialects import lone_writer
from shim.store.schema import threads, tombstones
from shim.store.tx import Tx, brief
from shim.wire.types import Json


class Head(NamedTuple):
    """The last response whose chain covers the journal up to ``covers``, a ``seq``; (None, 0) if there is none."""

    response_id: str | None
    covers: int


_by_id: Final = rows.matching(threads, "tenant", "id")
_HEAD: Final = sa.select(threads.c.head, threads.c.head_covers).where(_by_id)
_LOCK: Final = sa.select(threads.c.touched_at).where(_by_id).with_for_update()
_NUMBERED_LOCK: Final = _LOCK.add_columns(doubt.CURRENT)
_UNUSED: Final = (
    sa.select(threads.c.id)
    .where(rows.matching(threads, "tenant"), threads.c.touched_at < sa.bindparam("before"))
    .order_by(threads.c.touched_at)
    .limit(sa.bindparam("most"))
)
#: The precision of a thread's last use, in seconds: within this time the row is not written again.
ABOUT: Final = 3600


#: Of all tenants: an id that any tenant has, or had, is not free.
_TAKEN: Final = sa.union_all(
    sa.select(threads.c.id).where(rows.matching(threads, "id")),
    sa.select(tombstones.c.digest).where(rows.matching(tombstones, "digest")),
).limit(1)

_WITH_TOMBSTONE: Final = sa.select(tombstones.c.digest).where(
    rows.matching(tombstones, "tenant"), tombstones.c.digest.in_(sa.bindparam("digests", expanding=True))
)


def insert(tx: Tx, body: Json, batch: str | None = None) -> None:
    """Add a thread without a head; ``batch`` is the import that it came from."""
    rows.add(tx.db, threads, _columns(tx.tenant, body, batch))


def insert_new(tx: Tx, body: Json) -> bool:
    """Add a thread, unless its id exists; returns whether it was added."""
    return rows.add_new(tx.db, threads, _columns(tx.tenant, body, None))


def _columns(tenant: str, body: Json, batch: str | None) -> dict[str, Any]:
    known = {"id": body["id"], "created_at": body["created_at"], "body": rows.dump(body)}
    return {"tenant": tenant, "batch": batch, "touched_at": body["created_at"], **known}


def insert_free(tx: Tx, body: Json) -> bool:
    """Add a thread under an id that a caller has chosen.

    Nothing is added if any tenant has such a thread, or had one that was deleted; returns whether it was added.  Of
    several concurrent callers one adds it.
    """
    if tx.db.execute(_TAKEN, {"for_id": body["id"], "for_digest": _digest(body["id"])}).first() is not None:
        return False
    return insert_new(tx, body)


def add_tombstone(tx: Tx, id: str, now: int) -> None:
    """Store that a thread with this id was deleted here."""
    rows.add_new(tx.db, tombstones, {"tenant": tx.tenant, "digest": _digest(id), "created_at": now}, "digest")


def with_tombstone(tx: Tx, ids: list[str]) -> set[str]:
    """The ids among ``ids`` whose threads were deleted here."""
    digests = {_digest(id): id for id in ids}
    known = tx.db.execute(_WITH_TOMBSTONE, {"for_tenant": tx.tenant, "digests": list(digests)}).scalars()
    return {digests[digest] for digest in known}


def _digest(id: str) -> str:
    """A digest of an erased id, from which the id cannot be found."""
    return hashlib.sha256(id.encode()).hexdigest()


@brief
def get(tx: Tx, id: str) -> Json | None:
    return rows.get(tx.db, threads, {"tenant": tx.tenant, "id": id})


def save(tx: Tx, body: Json) -> bool:
    """Replace the body; returns whether the thread exists."""
    return rows.change(tx.db, threads, {"tenant": tx.tenant, "id": body["id"]}, {"body": rows.dump(body)}) > 0


def delete(tx: Tx, id: str) -> bool:
    """Delete the thread and all that belongs to it: messages, runs, steps, journal, responses, stored files."""
    dialects.erasing(tx.db)
    return rows.remove(tx.db, threads, {"tenant": tx.tenant, "id": id}) > 0


def head(tx: Tx, id: str) -> Head:
    row = tx.db.execute(_HEAD, {"for_tenant": tx.tenant, "for_id": id}).first()
    return Head(row[0], row[1]) if row else Head(None, 0)


def set_head(tx: Tx, id: str, response_id: str | None, covers: int) -> None:
    rows.change(tx.db, threads, {"tenant": tx.tenant, "id": id}, {"head": response_id, "head_covers": covers})


def unused(tx: Tx, before: int, most: int) -> list[str]:
    """Threads that were last used before ``before``, at most ``most``."""
    return list(tx.db.execute(_UNUSED, {"for_tenant": tx.tenant, "before": before, "most": most}).scalars())


def lock(tx: Tx, id: str, now: int | None = None) -> bool:
    """Lock this thread against other writers until the transaction ends; returns whether the thread exists.

    A write that depends on what it reads begins with this, for example "add a message if no run is active".  On SQLite
    there is only one writer anyway; on PostgreSQL the row is locked.  ``now``: the time of this use of the thread.
    """
    row = tx.db.execute(
        _LOCK if lone_writer(tx.db) else _NUMBERED_LOCK, {"for_tenant": tx.tenant, "for_id": id}
    ).first()
    touched: int | None = row[0] if row else None
    if row and not lone_writer(tx.db):
        doubt.note(tx.db, row[1])
    if touched is not None and now is not None and touched < now - ABOUT:
        rows.change(tx.db, threads, {"tenant": tx.tenant, "id": id}, {"touched_at": now})
    return touched is not None


def in_turn(tx: Tx, id: str) -> None:
    """`lock` before a row is added to the thread, if the database needs that.

    PostgreSQL assigns ``seq`` when a row is written, and the row is visible after the commit.  So of two writers the
    later number could become visible first, and a head that covers it would also cover the earlier one, which was not
    sent.
    """
    if not lone_writer(tx.db):
        lock(tx, id)
