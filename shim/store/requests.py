"""The objects that recent POSTs have made, so that a repeated POST makes nothing twice.

A row is written in the transaction of its effect and has the id of the object that was made, but no contents of the
request.  ``mark`` is the same for equal requests, ``attempt`` is the number of the caller's attempt, from 0.
"""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shim.store import rows
from shim.store.schema import requests
from shim.store.tx import Tx, brief

#: For how many seconds a repetition is recognised.
WINDOW: Final = 600.0
#: Old rows are deleted each time this number of new ones has been written.
SWEEP: Final = 64


class Row(NamedTuple):
    """A request that has had its effect."""

    seq: int
    attempt: int
    kind: str
    thread_id: str | None
    made: str
    digest: str | None


_columns: Final[list[sa.Column[Any]]] = [requests.c[name] for name in Row._fields]
_same: Final = rows.matching(requests, "tenant", "mark")
_created: Final = requests.c.created_at
_earlier: Final = sa.and_(requests.c.attempt < sa.bindparam("mine"), _created >= sa.bindparam("old"))
#: A later attempt that arrived before the current one.
_overtook: Final = sa.and_(requests.c.attempt > sa.bindparam("mine"), _created >= sa.bindparam("arrived"))
_newest: Final = sa.select(*_columns).where(_same).order_by(requests.c.seq.desc()).limit(1)
_SENT: Final = _newest.where(sa.or_(_earlier, _overtook))
_KEYED: Final = _newest.where(_created >= sa.bindparam("old"))
_SINCE: Final = (
    sa.select(requests.c.seq)
    .where(rows.matching(requests, "tenant", "thread_id"), requests.c.seq > sa.bindparam("mark"))
    .where(requests.c.kind.in_(sa.bindparam("kinds", expanding=True)))
    .limit(1)
)
_CLAIM: Final = requests.update().where(rows.matching(requests, "seq"), requests.c.attempt < sa.bindparam("mine"))
_IN_THREAD: Final = requests.delete().where(rows.matching(requests, "tenant", "thread_id", "made"))
_IN_NONE: Final = requests.delete().where(rows.matching(requests, "tenant", "made"), requests.c.thread_id.is_(None))
_SWEEP: Final = requests.delete().where(_created < sa.bindparam("old"))


def insert(tx: Tx, values: rows.Where) -> int:
    """Store what a request has made; ``values`` has every column but ``seq`` and the tenant.  Returns the row's
    ``seq``.
    """
    seq = rows.add(tx.db, requests, {"tenant": tx.tenant, **values})
    if seq % SWEEP == 0:
        tx.db.execute(_SWEEP, {"old": values["created_at"] - WINDOW})
    return seq


def sent(tx: Tx, mark: str, attempt: int, arrived: float) -> Row | None:
    """The newest equal request of which this one, with its number ``attempt``, may be a repetition."""
    parameters = {"mine": attempt, "arrived": arrived, "old": arrived - WINDOW}
    return _row(tx.db.execute(_SENT, {"for_tenant": tx.tenant, "for_mark": mark, **parameters}))


def keyed(tx: Tx, mark: str, arrived: float) -> Row | None:
    """The earlier request with the same key."""
    return _row(tx.db.execute(_KEYED, {"for_tenant": tx.tenant, "for_mark": mark, "old": arrived - WINDOW}))


@brief
def claim(tx: Tx, seq: int, attempt: int) -> bool:
    """Claim the row for this attempt; of several concurrent callers one succeeds."""
    return tx.db.execute(_CLAIM, {"for_seq": seq, "mine": attempt, "attempt": attempt}).rowcount > 0


def has_since(tx: Tx, row: Row, kinds: tuple[str, ...]) -> bool:
    """Whether the row's thread got a request of one of these kinds after it."""
    parameters = {"for_tenant": tx.tenant, "for_thread_id": row.thread_id, "mark": row.seq, "kinds": kinds}
    return bool(kinds) and tx.db.execute(_SINCE, parameters).first() is not None


def remove(tx: Tx, seq: int) -> None:
    """Remove the row, as the effect was undone."""
    rows.remove(tx.db, requests, {"seq": seq})


def forget(tx: Tx, thread_id: str | None, object_id: str) -> None:
    """Remove the row of an object that is being deleted; ``thread_id``, if it belongs to a thread."""
    where = {"tenant": tx.tenant, "made": object_id} | ({} if thread_id is None else {"thread_id": thread_id})
    tx.db.execute(_IN_NONE if thread_id is None else _IN_THREAD, rows.bound(where))


def _row(result: sa.CursorResult[Any]) -> Row | None:
    first = result.first()
    return None if first is None else Row._make(first)
