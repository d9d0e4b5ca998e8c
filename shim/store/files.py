"""Files that code wrote, kept here because the container in which it ran lives twenty minutes.

Bodies are the file objects of the wire; ``content`` is the file itself.
"""

from typing import Final

import sqlalchemy as sa

from shim.store import dialects, rows
from shim.store.rows import Json
from shim.store.schema import files

_OLD: Final = files.delete().where(rows.matching(files, "tenant"), files.c.created_at < sa.bindparam("before"))
_CONTENT: Final = sa.select(files.c.content).where(rows.matching(files, "tenant", "id"))


def save(db: sa.Connection, tenant: str, thread_id: str, container_id: str | None, body: Json, content: bytes) -> None:
    """Keep a file with its thread; the same file again takes its place."""
    known = {"id": body["id"], "created_at": body["created_at"], "body": rows.dump(body)}
    place = {"thread_id": thread_id, "container_id": container_id, "content": content}
    rows.put(db, files, tenant, {**known, **place})


def get(db: sa.Connection, tenant: str, id: str) -> Json | None:
    return rows.get(db, files, {"tenant": tenant, "id": id})


def content(db: sa.Connection, tenant: str, id: str) -> bytes | None:
    found: bytes | None = db.execute(_CONTENT, {"for_tenant": tenant, "for_id": id}).scalar()
    return found


def forget_old(db: sa.Connection, tenant: str, before: int) -> int:
    """Let go of files that were kept before then; returns how many."""
    gone = db.execute(_OLD, {"for_tenant": tenant, "before": before}).rowcount
    if gone:
        dialects.erasing(db)
    return gone


def delete(db: sa.Connection, tenant: str, id: str) -> bool:
    dialects.erasing(db)
    return rows.remove(db, files, {"tenant": tenant, "id": id}) > 0
