"""Checks of JSON values: small functions that refuse with the API's texts and are combined in tables.

A check takes a value and its path (``input[0].content``) and returns nothing; a mistake is raised as `Refused`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from shim.sandbox.shapes import refuse

Check = Callable[[Any, str], None]


def anything(value: Any, path: str) -> None:
    """No condition."""


def nullable(check: Check) -> Check:
    """An explicit null counts as missing."""

    def run(value: Any, path: str) -> None:
        if value is not None:
            check(value, path)

    return run


def boolean(value: Any, path: str) -> None:
    if not isinstance(value, bool):
        raise refuse.wrong_type(path, "a boolean", value)


def string(max_length: int | None = None, *, pattern: str = "", empty: bool = True, prefix: str = "") -> Check:
    """``max_length`` counts characters; ``prefix`` is what an id must begin with."""

    def run(value: Any, path: str) -> None:
        if not isinstance(value, str):
            raise refuse.wrong_type(path, "a string", value)
        if not value and not empty:
            raise refuse.empty_string(path)
        if max_length is not None and len(value) > max_length:
            raise refuse.too_long(path, max_length, len(value))
        if pattern and not re.fullmatch(pattern, value):
            raise refuse.pattern(path, f"^{pattern}$")
        if not value.startswith(prefix):
            raise refuse.id_prefix(path, value, prefix.rstrip("_"))

    return run


def one_of(*known: str) -> Check:
    def run(value: Any, path: str) -> None:
        if not isinstance(value, str):
            raise refuse.wrong_type(path, "a string", value)
        if value not in known:
            raise refuse.not_supported_value(path, value, known)

    return run


def integer(minimum: int | None = None, maximum: int | None = None) -> Check:
    def run(value: Any, path: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise refuse.wrong_type(path, "an integer", value)
        _in_range(value, path, "integer", minimum, maximum)

    return run


def decimal(minimum: float | None = None, maximum: float | None = None) -> Check:
    def run(value: Any, path: str) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise refuse.wrong_type(path, "a decimal", value)
        _in_range(value, path, "decimal", minimum, maximum)

    return run


def _in_range(value: float, path: str, type_name: str, minimum: float | None, maximum: float | None) -> None:
    if minimum is not None and value < minimum:
        raise refuse.out_of_range(path, type_name, "below", minimum, value)
    if maximum is not None and value > maximum:
        raise refuse.out_of_range(path, type_name, "above", maximum, value)


def array(check: Check, *, max_length: int | None = None, empty: bool = True) -> Check:
    def run(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise refuse.wrong_type(path, "an array", value)
        if not value and not empty:
            raise refuse.empty_array(path)
        if max_length is not None and len(value) > max_length:
            raise refuse.array_too_long(path, max_length, len(value))
        for index, each in enumerate(value):
            check(each, f"{path}[{index}]")

    return run


def record(fields: Mapping[str, Check], *required: str) -> Check:
    """An object with these fields and no others.  An empty path is the body itself."""

    def run(value: Any, path: str) -> None:
        an_object(value, path)
        dot = f"{path}." if path else ""
        for name in value:
            if name not in fields:
                raise refuse.unknown_parameter(f"{dot}{name}")
        for name in required:
            if name not in value:
                raise refuse.missing(f"{dot}{name}")
        for name, each in value.items():
            fields[name](each, f"{dot}{name}")

    return run


def an_object(value: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise refuse.wrong_type(path, "an object", value)


def tagged(kinds: Mapping[str, Check], tag: str = "type") -> Check:
    """One of several objects, distinguished by ``tag``."""

    def run(value: Any, path: str) -> None:
        an_object(value, path)
        if tag not in value:
            raise refuse.missing(f"{path}.{tag}")
        one_of(*kinds)(value[tag], f"{path}.{tag}")
        kinds[value[tag]](value, path)

    return run


def either(wanted: str, checks: Mapping[type, Check]) -> Check:
    """A check by the JSON type of the value; ``wanted`` is the text for the refusal."""

    def run(value: Any, path: str) -> None:
        check = checks.get(type(value))
        if check is None:
            raise refuse.wrong_type(path, wanted, value)
        check(value, path)

    return run


def pairs(max_count: int, key: int, value_limit: int) -> Check:
    """Metadata: at most ``max_count`` string pairs of limited length."""

    def run(value: Any, path: str) -> None:
        an_object(value, path)
        if len(value) > max_count:
            raise refuse.too_many_properties(path, max_count, len(value))
        for name, each in value.items():
            string(key)(name, f"{path}.{name}")
            string(value_limit)(each, f"{path}.{name}")

    return run
