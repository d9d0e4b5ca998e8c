"""A thread for native code: the response to continue from, and the items that its chain does not contain."""

from dataclasses import dataclass
from typing import Any

from shim.engine.api import lookup
from shim.engine.context import Context
from shim.engine.run import refresh
from shim.store import journal, threads
from shim.store.tx import Tx
from shim.translate import history, items
from shim.translate.history import Entry
from shim.wire.errors import error
from shim.wire.types import Json


@dataclass(frozen=True, slots=True)
class Transcript:
    """A thread at one moment, for native calls of the Responses API.

    ``last_response_id``: the response whose chain contains the thread up to a message; None if there is none: after an
    import, after the deletion of a message, or if upstream stores nothing.
    """

    thread_id: str
    last_response_id: str | None
    unsent: tuple[Json, ...]
    everything: tuple[Json, ...]

    def input_items(self, *, everything: bool = False) -> list[Json]:
        """Items for ``input``: those that the chain of ``last_response_id`` does not contain, or all with
        ``everything``.
        """
        return list(self.everything if everything else self.unsent)

    def request(self, input: str | list[Any]) -> Json:
        """``previous_response_id`` and ``input`` of a call that continues the thread with ``input``, a user's text or
        items: ``client.responses.create(model=..., **thread.request("And now?"))``.
        """
        items = [{"role": "user", "content": input}] if isinstance(input, str) else input
        return {"previous_response_id": self.last_response_id, "input": [*self.unsent, *items]}


def read(tx: Tx, context: Context, thread_id: str) -> Transcript:
    """Raises `ApiError` if there is no such thread."""
    lookup.thread(tx, thread_id)
    profile = context.upstream.profile()
    head = threads.head(tx, thread_id)
    previous, covers = (head.response_id, head.covers) if profile.stores else (None, 0)
    all_entries = entries(tx, thread_id)
    new = [entry for entry in all_entries if entry.seq > covers] if previous else all_entries
    thoughts = profile.encrypted_reasoning
    return Transcript(
        thread_id,
        previous,
        tuple(history.compose(new, previous, thoughts=thoughts)),
        tuple(history.compose(all_entries, thoughts=thoughts)),
    )


def entries(tx: Tx, thread_id: str) -> list[Entry]:
    """The thread's journal."""
    return [
        Entry(row.seq, items.normal(row.item), row.response_id, row.message_id, row.run_id)
        for row in journal.walk(tx, thread_id)
    ]


def lock(tx: Tx, context: Context, thread_id: str) -> None:
    """Lock the thread for this transaction.  Raises `ApiError` if there is none, or a run is active."""
    threads.lock(tx, thread_id, context.now())
    lookup.thread(tx, thread_id)
    if (running := refresh.active(tx, context, thread_id)) is not None:
        raise error("thread_busy_message", thread_id=thread_id, run_id=running["id"])
