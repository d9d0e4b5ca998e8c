"""Queries across all tenants, for retention."""

from typing import Final

import sqlalchemy as sa

from shim.store.schema import files, threads
from shim.store.tx import Tx

_THREADS: Final = sa.select(threads.c.tenant).where(threads.c.touched_at < sa.bindparam("before")).distinct()
_FILES: Final = sa.select(files.c.tenant).where(files.c.created_at < sa.bindparam("before")).distinct()


def with_threads(tx: Tx, before: int) -> list[str]:
    """Tenants with threads that were last used before ``before``."""
    return list(tx.db.execute(_THREADS, {"before": before}).scalars())


def with_files(tx: Tx, before: int) -> list[str]:
    """Tenants with files that were stored before ``before``."""
    return list(tx.db.execute(_FILES, {"before": before}).scalars())
