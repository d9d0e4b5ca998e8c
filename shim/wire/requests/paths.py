"""Checks the ids in paths and bodies: an id without the prefix of its kind is refused before the object is looked
up.
"""

from typing import Final

from pydantic_core import PydanticCustomError

from shim.wire.errors import error
from shim.wire.ids import PREFIX

#: The largest length: the API's ids are much shorter.
LONGEST: Final = 256


def is_possible(value: str) -> bool:
    """Whether an object can have that id.  The store must not be queried for others: PostgreSQL does not accept NUL."""
    return "\0" not in value and len(value) <= LONGEST


def check_id(kind: str, value: str) -> None:
    """Raises `ApiError` unless ``value`` begins with the prefix of ``kind``, a key of `ids.PREFIX` (``run``, ``step``).

    The underscore is not checked, as the API's own message names the prefix without it.
    """
    if not value.startswith(PREFIX[kind]):
        raise error("wrong_prefix", param=f"{kind}_id", value=value, prefix=PREFIX[kind])


def assistant_id(value: str) -> str:
    """The same check for an assistant's id within a body."""
    if not value.startswith(PREFIX["assistant"]) or not is_possible(value):
        raise PydanticCustomError("wrong_prefix", "wrong prefix", {"prefix": PREFIX["assistant"]})
    return value
