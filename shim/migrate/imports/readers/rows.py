"""Reads rows with one message each, as applications and scripts store them.

``{"thread_id", "message_id", "role", "text", "created_at"}`` and the usual other names.
"""

from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.imports import names
from shim.migrate.imports.objects_read import Hint, Inner, ReadObject
from shim.migrate.imports.values import bare
from shim.wire.types import Json

#: The fields that a row must have.
_NEEDED: Final = ("role", "content")
#: Fields that are redundant.
_SILENT: Final = frozenset({"object", "type", "status", "incomplete_details", "incomplete_at", "completed_at"})


def fits(value: Json, hint: Hint) -> bool:
    members = {names.plain(name) for name in value}
    return all(any(name in members for name in names.MESSAGE[field]) for field in _NEEDED)


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The message."""
    fields = names.chosen(value, names.MESSAGE)
    body = {field: bare(value[name]) for field, name in fields.items()}
    _role_of_author(body)
    others = [name for name in value if name not in fields.values() and names.plain(name) not in _SILENT]
    dropped = tuple(("field", name) for name in others if not names.is_empty(value[name]))
    yield ReadObject("message", body, hint, dropped)


def _role_of_author(body: Json) -> None:
    author: Any = body.get("role")
    if isinstance(author, dict):
        body["role"] = author.get("role")
