"""Reads a thread with its messages in one value, as most scripts write it.

``{"thread": {...}, "messages": [...], "runs": [...], "steps": [...]}``, ``{"id": "thread_...", "messages": [...]}``,
``{"thread_id": "thread_...", "messages": {"data": [...]}}``.
"""

from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.imports.objects_read import Hint, Inner, Kind, ReadObject
from shim.migrate.imports.values import is_id
from shim.wire.types import Json

#: Members with lists, or with lists by the id of their owner: the kind of their entries.
MEMBERS: Final[dict[str, Kind]] = {
    "messages": "message",
    "runs": "run",
    "steps": "step",
    "run_steps": "step",
    "runSteps": "step",
    "files": "file",
}
#: Names of the member with the thread's id, and of the members with a thread object.
IDS: Final = ("thread_id", "threadId", "id", "conversation_id", "session_id")
_NAMES: Final = {"createdAt": "created_at", "create_time": "created_at"}
_THREAD: Final = ("created_at", "metadata", "tool_resources")

#: Members that are read, and those that are ignored.
_KNOWN: Final = {*MEMBERS, *IDS, *_NAMES, *_THREAD, "thread", "assistant", "assistant_id", "object"}


def fits(value: Json, hint: Hint) -> bool:
    return _is_list(value.get("messages")) and not ("threads" in value or "assistants" in value)


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The thread, then all that belongs to it."""
    thread = value["thread"] if isinstance(value.get("thread"), dict) else _thread_fields(value)
    thread_id = thread_id_of(value, thread) or hint.thread_id
    hint = hint.at(thread_id=thread_id, assistant_id=_text(value.get("assistant_id") or thread.get("assistant_id")))
    dropped = tuple(("field", name) for name in value if name not in _KNOWN)
    if thread_id is not None:
        yield ReadObject("thread", {**thread, "id": thread_id}, hint, dropped)
    for name, kind in MEMBERS.items():
        if _is_list(value.get(name)):
            yield from inner(value[name], hint.at(kind=kind))
    if isinstance(value.get("assistant"), dict):
        yield from inner(value["assistant"], hint.at(kind="assistant"))


def thread_id_of(value: Json, thread: Json) -> str | None:
    """The id of the thread; one of the API's form is preferred."""
    candidates = [thread.get("id"), *(value.get(name) for name in IDS)]
    texts = [str(one) for one in candidates if isinstance(one, (str, int)) and one != ""]
    return next((text for text in texts if is_id("thread", text)), next(iter(texts), None))


def _thread_fields(value: Json) -> Json:
    """The fields of a thread object that are in the same value as its messages."""
    renamed = {_NAMES.get(name, name): field for name, field in value.items()}
    return {name: renamed[name] for name in _THREAD if renamed.get(name) is not None}


def _is_list(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and bool(value))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
