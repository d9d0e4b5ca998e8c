"""Erases deleted and long unused threads, old stored files, and what upstream stores of them.

The store is changed in one transaction.  Responses are deleted upstream afterwards, in the background; those that could
not be deleted stay in the outbox and are tried again.
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
#: How many threads one transaction erases.
BATCH: Final = 20
#: Statuses of an answer that concerns only this one response, so that the others are still tried.
ITS_OWN: Final = (400, 409, 422)


async def sweep(world: Context, raises: bool) -> None:
    """Erase threads and files whose retention time is over, and delete their responses upstream.  ``raises``: raise a
    failure, as a caller waits for the result; else it is logged.
    """
    try:
        count = await old(world)
        if count:
            log.info("erased %s threads that had not been used for %s days", count, (world.retention or 0) / 86400)
        await _forget_upstream(world)
    except StoreFailed as problem:
        if raises:
            raise
        # The next call that uses the store gets this error.
        log.warning("nothing could be erased: %s", problem)


async def upstream(world: Context) -> None:
    """Delete the responses of the outbox upstream."""
    try:
        await _forget_upstream(world)
    except StoreFailed as problem:
        log.warning("responses stay upstream for now: %s", problem)


async def old(world: Context) -> int:
    """Erase threads and files of all tenants whose retention time is over; returns how many threads."""
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
    """Erase a tenant's threads that were last used before then; returns how many."""
    count, erased = 0, BATCH
    while erased == BATCH:
        erased = await world.store.write(_erase_some, world, before)
        count += erased
    return count


def thread(tx: Tx, world: Context, thread_id: str, unsaid: bool = False) -> None:
    """Delete a thread and all that belongs to it from the store; its responses are put into the outbox.

    ``unsaid``: no caller has ever got the thread's id.  Any other id is remembered as deleted, so that no thread is
    created under it again.
    """
    if not unsaid:
        threads.bury(tx, thread_id, world.now())
    if _tells(world):
        outbox.add(tx, thread_id, world.now())
    threads.delete(tx, thread_id)


def run(tx: Tx, world: Context, run_id: str) -> None:
    """Delete a run that its caller never got; its responses are put into the outbox."""
    if _tells(world):
        outbox.add_run(tx, run_id, world.now())
    runs.delete(tx, run_id)


async def disown(world: Context, response_id: str | None) -> None:
    """Put a response into the outbox that upstream made for a thread that was deleted meanwhile."""
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
        # A thread whose active run should have expired was not used either.
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
    """Delete a response upstream; returns whether it makes sense to go on with others now."""
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
        log.warning("response %s is not deleted: upstream will delete it after its own time", one.response_id)
        await world.store.write(outbox.done, one.seq)
    return refusal.status in ITS_OWN
