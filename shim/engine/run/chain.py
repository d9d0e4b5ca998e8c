"""Builds a run's requests: the part of the thread that the chain does not cover yet, or the whole thread.

There are two pointers: the thread's head moves only when a run ends well; the run's own tip chains its tool rounds.
Both record up to which position in the journal their chain covers the thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from shim.engine.context import Context
from shim.store import journal, threads
from shim.store.run_memory import RunMemory
from shim.store.tx import Tx
from shim.translate import history, items, request
from shim.translate.history import Entry, Pair
from shim.wire.types import Json


@dataclass(frozen=True, slots=True)
class Sent:
    """A request body and the response that it chains from.  ``message_count``: how many messages before the run it
    contains, if that was limited.
    """

    body: Json
    previous: str | None
    message_count: int | None = None


#: For a run that sends no request.
UNSENT: Final = Sent({}, None)


def prepare(
    tx: Tx, context: Context, run: Json, memory: RunMemory, *, anew: bool = False, message_count: int | None = None
) -> Sent:
    """The next request of a run.  ``anew``: without a chain, by replaying the journal.

    ``message_count``: also without a chain, and with at most this number of messages before the run.
    """
    profile = context.profile(memory["model"])
    chained = profile.stores and not anew and message_count is None
    previous, start = _base(tx, run, memory) if chained else (None, 0)
    if previous is None:
        start = _window(tx, run, message_count or memory["kept"])
    circumstances = request.Circumstances(
        model=memory["model"],
        resources=memory["resources"],
        previous=previous,
        spent=memory["spent"]["completion_tokens"],
        obeyed=memory["obeyed"],
        store=profile.stores,
        carry_reasoning=profile.encrypted_reasoning and not profile.stores,
        without=context.refused(memory["model"]),
    )
    entries = _entries(tx, run["thread_id"], start)
    as_text = context.calls_as_text(memory["model"])
    composed = history.compose(entries, previous, thoughts=profile.encrypted_reasoning, as_text=as_text)
    return Sent(request.body(run, composed, circumstances), previous, message_count)


def pairs(tx: Tx, thread_id: str, call_ids: set[str]) -> set[Pair]:
    """The calls of a thread that have one of these ids."""
    return {
        (entry.response_id, entry.item["call_id"])
        for entry in _entries(tx, thread_id, 0)
        if entry.item["type"] == "function_call" and entry.item["call_id"] in call_ids
    }


def halved(tx: Tx, context: Context, run: Json, memory: RunMemory, chained: bool) -> Sent | None:
    """The request without the older half of its messages; None if it has only one message and no chain to give up."""
    start = _window(tx, run, memory["kept"])
    count = journal.messages_after(tx, run["thread_id"], run["id"], start)
    if not count or (count == 1 and not chained):
        return None
    return prepare(tx, context, run, memory, message_count=max(1, count // 2))


def parts(tx: Tx, context: Context, run: Json, memory: RunMemory) -> tuple[Json, list[list[Json]]]:
    """The request that replays the thread, and the thread's items in parts that may be left out: each a message with
    the calls after it, oldest first.  The last part has the run's own items and is never left out.
    """
    entries = list(_entries(tx, run["thread_id"], _window(tx, run, memory["kept"])))
    own = next((index for index, entry in enumerate(entries) if entry.run_id == run["id"]), len(entries))
    # The run's own messages are not counted.
    before = [at for at, entry in enumerate(entries) if entry.item["type"] == "message" and entry.run_id != run["id"]]
    bounds = [*before, own, len(entries)]
    cut = [[entry.item for entry in entries[start:end]] for start, end in pairwise(bounds)]
    return prepare(tx, context, run, memory, anew=True).body, cut


def _base(tx: Tx, run: Json, memory: RunMemory) -> tuple[str | None, int]:
    if tip := memory["tip"]:
        return tip["id"], tip["covers"]
    if run["truncation_strategy"]["last_messages"]:
        # The thread's chain contains more messages than this run may send; only the run's own tip has the right ones.
        return None, 0
    head = threads.head(tx, run["thread_id"])
    return head.response_id, head.covers


def _entries(tx: Tx, thread_id: str, after: int) -> Iterator[Entry]:
    for row in journal.walk(tx, thread_id, after):
        yield Entry(row.seq, items.normal(row.item), row.response_id, row.message_id, row.run_id)


def _window(tx: Tx, run: Json, message_count: int | None = None) -> int:
    """The position in the journal before the last messages that the run sends, with the calls between them: as many as
    ``last_messages`` and ``message_count`` allow.
    """
    wanted = [count for count in (run["truncation_strategy"]["last_messages"], message_count) if count is not None]
    return journal.before_last(tx, run["thread_id"], run["id"], min(wanted)) if wanted else 0
