"""The names that exports use for the fields of the API's objects."""

import re
from functools import lru_cache
from typing import Any, Final

from shim.migrate.imports.objects_read import Kind
from shim.migrate.imports.values import bare, is_id
from shim.wire.types import Json

#: Names of the time of creation.
TIMES: Final = ("created_at", "timestamp", "create_time", "time", "date", "sent_at")
#: A message's field: its names in `plain` form; the first one that is not empty is used.
MESSAGE: Final[dict[str, tuple[str, ...]]] = {
    "id": ("message_id", "id", "msg_id", "openai_message_id"),
    "thread_id": ("thread_id", "thread", "conversation_id", "session_id", "openai_thread_id"),
    "role": ("role", "sender", "author", "from"),
    "content": ("content", "text", "message", "body", "value"),
    "created_at": TIMES,
    "assistant_id": ("assistant_id",),
    "run_id": ("run_id",),
    "metadata": ("metadata",),
    "attachments": ("attachments",),
    "file_ids": ("file_ids",),
}
#: Fields of all other objects.
_OTHER: Final[dict[str, tuple[str, ...]]] = {"id": ("id",), "created_at": TIMES}


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name as the API writes names: ``createdAt``, ``Created At`` and ``created-at`` are ``created_at``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[\W_]+", "_", words).strip("_").lower()


def chosen(value: Json, fields: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """The member of a value that has each field.  Of several ids one of the API's form is preferred."""
    filled = [name for name, one in value.items() if not is_empty(one)]
    # A name in the API's own form comes before others that mean the same.
    members = {plain(name): name for name in reversed(filled)} | {name: name for name in filled if name == plain(name)}
    found = {field: [members[name] for name in names if name in members] for field, names in fields.items()}
    return {field: _best(field, names, value) for field, names in found.items() if names}


def _best(field: str, names: list[str], value: Json) -> str:
    kind = {"id": "message", "thread_id": "thread"}.get(field)
    return next((name for name in names if kind is not None and is_id(kind, value[name])), names[0])


def is_empty(value: Any) -> bool:
    """Whether a member is as good as absent: a table has all columns in every row."""
    return value is None or value == ""


def renamed(kind: Kind, body: Json, known: frozenset[str]) -> Json:
    """An object with its fields under the API's names.  ``known``: the names that an object of that kind has."""
    result = {name: bare(value) for name, value in body.items()}
    for field, name in chosen(result, MESSAGE if kind == "message" else _OTHER).items():
        # An object within this one is no id.
        if name != field and not (field.endswith("id") and isinstance(result[name], (dict, list))):
            result[field] = result.pop(name)
    for name in body.keys() - known:
        if name in result and plain(name) in known and is_empty(result.get(plain(name))):
            result[plain(name)] = result.pop(name)
    # Of the other objects some texts are empty on purpose, such as an assistant's instructions.
    return {name: value for name, value in result.items() if kind != "message" or not is_empty(value)}
