"""Reads a thread with its messages in one value, as most scripts write it.

``{"thread": {...}, "messages": [...], "runs": [...], "steps": [...]}``, ``{"id": "thread_...", "messages": [...]}``,
``{"thread_id": "thread_...", "messages": {"data": [...]}}``.
"""

from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.imports import names
from shim.migrate.imports.objects_read import Hint, Inner, Kind, ReadObject
from shim.migrate.imports.values import bare, is_id, listed
from shim.wire.types import Json

#: Members with lists, or with lists by the id of their owner: the kind of their entries.
MEMBERS: Final[dict[str, Kind]] = {
    "messages": "message",
    "runs": "run",
    "steps": "step",
    "run_steps": "step",
    "files": "file",
}
#: Names of the member with the thread's id, and of the members with a thread object.
IDS: Final = ("thread_id", "id", "conversation_id", "session_id", "openai_thread_id")
_THREAD: Final = {"created_at": names.TIMES, "metadata": ("metadata",), "tool_resources": ("tool_resources",)}

#: Members that are read, and those that are ignored.
_KNOWN: Final = {*MEMBERS, *IDS, "thread", "assistant", "assistant_id", "object"}


def fits(value: Json, hint: Hint) -> bool:
    return bool(listed(_members(value).get("messages"))) and not ("threads" in value or "assistants" in value)


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The thread, then all that belongs to it."""
    members = _members(value)
    used: dict[str, str] = {}
    thread = members.get("thread")
    if not isinstance(thread, dict):
        used = names.chosen(value, _THREAD)
        thread = {field: value[name] for field, name in used.items()}
    thread_id = thread_id_of(value, thread) or hint.thread_id
    hint = hint.at(thread_id=thread_id, assistant_id=_text(members.get("assistant_id") or thread.get("assistant_id")))
    others = [name for name in value if names.plain(name) not in _KNOWN and name not in used.values()]
    dropped = tuple(("field", name) for name in others if not names.is_empty(value[name]))
    if thread_id is not None:
        yield ReadObject("thread", {**thread, "id": thread_id}, hint, dropped)
    for name, kind in MEMBERS.items():
        if entries := listed(members.get(name)):
            yield from inner(entries, hint.at(kind=kind))
    if isinstance(members.get("assistant"), dict):
        yield from inner(members["assistant"], hint.at(kind="assistant"))


def _members(value: Json) -> Json:
    return {names.plain(name): one for name, one in value.items()} | value


def thread_id_of(value: Json, thread: Json) -> str | None:
    """The id of the thread; one of the API's form is preferred."""
    members = _members(value)
    candidates = [bare(one) for one in (thread.get("id"), *(members.get(name) for name in IDS))]
    texts = [str(one) for one in candidates if isinstance(one, (str, int)) and one != ""]
    return next((text for text in texts if is_id("thread", text)), next(iter(texts), None))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
