"""Reads JSON objects with lists by name, such as ``{"threads": [...]}``, or by the id of a thread or run.

``{"assistants": [...], "threads": [...], "messages": {"thread_...": [...]}}``
"""

from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.imports.names import plain
from shim.migrate.imports.objects_read import Hint, Inner, Kind, ReadObject
from shim.migrate.imports.values import is_id, listed
from shim.wire.types import Json

NAMES: Final[dict[str, Kind | None]] = {
    "assistants": "assistant",
    "threads": "thread",
    "conversations": None,
    "messages": "message",
    "runs": "run",
    "steps": "step",
    "run_steps": "step",
    "data": None,
}
#: How deep threads are looked for in members with other names.
DEPTH: Final = 5


def hint_of(name: str, hint: Hint) -> Hint | None:
    """The hint from the name of a member; None if the name is unknown."""
    if (known := plain(name)) in NAMES:
        return hint.at(kind=NAMES[known])
    if is_id("thread", name):
        return hint.at(thread_id=name, kind=hint.kind if hint.kind not in (None, "thread") else None)
    if is_id("run", name):
        return hint.at(run_id=name, kind="step")
    return None


def fits(value: Json, hint: Hint) -> bool:
    return any(_read_as(name, entry, hint) is not None for name, entry in value.items())


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The contents of the known members, and of others with threads; all the rest is ignored."""
    for name, entry in value.items():
        known = _read_as(name, entry, hint)
        if known is not None:
            yield from inner(_with_id(name, entry), known)


def _read_as(name: str, entry: Any, hint: Hint) -> Hint | None:
    """The hint with which a member is read; None if it is ignored."""
    if not isinstance(entry, (list, dict)):
        return None
    return hint_of(name, hint) or (hint if _has_threads(entry) else None)


def _has_threads(entry: Any, depth: int = 0) -> bool:
    """Whether there are threads with their messages in a value, under names of any kind such as those of users."""
    if depth == DEPTH or not isinstance(entry, (list, dict)):
        return False
    if isinstance(entry, dict) and listed(entry.get("messages")):
        return True
    members = entry if isinstance(entry, list) else entry.values()
    return any(_has_threads(one, depth + 1) for one in members)


def _with_id(name: str, entry: Any) -> Any:
    """A thread object under its id as key need not contain the id."""
    bare = isinstance(entry, dict) and is_id("thread", name) and "id" not in entry and "data" not in entry
    return {"id": name, **entry} if bare else entry
