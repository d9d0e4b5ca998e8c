"""A thread as a list of items, for frameworks that store conversations in this form."""

from typing import Any

from shim.engine.api import unknown_threads
from shim.engine.bridge import transcript, written
from shim.engine.context import Context
from shim.store import journal, messages, survey, threads
from shim.store.schema import messages as message_table
from shim.store.tx import Tx
from shim.translate import history, items, native
from shim.wire.types import Json


async def add(context: Context, thread_id: str, input: list[Any]) -> None:
    """Add items at the end.  Raises `ApiError` if there is no such thread, or a run is active in it."""
    await unknown_threads.create_if_allowed(context, thread_id)
    await context.store.write(_add, context, thread_id, native.listing(input))


def _add(tx: Tx, context: Context, thread_id: str, input_items: list[Json]) -> None:
    transcript.lock(tx, context, thread_id)
    for item in input_items:
        written.append(tx, context, thread_id, item, context.now())


def listed(tx: Tx, context: Context, thread_id: str, limit: int | None = None) -> list[Json]:
    """All items, or the last ``limit`` ones, oldest first: those that a session added in their original form, all
    others in the form in which they are sent to a model.
    """
    transcript.read(tx, context, thread_id)
    shown = [item for _, item in sorted(_shown(tx, context, thread_id).items())]
    return shown if limit is None else shown[max(len(shown) - limit, 0) :]


def _shown(tx: Tx, context: Context, thread_id: str) -> dict[int, Json]:
    """Items by their position in the journal."""
    own = {
        row.seq: row.item.get(items.VERBATIM, row.item)
        for row in journal.walk(tx, thread_id)
        if row.run_id is None and row.response_id is None
    }
    return history.placed(transcript.entries(tx, thread_id)) | own


def pop(tx: Tx, context: Context, thread_id: str) -> Json | None:
    """Remove the last item and return it; None if there is none."""
    transcript.lock(tx, context, thread_id)
    shown = _shown(tx, context, thread_id)
    if not shown:
        return None
    last = max(shown)
    for row in journal.rows(tx, thread_id, last - 1):
        if row.message_id is not None:
            messages.delete(tx, thread_id, row.message_id)
    journal.cut(tx, thread_id, last)
    if last <= threads.head(tx, thread_id).covers:
        # Upstream's chain contains the item: the next run sends the whole thread again, without it.
        threads.set_head(tx, thread_id, None, 0)
    return shown[last]


def clear(tx: Tx, context: Context, thread_id: str) -> None:
    """Remove all messages and items.  The thread stays, and so do its runs."""
    transcript.lock(tx, context, thread_id)
    for message in survey.all_of(tx, message_table, thread_id):
        messages.delete(tx, thread_id, message["id"])
    journal.cut(tx, thread_id, 0)
    threads.set_head(tx, thread_id, None, 0)
