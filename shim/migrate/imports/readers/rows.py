"""Reads rows with one message each, as applications and scripts store them.

``{"thread_id", "message_id", "role", "text", "created_at"}`` and the usual other names.
"""

from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.imports.objects_read import Hint, Inner, ReadObject
from shim.wire.types import Json

#: A message's field: its names in rows; the first one that exists is used.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "id": ("message_id", "messageId", "id", "msg_id", "openai_message_id"),
    "thread_id": ("thread_id", "threadId", "thread", "conversation_id", "session_id", "openai_thread_id"),
    "role": ("role", "sender", "author", "from"),
    "content": ("content", "text", "message", "body", "value"),
    "created_at": ("created_at", "createdAt", "timestamp", "create_time", "time", "date", "sent_at"),
    "assistant_id": ("assistant_id", "assistantId"),
    "run_id": ("run_id", "runId"),
    "metadata": ("metadata",),
    "attachments": ("attachments",),
    "file_ids": ("file_ids",),
}
#: The fields that a row must have.
_NEEDED: Final = ("role", "content")
#: Fields that are redundant.
_SILENT: Final = frozenset({"object", "type", "status", "incomplete_details", "incomplete_at", "completed_at"})


def fits(value: Json, hint: Hint) -> bool:
    return all(any(name in value for name in NAMES[field]) for field in _NEEDED)


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The message."""
    body: Json = {}
    used: set[str] = set()
    for field, names in NAMES.items():
        name = next((name for name in names if value.get(name) not in (None, "")), None)
        if name is not None:
            body[field] = value[name]
            used.add(name)
    _role_of_author(body)
    dropped = tuple(("field", name) for name in value if name not in used and name not in _SILENT)
    yield ReadObject("message", body, hint, dropped)


def _role_of_author(body: Json) -> None:
    author: Any = body.get("role")
    if isinstance(author, dict):
        body["role"] = author.get("role")
