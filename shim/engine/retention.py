"""Erases deleted and long unused threads, old stored files, and what upstream stores of them.

Here all goes in one transaction.  Upstream is asked afterwards, with nobody waiting; what it could not be told is kept
on a list and tried again.
"""

import logging
from dataclasses import replace
from typing import Final

from shim.engine.context import Context
from shim.ports import Refusal
from shim.store import files, outbox, runs, tenants, threads
from shim.store.errors import StoreFailed
from shim.store.outbox import Outgoing
from shim.store.tx import Tx
from shim.wire import ids

log = logging.getLogger("shim")
#: Threads that one transaction erases.
BATCH: Final = 20
#: Statuses of an answer that says no more than that this one response cannot be deleted.
ITS_OWN: Final = (400, 409, 422)


async def sweep(world: Context, raises: bool) -> None:
    """Erase what was kept for long enough, and let upstream forget what it shall.  ``raises``: somebody
    waits for this, and a failure is his.
    """
    try:
        count = await old(world)
        if count:
            log.info("erased %s threads that nobody had used for %s days", count, (world.retention or 0) / 86400)
        await _forget_upstream(world)
    except StoreFailed as problem:
        if raises:
            raise
        # Whoever uses the store is told.
        log.warning("nothing could be erased: %s", problem)


async def upstream(world: Context) -> None:
    """Let upstream forget what it shall."""
    try:
        await _forget_upstream(world)
    except StoreFailed as problem:
        log.warning("responses stay upstream for now: %s", problem)


async def old(world: Context) -> int:
    """Erase threads and files that were kept for long enough, whoever they belong to; returns how many threads."""
    if world.file_retention is not None:
        before = int(world.clock() - world.file_retention)
        for tenant in await world.store.read(tenants.with_files, before):
            await world.store.of(tenant).write(files.forget_old, before)
    if world.retention is None:
        return 0
    before = int(world.clock() - world.retention)
    found = await world.store.read(tenants.with_threads, before)
    return sum([await _erase(replace(world, store=world.store.of(tenant)), before) for tenant in found])


async def _erase(world: Context, before: int) -> int:
    """Erase a tenant's threads that nobody has used since then; returns how many."""
    count, erased = 0, BATCH
    while erased == BATCH:
        erased = await world.store.write(_erase_some, world, before)
        count += erased
    return count


def thread(tx: Tx, world: Context, thread_id: str, unsaid: bool = False) -> None:
    """Delete a thread and all that belongs to it, here; what upstream has of it is put on its list.

    ``unsaid``: nobody was ever told of the thread.  Of any other its id is remembered, so that it never begins anew.
    """
    if not unsaid:
        threads.bury(tx, thread_id, world.now())
    if _tells(world):
        outbox.add(tx, thread_id, world.now())
    threads.delete(tx, thread_id)


def run(tx: Tx, world: Context, run_id: str) -> None:
    """Delete a run that never was, for its caller; what upstream has of it is put on its list."""
    if _tells(world):
        outbox.add_run(tx, run_id, world.now())
    runs.delete(tx, run_id)


async def disown(world: Context, response_id: str | None) -> None:
    """Upstream has made a response for a thread that was deleted meanwhile: it shall forget that, too."""
    if response_id is None or not _tells(world):
        return
    try:
        await world.store.write(outbox.add_one, response_id, world.now())
        await _forget_upstream(world)
    except StoreFailed as problem:
        log.warning("response %s stays upstream: %s", response_id, problem)


def _tells(world: Context) -> bool:
    return world.delete_responses and world.upstream.profile().stores


def _erase_some(tx: Tx, world: Context, before: int) -> int:
    count = 0
    for thread_id in threads.left(tx, before, BATCH):
        active = runs.active(tx, thread_id)
        # One that should have ended long ago has been left, too.
        if active is None or active.body["expires_at"] <= world.clock():
            thread(tx, world, thread_id)
            count += 1
    return count


async def _forget_upstream(world: Context) -> None:
    after = 0
    while world.delete_responses:
        some = await world.store.read(outbox.some, after, BATCH)
        if not some:
            return
        for one in some:
            after = one.seq
            if not await _forgotten(world, one):
                return


async def _forgotten(world: Context, one: Outgoing) -> bool:
    """Ask upstream to delete a response; whether it makes sense to ask for others now."""
    try:
        await world.upstream.call("DELETE", ids.path("responses", one.response_id))
    except Refusal as refusal:
        if refusal.status != 404:
            return await _kept(world, one, refusal)
    await world.store.write(outbox.done, one.seq)
    return True


async def _kept(world: Context, one: Outgoing, refusal: Refusal) -> bool:
    log.warning("upstream did not delete response %s: %s", one.response_id, refusal.message)
    if one.tries + 1 < outbox.TRIES:
        await world.store.write(outbox.failed, one)
    else:
        log.warning("response %s is left to upstream's own time", one.response_id)
        await world.store.write(outbox.done, one.seq)
    return refusal.status in ITS_OWN
