"""Upstream responses that runs have made: enough to fetch, chain or cancel them from any process."""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shim.store import rows
from shim.store.schema import responses
from shim.store.tx import Tx
from shim.wire.types import Json


class ResponseRow(NamedTuple):
    """One response; ``status`` and ``usage`` are None until it has ended."""

    id: str
    run_id: str
    previous_id: str | None
    created_at: int
    status: str | None
    usage: Json | None


_columns: Final[list[sa.Column[Any]]] = [responses.c[name] for name in ResponseRow._fields]
_OF_RUN: Final = sa.select(*_columns).where(rows.matching(responses, "tenant", "run_id")).order_by(responses.c.seq)
_OF_THREAD: Final = sa.select(responses.c.id).where(rows.matching(responses, "tenant", "thread_id"))


def insert(
    tx: Tx,
    id: str,
    thread_id: str,
    run_id: str,
    previous_id: str | None,
    created_at: int,
) -> None:
    """Add a response that has begun.  If a server uses an id twice, the newer response replaces the older one."""
    known: dict[str, Any] = {"id": id, "thread_id": thread_id, "run_id": run_id, "created_at": created_at}
    rows.put(tx.db, responses, tx.tenant, {**known, "previous_id": previous_id, "status": None, "usage": None})


def finish(tx: Tx, id: str, status: str, usage: Json | None) -> bool:
    """Store upstream's final status and usage of a response; returns whether it exists."""
    values = {"status": status, "usage": None if usage is None else rows.dump(usage)}
    return rows.change(tx.db, responses, {"tenant": tx.tenant, "id": id}, values) > 0


def of_run(tx: Tx, run_id: str) -> list[ResponseRow]:
    """The responses of a run, in the order in which they began."""
    result = tx.db.execute(_OF_RUN, {"for_tenant": tx.tenant, "for_run_id": run_id})
    return [ResponseRow._make((*row[:-1], row[-1] and rows.load(row[-1]))) for row in result]


def of_thread(tx: Tx, thread_id: str) -> set[str]:
    """The ids of a thread's responses."""
    return set(tx.db.execute(_OF_THREAD, {"for_tenant": tx.tenant, "for_thread_id": thread_id}).scalars())
