"""The journal of a thread: every item that was sent upstream (``in``) or received from it (``out``), in order.

It contains the whole conversation, so a thread can be replayed to any server at any time; response ids only save work.
"""

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa

from shim.store import dialects, threads
from shim.store import rows as generic
from shim.store.schema import journal
from shim.store.tx import Tx
from shim.wire.types import Json

#: How many rows are fetched at a time.
CHUNK: Final = 500
#: The largest number that databases have.  A caller may count further, as JSON's numbers have no end.
LARGEST: Final = 2**63 - 1
Direction = Literal["in", "out"]


class Row(NamedTuple):
    """One item.  ``message_id``: the thread's message that it belongs to; ``type`` and ``call_id`` are the item's
    own.
    """

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
_messages: Final = sa.and_(
    generic.matching(journal, "tenant", "thread_id"),
    journal.c.type == "message",
    sa.or_(journal.c.run_id.is_(None), journal.c.run_id != sa.bindparam("but")),
)
_NTH_LAST: Final = (
    sa.select(journal.c.seq).where(_messages).order_by(journal.c.seq.desc()).limit(1).offset(sa.bindparam("fewer"))
)
_COUNT: Final = sa.select(sa.func.count()).where(_messages, journal.c.seq > sa.bindparam("later_than"))
_FIRST_OF: Final = sa.select(sa.func.min(journal.c.seq)).where(generic.matching(journal, "tenant", "message_id"))
_NAME: Final = journal.update().where(
    generic.matching(journal, "tenant", "run_id"), journal.c.direction == "out", journal.c.response_id.is_(None)
)
_AMEND: Final = journal.update().where(generic.matching(journal, "tenant", "message_id"), journal.c.direction == "out")
_CUT: Final = journal.delete().where(
    generic.matching(journal, "tenant", "run_id"), journal.c.seq > sa.bindparam("later_than")
)
_CUT_THREAD: Final = journal.delete().where(
    generic.matching(journal, "tenant", "thread_id"), journal.c.seq >= sa.bindparam("first")
)


def append(
    tx: Tx,
    thread_id: str,
    direction: Direction,
    item: Json,
    *,
    run_id: str | None = None,
    response_id: str | None = None,
    message_id: str | None = None,
) -> int:
    """Add an item at the end of the thread's journal; returns its ``seq``.  An item without a type is a message."""
    threads.in_turn(tx, thread_id)
    call_id = item.get("call_id") or item.get("approval_request_id")
    values = {"type": item.get("type", "message"), "call_id": call_id, "item": generic.dump(item)}
    columns = {"tenant": tx.tenant, "thread_id": thread_id, "run_id": run_id, "direction": direction}
    return generic.add(tx.db, journal, {**columns, **values, "response_id": response_id, "message_id": message_id})


def walk(tx: Tx, thread_id: str, after_seq: int = 0) -> Iterator[Row]:
    """The items after ``after_seq``, in order, fetched in batches, so that a long thread is never in memory as a
    whole.
    """
    where = {"for_tenant": tx.tenant, "for_thread_id": thread_id, "later_than": after_seq}
    for number, row in enumerate(tx.db.execute(_ROWS, where, execution_options={"yield_per": CHUNK}), 1):
        tx.expect(number)
        yield _row(row)


def rows(tx: Tx, thread_id: str, after_seq: int = 0) -> list[Row]:
    """The items after ``after_seq``, in order."""
    return list(walk(tx, thread_id, after_seq))


def of_run(tx: Tx, run_id: str) -> list[Row]:
    """The items of a run, in order."""
    return [_row(row) for row in tx.db.execute(_OF_RUN, {"for_tenant": tx.tenant, "for_run_id": run_id})]


def before_last(tx: Tx, thread_id: str, but: str, count: int) -> int:
    """The position right before the last ``count`` messages; 0 if there are fewer.  ``but``: a run whose own messages
    are not counted.
    """
    where = {"for_tenant": tx.tenant, "for_thread_id": thread_id, "but": but, "fewer": min(count, LARGEST) - 1}
    position: int | None = tx.db.execute(_NTH_LAST, where).scalar()
    return 0 if position is None else position - 1


def messages_after(tx: Tx, thread_id: str, but: str, after_seq: int) -> int:
    """How many messages come after ``after_seq``, without those of one run."""
    where = {"for_tenant": tx.tenant, "for_thread_id": thread_id, "but": but, "later_than": after_seq}
    return int(tx.db.execute(_COUNT, where).scalar_one())


def last_seq(tx: Tx, thread_id: str) -> int:
    """The ``seq`` of the last item, 0 when there is none."""
    return _number(tx, _LAST, {"tenant": tx.tenant, "thread_id": thread_id}) or 0


def forget_message(tx: Tx, message_id: str) -> int | None:
    """Remove the items of a message; returns their lowest ``seq``, None if there was none."""
    where = {"tenant": tx.tenant, "message_id": message_id}
    first = _number(tx, _FIRST_OF, where)
    if first is not None:
        generic.remove(tx.db, journal, where)
    return first


def name(tx: Tx, run_id: str, response_id: str) -> None:
    """Set the response of items that a run journalled before their response had an id."""
    tx.db.execute(_NAME, {"for_tenant": tx.tenant, "for_run_id": run_id, "response_id": response_id})


def amend(tx: Tx, message_id: str, item: Json) -> None:
    """Replace the item that a message was made from."""
    tx.db.execute(_AMEND, {"for_tenant": tx.tenant, "for_message_id": message_id, "item": generic.dump(item)})


def delete_after(tx: Tx, run_id: str, seq: int) -> int:
    """Remove the run's items after ``seq``, for example tool outputs that upstream refused; returns how many."""
    return tx.db.execute(_CUT, {"for_tenant": tx.tenant, "for_run_id": run_id, "later_than": seq}).rowcount


def cut(tx: Tx, thread_id: str, first: int) -> None:
    """Remove the thread's items from the position ``first`` on."""
    dialects.erasing(tx.db)
    tx.db.execute(_CUT_THREAD, {"for_tenant": tx.tenant, "for_thread_id": thread_id, "first": first})


def _row(row: sa.Row[Any]) -> Row:
    return Row._make((*row[:-1], generic.load(row[-1])))


def _number(tx: Tx, statement: sa.Select[Any], where: generic.Where) -> int | None:
    number: int | None = tx.db.execute(statement, generic.bound(where)).scalar()
    return number
