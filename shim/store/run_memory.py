"""The run memory: data of a run that the API never shows, stored in a column of its row.

Only the engine reads and changes it; the process that drives a run owns it until it is stored with the run.
"""

from typing import Literal, TypedDict, cast

from shim.store import rows
from shim.wire import objects
from shim.wire.types import Json


class Tip(TypedDict):
    """The response that a run's next round chains from, and the position in the journal up to which its chain covers
    the thread.
    """

    id: str
    covers: int


class Mark(TypedDict):
    """An unusual change of a request.

    ``at``: when, in seconds since the epoch.  ``kind``: ``healed``, the whole thread was sent from the journal instead
    of a chain; ``changed``, upstream refused and the request was changed; ``resumed``, the process that had sent it had
    died.  ``why``: the reason, without contents.  ``previous``: the response that the request was to chain from.
    ``response``: the one that finally answered; None while there is none.
    """

    at: int
    kind: Literal["healed", "changed", "resumed"]
    why: str
    previous: str | None
    response: str | None


class RunMemory(TypedDict):
    """``spent``: tokens so far.  ``tip``: the response that the next round chains from.  ``asker``: the response whose
    calls require tool outputs.  ``step_usage``: the tokens of the step of these calls.  ``obeyed``: whether a forced
    tool choice has been followed.  ``background``: the response in upstream's background.

    ``model``: the one that is called.  ``resources``: vector stores and files of its hosted tools.  ``awaits``: vector
    stores whose files must be indexed before it starts.  ``contents``: whether its stream shows the texts of search
    results.

    ``stale``: a message was deleted that the current response's chain contains, so nothing may chain from it.
    ``message_metadata``: the metadata that its messages got while it was active, by their ids.
    ``images``: pictures that no message shows yet.  ``citations``: how many markers the run's messages have.  ``kept``:
    how many messages before the run its requests contain, if not all fitted.  ``cut``: messages were left out to save
    tokens, so no other run may chain from this one.

    ``again``: how often the current request was sent again after its process had died.  ``call_ids``: the calls that
    required outputs, by the program's id; each with upstream's id.  ``marks``: the changes of its requests, in order.
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
    message_metadata: dict[str, Json]
    images: list[str]
    citations: int
    kept: int | None
    cut: bool
    again: int
    call_ids: dict[str, str]
    marks: list[Mark]


def blank(model: str, resources: Json, awaits: list[str]) -> RunMemory:
    """The memory of a new run."""
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
        "message_metadata": {},
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
    """The memory with one more mark, for the request that is about to be sent."""
    mark: Mark = {"at": at, "kind": kind, "why": why, "previous": previous, "response": None}
    return memory | {"marks": [*memory["marks"], mark]}


def answered(memory: RunMemory, response_id: str) -> RunMemory:
    """The memory after upstream has answered: marks without a response get this one."""
    marks: list[Mark] = [each | {"response": each["response"] or response_id} for each in memory["marks"]]
    return memory | {"marks": marks}


def rejoined(memory: RunMemory, stored: RunMemory) -> RunMemory:
    """The memory of the process that drives the run, with what other requests have changed in the store."""
    return memory | {"stale": stored["stale"], "message_metadata": stored["message_metadata"]}


def load(stored: str) -> RunMemory:
    """The memory from its column.  Fields that an earlier version did not write have their initial values."""
    return cast(RunMemory, {**blank("", {}, []), **rows.load(stored)})
