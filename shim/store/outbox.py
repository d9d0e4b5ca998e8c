"""The outbox: responses that must still be deleted upstream, as their threads were deleted here."""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shim.store import dialects, rows
from shim.store.schema import Big, outbox, responses
from shim.store.tx import Tx

#: The number of attempts after which a response is given up; upstream deletes it after its own retention time.
TRIES: Final = 8


class Outgoing(NamedTuple):
    """One response, and how often it was tried."""

    seq: int
    response_id: str
    tries: int


_columns: Final[list[sa.Column[Any]]] = [outbox.c[name] for name in Outgoing._fields]
_SOME: Final = (
    sa.select(*_columns)
    .where(rows.matching(outbox, "tenant"), outbox.c.seq > sa.bindparam("after"))
    .order_by(outbox.c.seq)
    .limit(sa.bindparam("most"))
)
_responses: Final = sa.select(responses.c.tenant, responses.c.id, sa.bindparam("now", type_=Big))
_add: Final = outbox.insert()
_NAMES: Final = ["tenant", "response_id", "created_at"]
_OF_THREAD: Final = _add.from_select(_NAMES, _responses.where(rows.matching(responses, "tenant", "thread_id")))
_OF_RUN: Final = _add.from_select(_NAMES, _responses.where(rows.matching(responses, "tenant", "run_id")))
_ANY: Final = sa.select(outbox.c.seq).limit(1)


def add(tx: Tx, thread_id: str, now: int) -> None:
    """Add all responses of a thread that is about to be deleted."""
    tx.db.execute(_OF_THREAD, {"for_tenant": tx.tenant, "for_thread_id": thread_id, "now": now})


def add_run(tx: Tx, run_id: str, now: int) -> None:
    """Add all responses of a run that is about to be deleted."""
    tx.db.execute(_OF_RUN, {"for_tenant": tx.tenant, "for_run_id": run_id, "now": now})


def add_one(tx: Tx, response_id: str, now: int) -> None:
    """Add a response that came after its thread was deleted."""
    rows.add(tx.db, outbox, {"tenant": tx.tenant, "response_id": response_id, "created_at": now})


def batch(tx: Tx, after: int, most: int) -> list[Outgoing]:
    """The next ones after ``after``, a ``seq``."""
    result = tx.db.execute(_SOME, {"for_tenant": tx.tenant, "after": after, "most": most})
    return [Outgoing._make(row) for row in result]


def done(tx: Tx, seq: int) -> None:
    """Remove a response that upstream has deleted or never will.  After the last one the ids are erased from the file
    as well.
    """
    rows.remove(tx.db, outbox, {"seq": seq})
    if tx.db.execute(_ANY).first() is None:
        dialects.erasing(tx.db)


def failed(tx: Tx, row: Outgoing) -> None:
    """Count a failed attempt."""
    rows.change(tx.db, outbox, {"seq": row.seq}, {"tries": row.tries + 1})
