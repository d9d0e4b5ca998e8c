"""What was learned about servers and models, for later processes.

A row has a keyed hash of the server's address, the credentials and the model, from which none of them can be found.
The rows belong to no tenant.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import sqlalchemy as sa

from shim.store import dialects
from shim.store.schema import learned
from shim.store.tx import Tx

#: How many of the newest rows a process reads; with many callers there may be more.
MOST: Final = 10_000


class Learned(NamedTuple):
    """``learned_at``: seconds since the epoch."""

    server: str
    fact: str
    value: str
    learned_at: int


_COLUMNS: Final = [learned.c[name] for name in Learned._fields]
_KNOWN: Final = (
    sa.select(*_COLUMNS)
    .where(learned.c.learned_at >= sa.bindparam("since"))
    .order_by(learned.c.learned_at.desc(), learned.c.seq.desc())
    .limit(MOST)
)
_LAPSED: Final = learned.delete().where(learned.c.learned_at < sa.bindparam("since"))


def known(tx: Tx, since: int) -> list[Learned]:
    """What was learned after ``since``, the oldest first."""
    return [Learned._make(row) for row in reversed(tx.db.execute(_KNOWN, {"since": since}).all())]


def note(tx: Tx, entries: Sequence[Learned], since: int) -> None:
    """Add these rows, replacing equal ones with the new time; rows older than ``since`` are deleted."""
    tx.db.execute(_LAPSED, {"since": since})
    insert = dialects.insert(tx.db.dialect.name)(learned)
    statement = insert.on_conflict_do_update(
        index_elements=["tenant", "server", "fact", "value"], set_={"learned_at": insert.excluded.learned_at}
    )
    tx.db.execute(statement, [{"tenant": "", **each._asdict()} for each in entries])
