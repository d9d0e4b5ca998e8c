"""Checks the ids in paths and bodies: an id without the prefix of its kind is refused before it is looked up."""

from typing import Final

from pydantic_core import PydanticCustomError

from shim.wire.errors import error
from shim.wire.ids import PREFIX

#: No id of the API is nearly as long.
LONGEST: Final = 256


def is_possible(value: str) -> bool:
    """Whether there can be an object of that id.  Not every store can be asked for others: PostgreSQL knows no NUL."""
    return "\0" not in value and len(value) <= LONGEST


def check_id(kind: str, value: str) -> None:
    """Raises `ApiError` unless ``value`` begins with the prefix of ``kind``, a key of `ids.PREFIX` (``run``, ``step``).

    The underscore is no part of the check: the API's own message names the prefix without it.
    """
    if not value.startswith(PREFIX[kind]):
        raise error("wrong_prefix", param=f"{kind}_id", value=value, prefix=PREFIX[kind])


def assistant_id(value: str) -> str:
    """The same check for an assistant's id within a body."""
    if not value.startswith(PREFIX["assistant"]) or not is_possible(value):
        raise PydanticCustomError("wrong_prefix", "wrong prefix", {"prefix": PREFIX["assistant"]})
    return value
