"""The journal of a thread: every item that went upstream (``in``) or came from there (``out``), verbatim, in order.

It holds the whole transcript, so a thread can be replayed to any server at any time; response ids only save work.
"""

from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa

from shim.store import rows as generic
from shim.store import threads
from shim.store.rows import Json
from shim.store.schema import journal

Direction = Literal["in", "out"]


class Row(NamedTuple):
    """One item.  ``message_id`` is our message that it belongs to; ``type`` and ``call_id`` are the item's own."""

    seq: int
    run_id: str | None
    response_id: str | None
    message_id: str | None
    direction: Direction
    type: str
    call_id: str | None
    item: Json


_columns: Final[list[sa.Column[Any]]] = [journal.c[name] for name in Row._fields]
_ROWS: Final = (
    sa.select(*_columns)
    .where(generic.matching(journal, "tenant", "thread_id"), journal.c.seq > sa.bindparam("later_than"))
    .order_by(journal.c.seq)
)
_OF_RUN: Final = sa.select(*_columns).where(generic.matching(journal, "tenant", "run_id")).order_by(journal.c.seq)
_LAST: Final = sa.select(sa.func.max(journal.c.seq)).where(generic.matching(journal, "tenant", "thread_id"))
_FIRST_OF: Final = sa.select(sa.func.min(journal.c.seq)).where(generic.matching(journal, "tenant", "message_id"))
_CUT: Final = journal.delete().where(
    generic.matching(journal, "tenant", "run_id"), journal.c.seq > sa.bindparam("later_than")
)


def append(
    db: sa.Connection,
    tenant: str,
    thread_id: str,
    direction: Direction,
    item: Json,
    *,
    run_id: str | None = None,
    response_id: str | None = None,
    message_id: str | None = None,
) -> int:
    """Add an item at the end of the thread's journal; returns its ``seq``.  An item without a type is a message."""
    threads.in_turn(db, tenant, thread_id)
    call_id = item.get("call_id") or item.get("approval_request_id")
    own = {"type": item.get("type", "message"), "call_id": call_id, "item": generic.dump(item)}
    place = {"tenant": tenant, "thread_id": thread_id, "run_id": run_id, "direction": direction}
    return generic.add(db, journal, {**place, **own, "response_id": response_id, "message_id": message_id})


def rows(db: sa.Connection, tenant: str, thread_id: str, after_seq: int = 0) -> list[Row]:
    """The items after ``after_seq``, in order."""
    found = db.execute(_ROWS, {"for_tenant": tenant, "for_thread_id": thread_id, "later_than": after_seq})
    return [_row(row) for row in found]


def of_run(db: sa.Connection, tenant: str, run_id: str) -> list[Row]:
    """The items that a run has put in or out, in order."""
    return [_row(row) for row in db.execute(_OF_RUN, {"for_tenant": tenant, "for_run_id": run_id})]


def last_seq(db: sa.Connection, tenant: str, thread_id: str) -> int:
    """The ``seq`` of the last item, 0 when there is none."""
    return _number(db, _LAST, {"tenant": tenant, "thread_id": thread_id}) or 0


def forget_message(db: sa.Connection, tenant: str, message_id: str) -> int | None:
    """Remove the items of a message; returns the lowest ``seq`` that went, None when there was none."""
    where = {"tenant": tenant, "message_id": message_id}
    first = _number(db, _FIRST_OF, where)
    if first is not None:
        generic.remove(db, journal, where)
    return first


def delete_after(db: sa.Connection, tenant: str, run_id: str, seq: int) -> int:
    """Take back what the run journalled after ``seq``, such as tool outputs that upstream refused; returns how many."""
    return db.execute(_CUT, {"for_tenant": tenant, "for_run_id": run_id, "later_than": seq}).rowcount


def _row(found: sa.Row[Any]) -> Row:
    return Row._make((*found[:-1], generic.load(found[-1])))


def _number(db: sa.Connection, statement: sa.Select[Any], where: generic.Where) -> int | None:
    found: int | None = db.execute(statement, generic.bound(where)).scalar()
    return found
