"""What a run says upstream: the part of the transcript that a chain does not cover yet, or all of it.

Two pointers: the thread's head moves only when a run ends well; the run's own tip chains its tool rounds.  Both say up
to which place of the journal their chain knows the thread.
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
    """A request body and what it chains from.  ``kept``: of how many messages before the run it tells, where that was
    asked for.
    """

    body: Json
    previous: str | None
    kept: int | None = None


#: The request of a run that nothing is asked for.
UNSENT: Final = Sent({}, None)


def prepare(
    tx: Tx, world: Context, run: Json, memory: RunMemory, *, anew: bool = False, kept: int | None = None
) -> Sent:
    """The next request of a run.  ``anew``: without any chain, by replaying the journal.

    ``kept``: without a chain, too, and with no more than so many of the messages before the run.
    """
    profile = world.profile(memory["model"])
    chained = profile.stores and not anew and kept is None
    previous, start = _base(tx, run, memory) if chained else (None, 0)
    if previous is None:
        start = _window(tx, run, kept or memory["kept"])
    so_far = request.Circumstances(
        model=memory["model"],
        resources=memory["resources"],
        previous=previous,
        spent=memory["spent"]["completion_tokens"],
        obeyed=memory["obeyed"],
        store=profile.stores,
        carry_reasoning=profile.encrypted_reasoning and not profile.stores,
        without=frozenset(world.refused(memory["model"])),
    )
    entries = _entries(tx, run["thread_id"], start)
    as_text = world.told_as_text(memory["model"])
    composed = history.compose(entries, previous, thoughts=profile.encrypted_reasoning, as_text=as_text)
    return Sent(request.body(run, composed, so_far), previous, kept)


def pairs(tx: Tx, thread_id: str, call_ids: set[str]) -> set[Pair]:
    """The calls of a thread that have one of these ids."""
    return {
        (entry.response_id, entry.item["call_id"])
        for entry in _entries(tx, thread_id, 0)
        if entry.item["type"] == "function_call" and entry.item["call_id"] in call_ids
    }


def halved(tx: Tx, world: Context, run: Json, memory: RunMemory, chained: bool) -> Sent | None:
    """The request without the older half of its messages; None where there is but one, and no chain to be left."""
    start = _window(tx, run, memory["kept"])
    count = journal.messages_after(tx, run["thread_id"], run["id"], start)
    if not count or (count == 1 and not chained):
        return None
    return prepare(tx, world, run, memory, kept=max(1, count // 2))


def parts(tx: Tx, world: Context, run: Json, memory: RunMemory) -> tuple[Json, list[list[Json]]]:
    """The request that replays the thread, and the thread's items in the parts in which they may be left out: a message
    and what was called behind it, oldest first.  The last part, which stays, is the run's own.
    """
    entries = list(_entries(tx, run["thread_id"], _window(tx, run, memory["kept"])))
    own = next((index for index, entry in enumerate(entries) if entry.run_id == run["id"]), len(entries))
    # What the run itself has said does not move its window.
    before = [at for at, entry in enumerate(entries) if entry.item["type"] == "message" and entry.run_id != run["id"]]
    bounds = [*before, own, len(entries)]
    cut = [[entry.item for entry in entries[start:end]] for start, end in pairwise(bounds)]
    return prepare(tx, world, run, memory, anew=True).body, cut


def _base(tx: Tx, run: Json, memory: RunMemory) -> tuple[str | None, int]:
    if tip := memory["tip"]:
        return tip["id"], tip["covers"]
    if run["truncation_strategy"]["last_messages"]:
        # The thread's chain knows more than this run wants to show; the run's own knows just that.
        return None, 0
    head = threads.head(tx, run["thread_id"])
    return head.response_id, head.covers


def _entries(tx: Tx, thread_id: str, after: int) -> Iterator[Entry]:
    for row in journal.walk(tx, thread_id, after):
        yield Entry(row.seq, items.normal(row.item), row.response_id, row.message_id, row.run_id)


def _window(tx: Tx, run: Json, kept: int | None = None) -> int:
    """The place in the journal behind which the last messages begin, with what was called between them: as many as the
    run wants to show, or fewer.
    """
    wanted = [count for count in (run["truncation_strategy"]["last_messages"], kept) if count is not None]
    return journal.before_last(tx, run["thread_id"], run["id"], min(wanted)) if wanted else 0
