"""Reads JSON objects with lists by name, such as ``{"threads": [...]}``, or by the id of a thread or run.

``{"assistants": [...], "threads": [...], "messages": {"thread_...": [...]}}``
"""

from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.imports.names import plain
from shim.migrate.imports.objects_read import Hint, Inner, Kind, ReadObject
from shim.migrate.imports.values import is_id
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
    return any(hint_of(name, hint) and isinstance(entry, (list, dict)) for name, entry in value.items())


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The contents of the known members; others are ignored."""
    for name, entry in value.items():
        known = hint_of(name, hint)
        if known is not None and isinstance(entry, (list, dict)):
            yield from inner(_with_id(name, entry), known)


def _with_id(name: str, entry: Any) -> Any:
    """A thread object under its id as key need not contain the id."""
    bare = isinstance(entry, dict) and is_id("thread", name) and "id" not in entry and "data" not in entry
    return {"id": name, **entry} if bare else entry
