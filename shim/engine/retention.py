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
ONLY_THIS_RESPONSE: Final = (400, 409, 422)


async def sweep(context: Context, raises: bool) -> None:
    """Erase threads and files whose retention time is over, and delete their responses upstream.  ``raises``: raise a
    failure, as a caller waits for the result; else it is logged.
    """
    try:
        count = await erase_old(context)
        if count:
            log.info("erased %s threads that had not been used for %s days", count, (context.retention or 0) / 86400)
        await _empty_outbox(context)
    except StoreFailed as problem:
        if raises:
            raise
        # The next call that uses the store gets this error.
        log.warning("nothing could be erased: %s", problem)


async def delete_upstream(context: Context) -> None:
    """Delete the responses of the outbox upstream."""
    try:
        await _empty_outbox(context)
    except StoreFailed as problem:
        log.warning("responses stay upstream for now: %s", problem)


async def erase_old(context: Context) -> int:
    """Erase threads and files of all tenants whose retention time is over; returns how many threads."""
    if context.file_retention is not None:
        before = int(context.clock() - context.file_retention)
        for tenant in await context.store.read(tenants.with_files, before):
            await context.store.of(tenant).write(files.forget_old, before)
    if context.retention is None:
        return 0
    before = int(context.clock() - context.retention)
    with_old_threads = await context.store.read(tenants.with_threads, before)
    return sum([await _erase(replace(context, store=context.store.of(tenant)), before) for tenant in with_old_threads])


async def _erase(context: Context, before: int) -> int:
    """Erase a tenant's threads that were last used before then; returns how many."""
    count, erased = 0, BATCH
    while erased == BATCH:
        erased = await context.store.write(_erase_some, context, before)
        count += erased
    return count


def delete_thread(tx: Tx, context: Context, thread_id: str, never_returned: bool = False) -> None:
    """Delete a thread and all that belongs to it from the store; its responses are put into the outbox.

    ``never_returned``: no caller has ever got the thread's id.  Any other id is remembered as deleted, so that no
    thread is created under it again.
    """
    if not never_returned:
        threads.add_tombstone(tx, thread_id, context.now())
    if _deletes_upstream(context):
        outbox.add(tx, thread_id, context.now())
    threads.delete(tx, thread_id)


def delete_run(tx: Tx, context: Context, run_id: str) -> None:
    """Delete a run that its caller never got; its responses are put into the outbox."""
    if _deletes_upstream(context):
        outbox.add_run(tx, run_id, context.now())
    runs.delete(tx, run_id)


async def discard(context: Context, response_id: str | None) -> None:
    """Put a response into the outbox that upstream made for a thread that was deleted meanwhile."""
    if response_id is None or not _deletes_upstream(context):
        return
    try:
        await context.store.write(outbox.add_one, response_id, context.now())
        await _empty_outbox(context)
    except StoreFailed as problem:
        log.warning("response %s stays upstream: %s", response_id, problem)


def _deletes_upstream(context: Context) -> bool:
    return context.delete_responses and context.upstream.profile().stores


def _erase_some(tx: Tx, context: Context, before: int) -> int:
    count = 0
    for thread_id in threads.unused(tx, before, BATCH):
        active = runs.active(tx, thread_id)
        # A thread whose active run should have expired was not used either.
        if active is None or active.body["expires_at"] <= context.clock():
            delete_thread(tx, context, thread_id)
            count += 1
    return count


async def _empty_outbox(context: Context) -> None:
    after = 0
    while context.delete_responses:
        some = await context.store.read(outbox.batch, after, BATCH)
        if not some:
            return
        for one in some:
            after = one.seq
            if not await _delete_response(context, one):
                return


async def _delete_response(context: Context, one: Outgoing) -> bool:
    """Delete a response upstream; returns whether it makes sense to go on with others now."""
    try:
        await context.upstream.call("DELETE", ids.path("responses", one.response_id))
    except Refusal as refusal:
        if refusal.status != 404:
            return await _retry_later(context, one, refusal)
    await context.store.write(outbox.done, one.seq)
    return True


async def _retry_later(context: Context, one: Outgoing, refusal: Refusal) -> bool:
    log.warning("upstream did not delete response %s: %s", one.response_id, refusal.message)
    if one.tries + 1 < outbox.TRIES:
        await context.store.write(outbox.failed, one)
    else:
        log.warning("response %s is not deleted: upstream will delete it after its own time", one.response_id)
        await context.store.write(outbox.done, one.seq)
    return refusal.status in ONLY_THIS_RESPONSE
