"""Reads list pages of the API: ``{"object": "list", "data": [...]}``."""

from collections.abc import Iterator

from shim.migrate.imports.objects_read import Hint, Inner, ReadObject
from shim.wire.types import Json


def fits(value: Json, hint: Hint) -> bool:
    return isinstance(value.get("data"), list) and value.get("object", "list") == "list"


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The objects of the page."""
    yield from inner(value["data"], hint.at(thread_id=value.get("thread_id")))
