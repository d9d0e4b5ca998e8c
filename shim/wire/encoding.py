"""The one JSON encoder, for replies, events, requests upstream, rows of the store and lines of the log.

A Python string, like one of JavaScript, may contain half of a surrogate pair: a character outside the Basic
Multilingual Plane that was cut in two.  It cannot be encoded as UTF-8, strict JSON readers refuse its escaped form, and
databases refuse both.  So two adjacent halves are written as their character, and a single half as U+FFFD.

JSON has no infinity and no NaN, which Python's json module writes and reads all the same.  Requests that contain one
are refused; in any other object they are written as null, as JavaScript does.
"""

import json
import logging
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

import pydantic_core
from pydantic_core import SchemaSerializer, SchemaValidator, core_schema

_anything: Final = SchemaValidator(core_schema.any_schema())


def _from_json(data: str | bytes, allow_inf_nan: bool = True) -> Any:
    """`pydantic_core.from_json` for pydantic before 2.5, which has it only as a validator and never accepts NaN."""
    return _anything.validate_json(data)


#: A strict and fast parser.  Raises `ValueError`, also if JSON is nested some hundred levels deep.
from_json: Final = getattr(pydantic_core, "from_json", _from_json)

#: Unlike `pydantic_core.to_json`, which takes as long, it writes null for numbers that JSON does not have.
to_json: Final = SchemaSerializer(core_schema.any_schema()).to_json


def _encoder(**form: Any) -> Callable[[Any], str]:
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, **form).encode

    def encoded(body: Any) -> str:
        try:
            return encode(body)
        except ValueError:
            return encode(_with_nulls(body))

    return encoded


def _with_nulls(value: Any) -> Any:
    """The value with null for each number that is not finite."""
    if isinstance(value, dict):
        return {name: _with_nulls(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_with_nulls(each) for each in value]
    return value if not isinstance(value, float) or isfinite(value) else None


#: Compact JSON, non-ASCII unescaped: the form that every recorded Assistants stream has.
dumps: Final = _encoder(separators=(",", ":"))
_indented: Final = _encoder(indent=2)
#: The replacement for a single half of a surrogate pair, and for NUL in a database that does not accept it.
REPLACEMENT: Final = "\ufffd"


def joined(text: str) -> str:
    """The text with adjacent halves of surrogate pairs joined; single halves stay."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def well_formed(text: str) -> str:
    """The text with adjacent halves of surrogate pairs joined, and single halves replaced."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def utf8(text: str) -> bytes:
    """The text as UTF-8, after `well_formed`."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return well_formed(text).encode()


def text(body: Any) -> str:
    """Compact JSON as a text that can be encoded as UTF-8."""
    json_text = dumps(body)
    try:
        json_text.encode()
    except UnicodeEncodeError:
        return well_formed(json_text)
    return json_text


def compact(body: Any) -> bytes:
    """Compact JSON."""
    try:
        return to_json(body)
    except ValueError:
        return utf8(dumps(body))


def indented(body: Any) -> bytes:
    """JSON indented by two spaces, as the API's answers were."""
    return utf8(_indented(body))


def plain(body: Any) -> Any:
    """The same object, or an equal one without halves of surrogate pairs, for a library that encodes it itself."""
    try:
        to_json(body)
    except ValueError:
        return json.loads(text(body))
    return body


def is_strict(data: str | bytes) -> bool:
    """Whether a text is JSON that any reader accepts."""
    try:
        from_json(data, allow_inf_nan=False)
    except ValueError:
        return False
    return True


def is_finite(value: Any) -> bool:
    """Whether all numbers in a parsed value are finite: NaN is none of JSON's, and `1e999` is read as infinite."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if each.__class__ is dict:
            waiting.extend(each.values())
        elif each.__class__ is list:
            waiting.extend(each)
        elif each.__class__ is float and not isfinite(each):
            return False
    return True


def _finite(value: Any) -> Any:
    if not is_finite(value):
        raise ValueError("a number is none of JSON's, or too large to be read")
    return value


def parsed(data: str | bytes) -> Any:
    """The value of a JSON text, stricter than the json module: finite numbers, limited nesting.  Halves of surrogate
    pairs are joined or replaced.

    Raises ValueError.
    """
    try:
        return _finite(from_json(data, allow_inf_nan=False))
    except ValueError:
        if (rb"\u" if isinstance(data, bytes) else "\\u") not in data:  # type: ignore[operator]
            raise
    try:
        return from_json(compact(_finite(json.loads(data))), allow_inf_nan=False)
    except RecursionError as problem:
        raise ValueError(str(problem)) from None


def storable(name: str) -> str:
    """A text that every database accepts outside of JSON: PostgreSQL does not accept NUL."""
    if name.isascii() and "\0" not in name:
        return name
    return well_formed(name).replace("\0", REPLACEMENT)


class Encodable(logging.Filter):
    """A filter that makes log lines encodable as UTF-8."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (clean := well_formed(message)) != message:
            record.msg, record.args = clean, ()
        return True


# The filter is installed here because every module that writes to this log imports this one; the engine is loaded only
# with the first client.
logging.getLogger("shim").addFilter(Encodable())
