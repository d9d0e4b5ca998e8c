"""Threads from elsewhere: requests that name a thread id which this store does not contain."""

import re
from typing import Final

from shim.engine.context import Context
from shim.store import threads
from shim.store.tx import Tx
from shim.wire import objects

#: The API's form of a thread's id, and the forms that other makers of such ids have used.
KNOWN_FORM: Final = re.compile(r"thread_[A-Za-z0-9_-]{8,64}")


async def welcome(world: Context, thread_id: str) -> None:
    """Begin an empty thread under an id that is unknown here, where the settings want that.

    For calls that write into a thread, run it, or list its messages.  An id that was deleted here stays unknown, and so
    does one that another tenant has: the call then gets its 404.
    """
    if not world.unknown_threads or KNOWN_FORM.fullmatch(thread_id) is None:
        return
    if await world.store.read(threads.get, thread_id) is not None:
        return
    if await world.store.write(_begin, world, thread_id):
        world.notices.warn(
            ("begun", world.tenant, thread_id),
            "thread %s was unknown and begins empty (SHIM_UNKNOWN_THREADS=create): what was said in it before is not "
            "here; see docs/how-to/old-thread-ids.md",
            thread_id,
        )


def _begin(tx: Tx, world: Context, thread_id: str) -> bool:
    return threads.insert_free(tx, objects.thread(thread_id, world.now(), {"tool_resources": {}}))
