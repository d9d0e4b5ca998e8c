"""What is remembered of a run and never shown: the shape of a column of its row.

The engine alone reads and changes it; whoever drives a run owns it until it is stored with the run.
"""

from typing import Literal, TypedDict, cast

from shim.store import rows
from shim.wire import objects
from shim.wire.types import Json


class Tip(TypedDict):
    """The response that a run's next round chains from, and up to which place of the journal its chain covers the
    thread.
    """

    id: str
    covers: int


class Mark(TypedDict):
    """Something out of the ordinary that was done to a request.

    ``at``: when, in seconds since the epoch.  ``kind``: ``healed``, the thread was told from the journal instead of by
    a chain; ``changed``, upstream refused and was asked in another way; ``resumed``, the process that had asked was
    gone.  ``why``: in a few words, without contents.  ``previous``: the response that the request was to chain from.
    ``response``: the one that answered in the end; None while none has.
    """

    at: int
    kind: Literal["healed", "changed", "resumed"]
    why: str
    previous: str | None
    response: str | None


class RunMemory(TypedDict):
    """``spent``: tokens so far.  ``tip``: what the next round chains from.  ``asker``: the response that asked for tool
    outputs.  ``step_usage``: the tokens of the step that waits for them.  ``obeyed``: whether a forced tool choice has
    been followed.  ``background``: the response that runs upstream on its own.

    ``model``: the one that is called.  ``resources``: what its hosted tools work on.  ``awaits``: vector stores whose
    files must be indexed before it begins.  ``contents``: whether its stream shows what a search found.

    ``stale``: a message was deleted that the response under way knows, so nothing may chain from it.  ``images``:
    pictures that no message shows yet.  ``citations``: how many markers the run's messages have.  ``kept``: how many
    messages before the run its requests show, where not all fitted.  ``cut``: that was to save tokens, so no other run
    may chain from it.

    ``again``: how often the request under way was asked again, as each process that asked it is gone.
    ``call_ids``: the calls that the program was asked for, by the id that it sees; each with upstream's id.
    ``marks``: what was done to its requests, in order.
    """

    spent: Json
    tip: Tip | None
    asker: str | None
    step_usage: Json | None
    obeyed: bool
    background: str | None
    model: str
    resources: Json
    awaits: list[str]
    contents: bool
    stale: bool
    images: list[str]
    citations: int
    kept: int | None
    cut: bool
    again: int
    call_ids: dict[str, str]
    marks: list[Mark]


def blank(model: str, resources: Json, awaits: list[str]) -> RunMemory:
    """The memory of a run that has done nothing yet."""
    return {
        "spent": objects.usage(),
        "tip": None,
        "asker": None,
        "step_usage": None,
        "obeyed": False,
        "background": None,
        "model": model,
        "resources": resources,
        "awaits": awaits,
        "contents": False,
        "stale": False,
        "images": [],
        "citations": 0,
        "kept": None,
        "cut": False,
        "again": 0,
        "call_ids": {},
        "marks": [],
    }


def marked(
    memory: RunMemory, at: int, kind: Literal["healed", "changed", "resumed"], why: str, previous: str | None
) -> RunMemory:
    """With one mark more, of the request that upstream is about to get."""
    mark: Mark = {"at": at, "kind": kind, "why": why, "previous": previous, "response": None}
    return memory | {"marks": [*memory["marks"], mark]}


def answered(memory: RunMemory, response_id: str) -> RunMemory:
    """Upstream has answered: marks that waited for a response belong to this one."""
    marks: list[Mark] = [each | {"response": each["response"] or response_id} for each in memory["marks"]]
    return memory | {"marks": marks}


def load(stored: str) -> RunMemory:
    """From its column.  What an earlier version did not write has its first value."""
    return cast(RunMemory, {**blank("", {}, []), **rows.load(stored)})
