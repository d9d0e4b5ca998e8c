"""Queries for the operator: threads with their sizes, words in messages, tokens by day.

``tenant`` is None for all tenants.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shim.store import rows, schema
from shim.store.tx import Tx
from shim.wire.types import Json

CHUNK: Final = 500


class ThreadRow(NamedTuple):
    """A thread, the number of its messages and runs, and when it was last used, in seconds since the epoch, exact to
    the hour.
    """

    tenant: str
    body: Json
    messages: int
    runs: int
    touched_at: int


class Hit(NamedTuple):
    """A message with the words of a search."""

    tenant: str
    message: Json


class Spent(NamedTuple):
    """The tokens of one response, with its thread and run."""

    tenant: str
    created_at: int
    thread_id: str
    run: Json
    usage: Json


def _count(table: sa.Table) -> sa.ScalarSelect[Any]:
    threads = schema.threads
    of_thread = sa.and_(table.c.tenant == threads.c.tenant, table.c.thread_id == threads.c.id)
    return sa.select(sa.func.count()).where(of_thread).correlate(threads).scalar_subquery()


def _of(table: sa.Table, tenant: str | None) -> sa.ColumnElement[bool]:
    return sa.true() if tenant is None else table.c.tenant == tenant


def threads(tx: Tx, tenant: str | None, limit: int | None = None) -> list[ThreadRow]:
    """Threads, the newest first."""
    table = schema.threads
    counts = _count(schema.messages), _count(schema.runs)
    statement = sa.select(table.c.tenant, table.c.body, *counts, table.c.touched_at).where(_of(table, tenant))
    result = tx.db.execute(statement.order_by(table.c.seq.desc()).limit(limit))
    return [ThreadRow(row[0], rows.load(row[1]), *row[2:]) for row in result]


def tenants_of(tx: Tx, table: sa.Table, id: str) -> list[str]:
    """The tenants that have an object of this id."""
    return list(tx.db.execute(sa.select(table.c.tenant).where(table.c.id == id)).scalars())


def search(tx: Tx, tenant: str | None, query: str) -> Iterator[Hit]:
    """Messages whose text contains ``query``, in upper or lower case; fetched in batches.

    They are searched here, as a database cannot search encrypted columns.
    """
    table, needle = schema.messages, query.casefold()
    statement = sa.select(table.c.tenant, table.c.body).where(_of(table, tenant)).order_by(table.c.seq.desc())
    for owner, text in tx.db.execute(statement, execution_options={"yield_per": CHUNK}):
        message = rows.load(text)
        if needle in text_of(message).casefold():
            yield Hit(owner, message)


def text_of(message: Json) -> str:
    """The texts of a message."""
    return "\n".join(part["text"]["value"] for part in message["content"] if part["type"] == "text")


def all_of(tx: Tx, table: sa.Table, thread_id: str) -> list[Json]:
    """The objects of a thread in one of its tables, in order."""
    statement = sa.select(table.c.body).where(table.c.tenant == tx.tenant, table.c.thread_id == thread_id)
    return [rows.load(body) for body in tx.db.execute(statement.order_by(table.c.seq)).scalars()]


def run(tx: Tx, id: str) -> Json | None:
    """A run by its id alone."""
    return rows.get(tx.db, schema.runs, {"tenant": tx.tenant, "id": id})


def spent(tx: Tx, tenant: str | None, since: int = 0) -> Iterator[Spent]:
    """The usage of all responses that have ended, oldest first; fetched in batches."""
    responses, runs = schema.responses, schema.runs
    joined = responses.join(runs, sa.and_(responses.c.tenant == runs.c.tenant, responses.c.run_id == runs.c.id))
    columns = (responses.c.tenant, responses.c.created_at, responses.c.thread_id, runs.c.body, responses.c.usage)
    statement = sa.select(*columns).select_from(joined).where(_of(responses, tenant), responses.c.usage.is_not(None))
    statement = statement.where(responses.c.created_at >= since).order_by(responses.c.seq)
    for row in tx.db.execute(statement, execution_options={"yield_per": CHUNK}):
        yield Spent(row[0], row[1], row[2], rows.load(row[3]), rows.load(row[4]))


def assistants(tx: Tx, tenant: str | None) -> list[Json]:
    """All assistants, the oldest first."""
    table = schema.assistants
    statement = sa.select(table.c.body).where(_of(table, tenant)).order_by(table.c.seq)
    return [rows.load(body) for body in tx.db.execute(statement).scalars()]
