"""Counts each tenant's requests in the current minute, for all processes of one store."""

from typing import Final, NamedTuple

import sqlalchemy as sa

from shim.store import dialects
from shim.store.schema import rate_windows
from shim.store.tx import Tx

_HERE: Final = rate_windows.c


class Window(NamedTuple):
    """``calls``: requests so far; ``expires_at``: when the window ends, in seconds since the epoch."""

    calls: int
    expires_at: float


def count(tx: Tx, now: float, seconds: float) -> Window:
    """Count one request, in a window of ``seconds`` that begins with the first one."""
    insert = dialects.insert(tx.db.dialect.name)(rate_windows).values(
        tenant=tx.tenant, count=1, expires_at=now + seconds
    )
    over = _HERE.expires_at <= now
    changed = {
        "count": sa.case((over, 1), else_=_HERE.count + 1),
        "expires_at": sa.case((over, now + seconds), else_=_HERE.expires_at),
    }
    statement = insert.on_conflict_do_update(index_elements=["tenant"], set_=changed)
    row = tx.db.execute(statement.returning(_HERE.count, _HERE.expires_at)).one()
    return Window(row[0], row[1])
