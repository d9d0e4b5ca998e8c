"""Files that code interpreter wrote, stored here because upstream deletes their container after twenty idle minutes.

Bodies are the API's file objects; ``content`` is the file itself.
"""

from typing import Final

import sqlalchemy as sa

from shim.store import dialects, rows
from shim.store.schema import files
from shim.store.tx import Tx
from shim.wire.types import Json

_OLD: Final = files.delete().where(rows.matching(files, "tenant"), files.c.created_at < sa.bindparam("before"))
_CONTENT: Final = sa.select(files.c.content).where(rows.matching(files, "tenant", "id"))


def save(tx: Tx, thread_id: str, container_id: str | None, body: Json, content: bytes) -> None:
    """Store a file with its thread; the same file again replaces it."""
    known = {"id": body["id"], "created_at": body["created_at"], "body": rows.dump(body)}
    columns = {"thread_id": thread_id, "container_id": container_id, "content": content}
    rows.put(tx.db, files, tx.tenant, {**known, **columns})


def get(tx: Tx, id: str) -> Json | None:
    return rows.get(tx.db, files, {"tenant": tx.tenant, "id": id})


def content(tx: Tx, id: str) -> bytes | None:
    stored: bytes | None = tx.db.execute(_CONTENT, {"for_tenant": tx.tenant, "for_id": id}).scalar()
    return stored


def forget_old(tx: Tx, before: int) -> int:
    """Delete files that were stored before ``before``; returns how many."""
    gone = tx.db.execute(_OLD, {"for_tenant": tx.tenant, "before": before}).rowcount
    if gone:
        dialects.erasing(tx.db)
    return gone


def delete(tx: Tx, id: str) -> bool:
    dialects.erasing(tx.db)
    return rows.remove(tx.db, files, {"tenant": tx.tenant, "id": id}) > 0
