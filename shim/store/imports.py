"""Imports: their list, the objects of each, and their removal.

A thread's ``batch`` is the import that it came from.  It was used since if ``touched_at`` differs from the import's
value, as every write that uses a thread sets it.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shim.store import dialects, outbox, rows, schema
from shim.store.schema import assistants, imports, threads
from shim.store.threads import ABOUT
from shim.store.tx import Tx
from shim.wire.types import Json


class Import(NamedTuple):
    """One import.  ``finished_at`` is None while it runs, or if it was interrupted."""

    batch: str
    created_at: int
    finished_at: int | None
    sources: list[str]
    counts: Json


class StoredThread(NamedTuple):
    """An existing thread: the import that it came from, if any, and whether it was used since."""

    id: str
    batch: str | None
    used: bool


_ALL: Final = (
    sa.select(imports.c.batch, imports.c.created_at, imports.c.finished_at, imports.c.sources, imports.c.counts)
    .where(rows.matching(imports, "tenant"))
    .order_by(imports.c.seq)
)
#: The column ``touched_at`` of a thread that was not used since its import.
_UNTOUCHED: Final = imports.c.created_at - (ABOUT + 1)
_used: Final = sa.or_(imports.c.created_at.is_(None), threads.c.touched_at != _UNTOUCHED, threads.c.head.is_not(None))
_with_import: Final = threads.outerjoin(
    imports, sa.and_(imports.c.tenant == threads.c.tenant, imports.c.batch == threads.c.batch)
)
_KNOWN: Final = (
    sa.select(threads.c.id, threads.c.batch, _used)
    .select_from(_with_import)
    .where(rows.matching(threads, "tenant"), threads.c.id.in_(sa.bindparam("ids", expanding=True)))
)
_OF_BATCH: Final = (
    sa.select(threads.c.seq, threads.c.id, _used)
    .select_from(_with_import)
    .where(rows.matching(threads, "tenant", "batch"), threads.c.seq > sa.bindparam("after"))
    .order_by(threads.c.seq)
    .limit(sa.bindparam("most"))
)
_IDLE: Final = sa.select(assistants.c.id).where(
    rows.matching(assistants, "tenant", "batch"),
    ~sa.exists().where(schema.runs.c.tenant == assistants.c.tenant, schema.runs.c.assistant_id == assistants.c.id),
)


def untouched(created_at: int) -> int:
    """The ``touched_at`` of threads that an import at that time adds."""
    return created_at - ABOUT - 1


def begin(tx: Tx, batch: str, now: int, sources: list[str]) -> None:
    """Store that an import begins."""
    values = {"batch": batch, "created_at": now, "finished_at": None, "sources": rows.dump({"": sources})}
    rows.add(tx.db, imports, {"tenant": tx.tenant, **values, "counts": "{}"})


def finish(tx: Tx, batch: str, now: int, counts: Json) -> None:
    """Store that an import has finished."""
    rows.change(
        tx.db, imports, {"tenant": tx.tenant, "batch": batch}, {"finished_at": now, "counts": rows.dump(counts)}
    )


def listing(tx: Tx) -> list[Import]:
    """All imports, the oldest first."""
    result = tx.db.execute(_ALL, {"for_tenant": tx.tenant})
    return [Import(*row[:3], rows.load(row[3])[""], rows.load(row[4])) for row in result]


def interrupted(tx: Tx, sources: list[str]) -> Import | None:
    """The last import of the same sources, if it was not finished."""
    same = [one for one in listing(tx) if one.sources == sources]
    return same[-1] if same and same[-1].finished_at is None else None


def known(tx: Tx, ids: list[str]) -> dict[str, StoredThread]:
    """The threads among ``ids`` that exist."""
    result = tx.db.execute(_KNOWN, {"for_tenant": tx.tenant, "ids": ids})
    return {row[0]: StoredThread(row[0], row[1], bool(row[2])) for row in result}


def of_thread(tx: Tx, table: sa.Table, thread_id: str) -> set[str]:
    """The ids of a thread's rows in a table."""
    where = {"tenant": tx.tenant, "thread_id": thread_id}
    return set(tx.db.execute(sa.select(table.c.id).where(rows.matching(table, *where)), rows.bound(where)).scalars())


def taken(tx: Tx, table: sa.Table, ids: list[str]) -> dict[str, str]:
    """The ids that exist in a table, each with its thread."""
    if not ids:
        return {}
    statement = sa.select(table.c.id, table.c.thread_id).where(table.c.tenant == tx.tenant, table.c.id.in_(ids))
    return {row[0]: row[1] for row in tx.db.execute(statement)}


def add(tx: Tx, table: sa.Table, values: list[dict[str, Any]]) -> None:
    """Add rows, in order."""
    if values:
        tx.db.execute(table.insert(), values)


def threads_of(tx: Tx, batch: str, after: int, most: int) -> list[tuple[int, StoredThread]]:
    """The threads of an import, in batches: each with its position in the store's order."""
    result = tx.db.execute(_OF_BATCH, {"for_tenant": tx.tenant, "for_batch": batch, "after": after, "most": most})
    return [(row[0], StoredThread(row[1], batch, bool(row[2]))) for row in result]


def remove_threads(tx: Tx, ids: Iterable[str], now: int, delete_upstream: bool) -> int:
    """Delete threads with all that belongs to them; returns how many there were."""
    dialects.erasing(tx.db)
    count = 0
    for id in ids:
        if delete_upstream:
            outbox.add(tx, id, now)
        count += rows.remove(tx.db, threads, {"tenant": tx.tenant, "id": id})
    return count


def remove_assistants(tx: Tx, batch: str, force: bool) -> int:
    """Delete the assistants of an import, with ``force`` also those that runs name; returns how many."""
    where = {"tenant": tx.tenant, "batch": batch}
    dialects.erasing(tx.db)
    if force:
        return rows.remove(tx.db, assistants, where)
    idle = list(tx.db.execute(_IDLE, rows.bound(where)).scalars())
    return sum(rows.remove(tx.db, assistants, {"tenant": tx.tenant, "id": id}) for id in idle)


def close(tx: Tx, batch: str) -> bool:
    """Delete an import of which no object is left; returns whether that was so."""
    where = {"tenant": tx.tenant, "batch": batch}
    for table in (threads, assistants):
        remaining = sa.select(table.c.id).where(rows.matching(table, *where)).limit(1)
        if tx.db.execute(remaining, rows.bound(where)).first() is not None:
            return False
    return rows.remove(tx.db, imports, where) > 0
