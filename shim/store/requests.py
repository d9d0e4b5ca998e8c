"""What recent POSTs have made, so that one which is sent again makes nothing twice.

A row is written in the transaction of its effect and names what came of it; it holds nothing of what was sent.
``mark`` is the same for equal requests, ``attempt`` counts from 0 how often the caller had sent it.
"""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from shim.store import rows
from shim.store.schema import requests
from shim.store.tx import Tx

#: How long a request can be sent again, in seconds.
WINDOW: Final = 600.0
#: Old rows are swept whenever so many new ones have been written.
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
#: A later attempt that was quicker than the one which is looking.
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
    """Note what a request has made; ``values`` has every column but ``seq`` and the tenant.  Returns its ``seq``."""
    seq = rows.add(tx.db, requests, {"tenant": tx.tenant, **values})
    if seq % SWEEP == 0:
        tx.db.execute(_SWEEP, {"old": values["created_at"] - WINDOW})
    return seq


def sent(tx: Tx, mark: str, attempt: int, arrived: float) -> Row | None:
    """The newest equal request of which this one, its number ``attempt``, may be another attempt."""
    asked = {"mine": attempt, "arrived": arrived, "old": arrived - WINDOW}
    return _row(tx.db.execute(_SENT, {"for_tenant": tx.tenant, "for_mark": mark, **asked}))


def keyed(tx: Tx, mark: str, arrived: float) -> Row | None:
    """The request that was sent with the same key."""
    return _row(tx.db.execute(_KEYED, {"for_tenant": tx.tenant, "for_mark": mark, "old": arrived - WINDOW}))


def claim(tx: Tx, seq: int, attempt: int) -> bool:
    """The row belongs to the request whose attempt this is.  Of several who try, one gets it."""
    return tx.db.execute(_CLAIM, {"for_seq": seq, "mine": attempt, "attempt": attempt}).rowcount > 0


def has_since(tx: Tx, row: Row, kinds: tuple[str, ...]) -> bool:
    """Whether a request of one of these kinds came to the row's thread after it."""
    asked = {"for_tenant": tx.tenant, "for_thread_id": row.thread_id, "mark": row.seq, "kinds": kinds}
    return bool(kinds) and tx.db.execute(_SINCE, asked).first() is not None


def remove(tx: Tx, seq: int) -> None:
    """The request has had no effect after all."""
    rows.remove(tx.db, requests, {"seq": seq})


def forget(tx: Tx, thread_id: str | None, made: str) -> None:
    """What was made is being deleted; ``thread_id`` where it belongs to a thread."""
    where = {"tenant": tx.tenant, "made": made} | ({} if thread_id is None else {"thread_id": thread_id})
    tx.db.execute(_IN_NONE if thread_id is None else _IN_THREAD, rows.bound(where))


def _row(found: sa.CursorResult[Any]) -> Row | None:
    first = found.first()
    return None if first is None else Row._make(first)
