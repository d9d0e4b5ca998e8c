"""Requests: from the bytes of a body to JSON that has been validated, or to the error that the API gave.

The models only validate.  The result is the JSON of the request: only the keys that were sent, explicit nulls as None,
a string content as a string.
"""

from typing import Any

from pydantic import ValidationError

from shim.wire import encoding
from shim.wire.errors import error
from shim.wire.requests.bodies import OPERATIONS
from shim.wire.requests.paths import check_id, is_possible
from shim.wire.requests.problems import translate

__all__ = ["OPERATIONS", "check_id", "is_possible", "read"]


def read(operation: str, body: bytes) -> dict[str, Any]:
    """The body of a request for ``operation`` (a key of `OPERATIONS`); no bytes are an empty object.

    Raises `ApiError` for the first mistake.
    """
    try:
        # A program that cuts texts by UTF-16 units may have cut a character in two: each half is read as U+FFFD.
        data: dict[str, Any] = encoding.parsed(body) if body else {}
    except ValueError:
        raise error("invalid_json") from None
    try:
        OPERATIONS[operation].__pydantic_validator__.validate_python(data)
    except ValidationError as trouble:
        raise translate(trouble) from None
    return data
