"""Which tenants have something in the store: the only questions that are asked across all of them."""

from typing import Final

import sqlalchemy as sa

from shim.store.schema import files, threads
from shim.store.tx import Tx

_THREADS: Final = sa.select(threads.c.tenant).where(threads.c.touched_at < sa.bindparam("before")).distinct()
_FILES: Final = sa.select(files.c.tenant).where(files.c.created_at < sa.bindparam("before")).distinct()


def with_threads(tx: Tx, before: int) -> list[str]:
    """Tenants with threads that nobody has used since then."""
    return list(tx.db.execute(_THREADS, {"before": before}).scalars())


def with_files(tx: Tx, before: int) -> list[str]:
    """Tenants with kept files that were made before then."""
    return list(tx.db.execute(_FILES, {"before": before}).scalars())
