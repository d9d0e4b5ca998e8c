"""Reads list pages of the API: ``{"object": "list", "data": [...]}``."""

from collections.abc import Iterator
from typing import Final

from shim.migrate.imports.objects_read import Hint, Inner, ReadObject
from shim.wire.types import Json

#: Members that only the API's own lists have.
_OF_THE_API: Final = ("first_id", "has_more")


def fits(value: Json, hint: Hint) -> bool:
    return isinstance(value.get("data"), list) and value.get("object", "list") == "list"


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The objects of the page."""
    yield from inner(value["data"], hint.at(thread_id=value.get("thread_id"), newest_first=newest_first(value)))


def newest_first(value: Json) -> bool | None:
    """Whether a page begins with its newest object: the API's did, unless asked otherwise; None if it is unknown."""
    return any(name in value for name in _OF_THE_API) or None
