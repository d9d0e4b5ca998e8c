"""What was learned of servers and models, for the processes that come later.

A row names its server by a keyed hash, of its address, the credentials with which it was asked, and the model: nobody
finds any of them from it.  The rows belong to no tenant.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import sqlalchemy as sa

from shim.store import dialects
from shim.store.schema import learned
from shim.store.tx import Tx

#: The most rows that a process reads, the newest: a server of many callers may have more.
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
    """What was learned since then, the oldest first."""
    return [Learned._make(row) for row in reversed(tx.db.execute(_KNOWN, {"since": since}).all())]


def note(tx: Tx, found: Sequence[Learned], since: int) -> None:
    """Add this, as if learned only now where it was known before; what is older than ``since`` goes."""
    tx.db.execute(_LAPSED, {"since": since})
    insert = dialects.insert(tx.db.dialect.name)(learned)
    again = insert.on_conflict_do_update(
        index_elements=["tenant", "server", "fact", "value"], set_={"learned_at": insert.excluded.learned_at}
    )
    tx.db.execute(again, [{"tenant": "", **each._asdict()} for each in found])
