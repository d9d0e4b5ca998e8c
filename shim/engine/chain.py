"""What a run says upstream: the part of the transcript that a chain does not cover yet, or all of it.

Two pointers: the thread's head moves only when a run ends well; the run's own tip chains its tool rounds.  Both say up
to which place of the journal their chain knows the thread.
"""

from dataclasses import dataclass
from typing import Any

from shim.engine.context import Context, Json
from shim.store import journal, threads
from shim.translate import history, request
from shim.translate.history import Entry


@dataclass(frozen=True, slots=True)
class Sent:
    """A request body and what it chains from."""

    body: Json
    previous: str | None


def prepare(db: Any, world: Context, run: Json, private: Json, *, anew: bool = False, halved: int = 0) -> Sent:
    """The next request of a run.  ``anew``: without any chain, by replaying the journal.

    ``halved``: how often the older half of the conversation is to be left out.
    """
    profile = world.profile()
    chained = profile.stores and not anew and not halved
    previous, covers = _base(db, world, run, private) if chained else (None, 0)
    entries = _entries(db, world, run["thread_id"], covers)
    if last := run["truncation_strategy"]["last_messages"]:
        previous, entries = None, _last_messages(_entries(db, world, run["thread_id"], 0), last)
    if halved:
        entries = _last_messages(entries, max(1, _count(entries) >> halved))
    so_far = request.Circumstances(
        model=private["model"],
        resources=private["resources"],
        previous=previous,
        spent=private["spent"]["completion_tokens"],
        obeyed=private["obeyed"],
        store=profile.stores,
        carry_reasoning=profile.encrypted_reasoning and not profile.stores,
        without=frozenset(world.learned.get(private["model"], ())),
    )
    items = history.compose(entries, previous, thoughts=profile.encrypted_reasoning)
    return Sent(request.body(run, items, so_far), previous)


def _base(db: Any, world: Context, run: Json, private: Json) -> tuple[str | None, int]:
    if tip := private["tip"]:
        return tip["id"], tip["covers"]
    head = threads.head(db, world.tenant, run["thread_id"])
    return head.response_id, head.covers


def _entries(db: Any, world: Context, thread_id: str, covers: int) -> list[Entry]:
    return [
        Entry(row.seq, row.item, row.response_id, row.message_id)
        for row in journal.rows(db, world.tenant, thread_id, covers)
    ]


def _count(entries: list[Entry]) -> int:
    return sum(entry.item["type"] == "message" for entry in entries)


def _last_messages(entries: list[Entry], count: int) -> list[Entry]:
    """The last messages, and what was called between them."""
    starts = [index for index, entry in enumerate(entries) if entry.item["type"] == "message"]
    return entries[starts[-count] :] if len(starts) > count else entries
