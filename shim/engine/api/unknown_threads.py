"""Requests with a thread id that this store does not contain."""

import re
from typing import Final

from shim.engine.context import Context
from shim.store import threads
from shim.store.tx import Tx
from shim.wire import objects

#: The API's form of a thread's id, and the forms that other makers of such ids have used.
KNOWN_FORM: Final = re.compile(r"thread_[A-Za-z0-9_-]{8,64}")


async def create_if_allowed(context: Context, thread_id: str) -> None:
    """Create an empty thread under an unknown id, if the settings allow that.

    For calls that write into a thread, run it, or list its messages.  No thread is created under an id that was deleted
    here or that another tenant has: the call then gets its 404.
    """
    if not context.unknown_threads or KNOWN_FORM.fullmatch(thread_id) is None:
        return
    if await context.store.read(threads.get, thread_id) is not None:
        return
    if await context.store.write(_begin, context, thread_id):
        context.notices.warn(
            ("begun", context.tenant, thread_id),
            "thread %s was unknown and was created empty (SHIM_UNKNOWN_THREADS=create): its earlier messages are not "
            "in this store; see docs/how-to/old-thread-ids.md",
            thread_id,
        )


def _begin(tx: Tx, context: Context, thread_id: str) -> bool:
    return threads.insert_free(tx, objects.thread(thread_id, context.now(), {"tool_resources": {}}))
