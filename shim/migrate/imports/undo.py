"""Undoes an import: deletes its objects, some threads in each transaction, except those that were used since."""

import time
from dataclasses import dataclass, field
from typing import Final

from shim.store import imports, threads
from shim.store.database import Database
from shim.store.errors import StoreFailed
from shim.store.tx import Tx

#: How many threads one transaction deletes.
BATCH_SIZE: Final = 100


@dataclass
class Undone:
    """The numbers of removed objects, and the ids of the threads that were used since and stay."""

    threads: int = 0
    assistants: int = 0
    changed: list[str] = field(default_factory=list)


def undo(base: Database, batch: str, *, tenant: str = "", force: bool = False, delete_upstream: bool = False) -> Undone:
    """Remove the threads and assistants of an import, with all that belongs to them.

    ``force``: also the threads that were used since, and the assistants that runs name.  ``delete_upstream``: the
    responses of the removed threads are deleted upstream, too.  Raises `StoreFailed` for an unknown import.
    """
    tenant_store = base.of(tenant)
    if all(one.batch != batch for one in tenant_store.read(imports.listing)):
        raise StoreFailed(f"The store knows no import {batch}; `assistants-shim import --list` shows all of them.")
    undone = Undone()
    after: int | None = 0
    while after is not None:
        after, removed, changed = tenant_store.write(_remove_some, batch, after, force, delete_upstream)
        undone.threads += removed
        undone.changed += changed
    undone.assistants = tenant_store.write(imports.remove_assistants, batch, force)
    tenant_store.write(imports.close, batch)
    return undone


def _remove_some(
    tx: Tx, batch: str, after: int, force: bool, delete_upstream: bool
) -> tuple[int | None, int, list[str]]:
    """The next threads: the place of the last one, how many were removed, which were kept."""
    batch_threads = imports.threads_of(tx, batch, after, BATCH_SIZE)
    if not batch_threads:
        return None, 0, []
    for _, thread in batch_threads:
        threads.lock(tx, thread.id)
    # The threads are locked, so that it is certain whether they were used.
    state = imports.known(tx, [thread.id for _, thread in batch_threads])
    removable = [thread.id for thread in state.values() if force or not thread.used]
    remaining = [thread.id for thread in state.values() if thread.id not in removable]
    removed = imports.remove_threads(tx, removable, int(time.time()), delete_upstream)
    return batch_threads[-1][0], removed, remaining
