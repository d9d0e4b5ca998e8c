"""Lists of the stored objects for the window: newest first, a page at a time, with extra columns for each object.

A page continues before a position in the store's own order, ``seq``, so that it does not shift if objects are added.
"""

from collections.abc import Generator
from contextlib import closing
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shim.store import rows, schema
from shim.store.survey import text_of
from shim.store.tx import Tx
from shim.wire.types import Json

CHUNK: Final = 500


class Stored(NamedTuple):
    """An object and its position in the store's order."""

    seq: int
    body: Json


class Part(NamedTuple):
    """Part of a list.  ``older``: the position before which it continues; None at the end."""

    data: list[Stored]
    older: int | None


class Around(NamedTuple):
    """Columns of a thread in a list: the numbers of its messages and runs, its last use, its first message and its
    latest run.
    """

    messages: int
    runs: int
    touched_at: int
    first: Json | None
    last_run: Json | None


class Hit(NamedTuple):
    """A thread that matches.  ``message``: the one that contains the words; None if the metadata contain them."""

    thread_id: str
    message: Json | None
    metadata: Json | None


class Hits(NamedTuple):
    """``whole``: everything was searched; False if the search ended after the newest ``most`` objects."""

    hits: list[Hit]
    whole: bool


def newest(tx: Tx, table: sa.Table, limit: int, before: int | None = None, **equal: Any) -> Part:
    """Objects of a table whose columns are ``equal``, the newest first."""
    statement = sa.select(table.c.seq, table.c.body).where(table.c.tenant == tx.tenant)
    statement = statement.where(*(table.c[name] == value for name, value in equal.items() if value is not None))
    statement = statement if before is None else statement.where(table.c.seq < before)
    stored = list(tx.db.execute(statement.order_by(table.c.seq.desc()).limit(limit + 1)))
    data = [Stored(seq, rows.load(body)) for seq, body in stored[:limit]]
    return Part(data, data[-1].seq if len(stored) > limit else None)


def around(tx: Tx, ids: list[str]) -> dict[str, Around]:
    """The columns of these threads."""
    counts = {table.name: _counts(tx, table, ids) for table in (schema.messages, schema.runs)}
    first = _at(tx, schema.messages, sa.func.min, ids)
    last = _at(tx, schema.runs, sa.func.max, ids)
    table = schema.threads
    touched = sa.select(table.c.id, table.c.touched_at).where(table.c.tenant == tx.tenant, table.c.id.in_(ids))
    return {
        id: Around(counts["messages"].get(id, 0), counts["runs"].get(id, 0), at, first.get(id), last.get(id))
        for id, at in tx.db.execute(touched)
    }


def _counts(tx: Tx, table: sa.Table, ids: list[str]) -> dict[str, int]:
    statement = sa.select(table.c.thread_id, sa.func.count()).where(
        table.c.tenant == tx.tenant, table.c.thread_id.in_(ids)
    )
    return {row[0]: row[1] for row in tx.db.execute(statement.group_by(table.c.thread_id))}


def _at(tx: Tx, table: sa.Table, which: Any, ids: list[str]) -> dict[str, Json]:
    """The first or the last object of each thread."""
    conditions = table.c.tenant == tx.tenant, table.c.thread_id.in_(ids)
    positions = sa.select(which(table.c.seq)).where(*conditions).group_by(table.c.thread_id)
    statement = sa.select(table.c.thread_id, table.c.body).where(table.c.seq.in_(positions))
    return {id: rows.load(body) for id, body in tx.db.execute(statement)}


def find(tx: Tx, query: str, limit: int, most: int) -> Hits:
    """Threads whose metadata or messages contain ``query``, in upper or lower case; each once, matches in metadata
    first.

    ``most``: how many threads, and how many messages, are searched.  They are searched here, as a database cannot
    search encrypted columns.
    """
    needle, hits, whole = query.casefold(), dict[str, Hit](), True
    for at, (thread_id, body) in enumerate(_bodies(tx, schema.threads, schema.threads.c.id, most + 1)):
        whole = whole and at < most
        if len(hits) < limit and needle in _metadata_of(body).casefold():
            hits[thread_id] = Hit(thread_id, None, body["metadata"])
    with closing(_bodies(tx, schema.messages, schema.messages.c.thread_id, most + 1)) as bodies:
        for at, (thread_id, body) in enumerate(bodies):
            whole = whole and at < most
            if len(hits) >= limit:
                break
            if thread_id not in hits and needle in text_of(body).casefold():
                hits[thread_id] = Hit(thread_id, body, None)
    return Hits(list(hits.values()), whole)


def _bodies(tx: Tx, table: sa.Table, id: "sa.Column[Any]", most: int) -> Generator[tuple[str, Json], None, None]:
    statement = sa.select(id, table.c.body).where(table.c.tenant == tx.tenant).order_by(table.c.seq.desc()).limit(most)
    # Closed when there are enough hits, as a cursor on a server must be closed before its transaction ends.
    with tx.db.execute(statement, execution_options={"yield_per": CHUNK}) as cursor:
        for thread_id, body in cursor:
            yield thread_id, rows.load(body)


def _metadata_of(thread: Json) -> str:
    """The metadata as text: ``name=value``, a line each."""
    return "\n".join(f"{name}={value}" for name, value in (thread["metadata"] or {}).items())


def home(tx: Tx, table: sa.Table, id: str) -> str | None:
    """The object to which another one belongs: the run of a response, else the thread; None if there is no such
    object.
    """
    of = table.c.run_id if table is schema.responses else table.c.thread_id
    value: str | None = tx.db.execute(sa.select(of).where(table.c.tenant == tx.tenant, table.c.id == id)).scalar()
    return value


def of_run(tx: Tx, table: sa.Table, run: Json) -> list[Json]:
    """The messages or steps that a run has made, in order."""
    conditions = (table.c.tenant == tx.tenant, table.c.thread_id == run["thread_id"], table.c.run_id == run["id"])
    return [
        rows.load(body)
        for body in tx.db.execute(sa.select(table.c.body).where(*conditions).order_by(table.c.seq)).scalars()
    ]
